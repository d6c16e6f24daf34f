import { writeFileSync } from "node:fs";
import { junit } from "../checks/junit.ts";
import { formatResult, formatSummary, junitCase } from "../checks/report.ts";
import { storeResults } from "../checks/results.ts";
import { runChecks, type CheckResult } from "../checks/runner.ts";
import { requireName, type Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { exerciseOf, isBroken, type Stack } from "../stacks/stack.ts";
import type { Check } from "../../labs/lab.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";

export interface CheckOptions {
  /** What shows the fault that is in the lab, instead of the lab's checks. */
  readonly symptoms?: boolean;
  readonly junit?: string;
}

/** Runs a lab's checks, or the symptoms of the fault that is in it; all or those named. */
export async function check(
  context: Context,
  lab: string,
  names: readonly string[],
  options: CheckOptions,
): Promise<number> {
  const { stack, sandbox } = await context.running(lab);
  const { output } = context;
  if (options.symptoms === true && !isBroken(stack))
    throw new CommandError(
      stack.fault === undefined ? `Nothing is broken in ${lab}.` : `What was broken in ${lab} is solved.`,
      `\`lab check ${lab}\` runs its checks.`,
    );
  const all = options.symptoms === true ? stack.symptoms : stack.checks;
  const of = `The lab ${stack.lab.name}`;
  const wanted = names.map((name) =>
    requireName(
      name,
      all.map((each) => each.name),
      options.symptoms === true ? "symptom" : "check",
      of,
    ),
  );
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
  const { results, interrupted } = await runStackChecks(context, stack, sandbox, chosen);
  const suite = options.symptoms === true ? `${stack.name} symptoms` : stack.name;
  if (options.junit !== undefined)
    writeFileSync(options.junit, junit([{ name: suite, cases: results.map(junitCase) }]));
  output.result(formatSummary(results));
  if (isBroken(stack) && options.symptoms !== true)
    output.note(`A fault is in ${lab}. \`lab hint ${lab}\` helps, \`lab solve ${lab}\` mends it.`);
  output.json({ stack: stack.name, lab: stack.lab.name, ...exerciseOf(stack), checks: results });
  if (interrupted) return exitCodes.interrupted;
  return results.every(({ status }) => status === "passed") ? exitCodes.good : exitCodes.failed;
}

/** Runs these checks and keeps their results for `lab coverage`. */
export async function runStackChecks(
  context: Context,
  stack: Stack,
  sandbox: SandboxHandle,
  checks: readonly Check[],
): Promise<{ results: readonly CheckResult[]; interrupted: boolean }> {
  const { output } = context;
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    abort.abort();
    output.note("Undoing what the checks changed; press Ctrl-C again to end at once.");
  };
  process.on("SIGINT", interrupt);
  try {
    const results = await runChecks(checks, sandbox, {
      signal: abort.signal,
      onResult: (result) => {
        const failed = result.status === "failed" || result.status === "error";
        if (output.options.json) output.note(formatResult(result, output));
        else if (failed || !output.options.quiet) output.result(formatResult(result, output));
      },
    });
    // That a broken lab fails its checks says nothing against them; that it has its symptoms does count.
    const symptoms = new Set(stack.symptoms.map(({ name }) => name));
    const finished = results.filter(
      ({ name, status }) => status !== "skipped" && (!isBroken(stack) || symptoms.has(name)),
    );
    storeResults(context.project, {
      stack: stack.name,
      lab: stack.lab.name,
      finished: new Date().toISOString(),
      checks: finished,
    });
    return { results, interrupted: abort.signal.aborted };
  } finally {
    process.off("SIGINT", interrupt);
  }
}
