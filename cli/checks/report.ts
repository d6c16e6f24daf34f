/** Results of checks in words, and as JUnit's cases. */
import type { Output } from "../output/output.ts";
import { count, seconds } from "../output/table.ts";
import type { Case } from "./junit.ts";
import type { CheckResult, StepFailure } from "./runner.ts";

const marks: Readonly<Record<CheckResult["status"], string>> = {
  passed: "ok",
  failed: "FAILED",
  error: "ERROR",
  skipped: "skipped",
};

/** A line for a check, and below it what was wrong. */
export function formatResult(result: CheckResult, output: Pick<Output, "paint">): string {
  const style = result.status === "passed" ? "good" : result.status === "skipped" ? "dim" : "bad";
  const line = `${output.paint(style, marks[result.status].padEnd(6))}  ${result.name}: ${result.title}${result.status === "skipped" ? "" : ` (${seconds(result.seconds)})`}`;
  const below =
    result.failure === undefined
      ? (result.shown ?? "").split("\n")
      : failureLines(result.failure).flatMap((each) => each.split("\n"));
  return [line, ...below.filter((each) => each !== "").map((each) => `        ${each}`)].join("\n");
}

export function failureLines({ on, command, expected, saw }: StepFailure): string[] {
  return [`on ${on}: ${command}`, `expected ${expected}`, `saw ${saw}`];
}

export function formatSummary(results: readonly CheckResult[]): string {
  const of = (status: CheckResult["status"]): number => results.filter((result) => result.status === status).length;
  const parts = [`${of("passed")} of ${count(results.length, "check")} passed`];
  for (const status of ["failed", "error", "skipped"] as const)
    if (of(status) > 0) parts.push(`${of(status)} ${status === "error" ? "could not be run" : status}`);
  return `${parts.join(", ")}.`;
}

export function junitCase(result: CheckResult): Case {
  const { name, title, status, seconds: took, failure } = result;
  return {
    name,
    title,
    status,
    seconds: took,
    ...(failure === undefined ? {} : { message: failureLines(failure).join("\n") }),
  };
}
