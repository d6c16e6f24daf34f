/**
 * Mistakes in what a person wrote, as values: a code, a place, what was found, what was expected, what to do.
 * A stage gathers all its problems and reports them together.
 */
export interface Problem {
  /** Stable, kebab-case, e.g. `duplicate-address`. */
  readonly code: string;
  /** Place in the input, e.g. `links[3].ends[0].interface`. */
  readonly path: string;
  /** What was found there; absent where nothing was. */
  readonly found?: unknown;
  /** What would have been right, as the end of "expected …". */
  readonly expected: string;
  /** What to do next, a sentence. */
  readonly hint: string;
}

/** All the problems of one stage. Its message is ready to print; it is never shown with a stack trace. */
export class ProblemsError extends Error {
  readonly stage: string;
  readonly problems: readonly Problem[];

  constructor(stage: string, problems: readonly Problem[]) {
    super(formatProblems(stage, problems));
    this.name = "ProblemsError";
    this.stage = stage;
    this.problems = problems;
  }
}

/** `stage` is a noun phrase such as "the topology" or "as-rel.txt". */
export function formatProblems(stage: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${stage}: ${count}`, ...problems.map(formatProblem)].join("\n");
}

export function formatProblem(problem: Problem): string {
  const found = problem.found === undefined ? "" : `found ${JSON.stringify(problem.found)}, `;
  return `  ${problem.path}: ${found}expected ${problem.expected} [${problem.code}]\n    ${problem.hint}`;
}

/** Throws when there are problems, so that a validated value cannot be had without looking. */
export function assertNoProblems(stage: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ProblemsError(stage, problems);
}
