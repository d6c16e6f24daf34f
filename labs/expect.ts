/** Expectations of any command: what it prints and how it ends. Those of birdc are in birdc.ts. */
import type { CommandResult, Expectation } from "./lab.ts";

/** Standard output matches. */
export function prints(pattern: RegExp): Expectation {
  return {
    description: `output that matches ${pattern}`,
    evaluate: (result) => (matches(pattern, result.stdout) ? undefined : seen(result)),
  };
}

/** Standard output doesn't match. */
export function doesNotPrint(pattern: RegExp): Expectation {
  return {
    description: `no output that matches ${pattern}`,
    evaluate: ({ stdout }) => {
      const line = stdout.split("\n").find((each) => matches(pattern, each));
      if (line !== undefined) return `the line ${JSON.stringify(line.trim())}`;
      return matches(pattern, stdout) ? JSON.stringify(shorten(stdout)) : undefined;
    },
  };
}

/** The command ends with this exit code. */
export function exits(code: number): Expectation {
  return {
    description: `exit code ${code}`,
    evaluate: (result) => (result.exitCode === code ? undefined : `exit code ${result.exitCode}: ${seen(result)}`),
  };
}

/** Every one of them holds; what was seen instead is told for each that doesn't. */
export function all(...expectations: readonly Expectation[]): Expectation {
  return {
    description: expectations.map(({ description }) => description).join(", and "),
    evaluate: (result) => {
      const failures = expectations.flatMap((expectation) => expectation.evaluate(result) ?? []);
      return failures.length === 0 ? undefined : [...new Set(failures)].join("; ");
    },
  };
}

/** An expectation of a parsed output. */
export function expectation(description: string, evaluate: (result: CommandResult) => string | undefined): Expectation {
  return { description, evaluate };
}

/** What a command printed, short enough for one line of a report. */
export function seen({ stdout, stderr, exitCode }: CommandResult): string {
  const text = [stdout, stderr].map((each) => each.trim()).filter((each) => each !== "");
  if (text.length > 0) return JSON.stringify(shorten(text.join("\n")));
  return exitCode === 0 ? "no output" : `no output, exit code ${exitCode}`;
}

function shorten(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}

/** A pattern with the g or y flag keeps a position between uses; it must not matter here. */
function matches(pattern: RegExp, text: string): boolean {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(text);
}
