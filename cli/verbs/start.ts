import type { Context } from "../context.ts";
import { formatSummary } from "../checks/report.ts";
import { exitCodes } from "../errors.ts";
import { observeLive } from "../live/live.ts";
import { bringUp, nextSteps } from "./bring-up.ts";
import { runStackChecks } from "./check.ts";
import { statusText } from "./status.ts";

/** The first thing that a newcomer sees: a lab up, its nodes and sessions, its checks, and what to try. */
export async function start(context: Context, lab: string): Promise<number> {
  const { output } = context;
  const stack = await context.stack(lab);
  await bringUp(context, stack, { title: `Bringing up ${lab}: ${stack.lab.title}` });
  const { sandbox } = await context.running(lab);
  const live = await observeLive(stack.topology, sandbox);
  output.result(`\n${statusText(lab, live, output, false)}\n`);
  const { results, interrupted } = await runStackChecks(context, stack, sandbox, stack.checks);
  output.result(
    [
      formatSummary(results),
      "",
      "Try next:",
      ...nextSteps(stack, "npx lab").map((step) => `  ${step}`),
      `And when you have seen enough: npx lab down ${lab}`,
    ].join("\n"),
  );
  output.json({ stack: lab, lab: stack.lab.name, live, checks: results });
  if (interrupted) return exitCodes.interrupted;
  return results.every(({ status }) => status === "passed") ? exitCodes.good : exitCodes.failed;
}
