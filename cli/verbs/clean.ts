import { findLeftovers } from "../clean/leftovers.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { count } from "../output/table.ts";
import { takeDown } from "./down.ts";

export interface CleanVerbOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** Takes away what killed runs left, and says what. */
export async function clean(context: Context, options: CleanVerbOptions): Promise<number> {
  const { output } = context;
  const leftovers = await findLeftovers(await context.engine(), {
    all: options.all === true,
    takeDown: (stack) => takeDown(context, stack, { quiet: true }),
  });
  const failures: string[] = [];
  for (const leftover of leftovers) {
    output.result(`${options.dryRun === true ? "Would take away" : "Taking away"} ${leftover.text}.`);
    if (options.dryRun === true) continue;
    try {
      await leftover.remove();
    } catch (error) {
      failures.push(`${leftover.text}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (leftovers.length === 0) output.result("Nothing is left over.");
  else if (options.dryRun !== true)
    output.result(`${count(leftovers.length - failures.length, "leftover")} taken away.`);
  for (const failure of failures) output.error(`Not taken away: ${failure}`);
  output.json({
    dryRun: options.dryRun === true,
    leftovers: leftovers.map(({ kind, text }) => ({ kind, text })),
    failures,
  });
  return failures.length === 0 ? exitCodes.good : exitCodes.failed;
}
