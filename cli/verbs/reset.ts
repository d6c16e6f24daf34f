import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { count, seconds } from "../output/table.ts";
import { forgetHints } from "../exercises/hints.ts";
import { formatRepair } from "../progress/repairs.ts";
import { writeExercise } from "../stacks/stack.ts";
import { bringUp } from "./bring-up.ts";
import { takeDown } from "./down.ts";
import { upText } from "./up.ts";

export interface ResetOptions {
  readonly hard?: boolean;
}

/**
 * Brings a lab back to its declaration, a fault taken out of it too, and tells what differed; with `hard`, builds it
 * anew.
 */
export async function reset(context: Context, lab: string, options: ResetOptions): Promise<number> {
  const { output } = context;
  const stack = await context.stack(lab, {});
  await writeExercise(context.project, lab, {});
  forgetHints(context.project, lab);
  if (options.hard === true) {
    await takeDown(context, lab, { keepSettings: true, quiet: true });
    const { changes, seconds: took } = await bringUp(context, stack, { title: `Building ${lab} anew` });
    output.result(upText(stack, changes, took, (text) => output.paint("good", text)));
    output.json({ stack: lab, lab: stack.lab.name, hard: true, seconds: took, changes });
    return exitCodes.good;
  }
  const {
    repairs,
    changes,
    seconds: took,
  } = await bringUp(context, stack, { title: `Resetting ${lab}`, thorough: true });
  const lines = repairs.map((repair) => `  ${formatRepair(repair)}`);
  if (repairs.length === 0) output.result(`${output.paint("good", lab)}: nothing differed (${seconds(took)}).`);
  else
    output.result(
      [
        `${output.paint("good", `${lab} is reset`)} after ${seconds(took)}; ${count(repairs.length, "resource")} differed:`,
        ...lines,
      ].join("\n"),
    );
  output.json({ stack: lab, lab: stack.lab.name, hard: false, seconds: took, changes, repairs });
  return exitCodes.good;
}
