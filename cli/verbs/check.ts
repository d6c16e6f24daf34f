import { writeFileSync } from "node:fs";
import { junit } from "../checks/junit.ts";
import { formatResult, formatSummary, junitCase } from "../checks/report.ts";
import { storeResults } from "../checks/results.ts";
import { runChecks, type CheckResult } from "../checks/runner.ts";
import { requireName, type Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import type { Stack } from "../stacks/stack.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";

export interface CheckOptions {
  readonly junit?: string;
}

/** Runs a lab's checks, all or those named. */
export async function check(
  context: Context,
  lab: string,
  names: readonly string[],
  options: CheckOptions,
): Promise<number> {
  const { stack, sandbox } = await context.running(lab);
  const { output } = context;
  const { results, interrupted } = await runStackChecks(context, stack, sandbox, names);
  if (options.junit !== undefined)
    writeFileSync(options.junit, junit([{ name: stack.name, cases: results.map(junitCase) }]));
  output.result(formatSummary(results));
  output.json({ stack: stack.name, lab: stack.lab.name, checks: results });
  if (interrupted) return exitCodes.interrupted;
  return results.every(({ status }) => status === "passed") ? exitCodes.good : exitCodes.failed;
}

export async function runStackChecks(
  context: Context,
  stack: Stack,
  sandbox: SandboxHandle,
  names: readonly string[],
): Promise<{ results: readonly CheckResult[]; interrupted: boolean }> {
  const { output } = context;
  const all = stack.checks;
  const wanted = names.map((name) =>
    requireName(
      name,
      all.map((each) => each.name),
      "check",
      `The lab ${stack.lab.name}`,
    ),
  );
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    abort.abort();
    output.note("Undoing what the checks changed; press Ctrl-C again to end at once.");
  };
  process.on("SIGINT", interrupt);
  try {
    const results = await runChecks(chosen, sandbox, {
      signal: abort.signal,
      onResult: (result) => {
        const failed = result.status === "failed" || result.status === "error";
        if (output.options.json) output.note(formatResult(result, output));
        else if (failed || !output.options.quiet) output.result(formatResult(result, output));
      },
    });
    const finished = results.filter(({ status }) => status !== "skipped");
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
