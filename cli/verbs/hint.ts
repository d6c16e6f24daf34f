import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { hintsGiven, noteHints } from "../exercises/hints.ts";
import { isBroken } from "../stacks/stack.ts";

export interface HintOptions {
  readonly all?: boolean;
}

/** The next hint of the fault that is in a lab; with `all`, every one. When all were given, it gives them again. */
export async function hint(context: Context, lab: string, options: HintOptions): Promise<number> {
  const { output, project } = context;
  const stack = await context.stack(lab);
  const { fault } = stack;
  const broken = isBroken(stack);
  if (fault === undefined || !broken) {
    output.result(fault === undefined ? `Nothing is broken in ${lab}.` : `What was broken in ${lab} is solved.`);
    output.json({ stack: lab, lab: stack.lab.name, broken, hints: [], left: 0 });
    return exitCodes.good;
  }
  const total = fault.hints.length;
  const before = hintsGiven(project, lab, fault.name);
  const given = options.all === true ? total : Math.min(before + 1, total);
  const first = options.all === true || before >= total ? 0 : before;
  const text = fault.hints.slice(first, given).map((each, index) => `Hint ${first + index + 1} of ${total}: ${each}`);
  const last = given < total ? [] : [`No more hints. \`lab solve ${lab}\` mends it and tells what it was.`];
  output.result([...text, ...last].join("\n"));
  output.json({
    stack: lab,
    lab: stack.lab.name,
    broken,
    hints: fault.hints.slice(0, given),
    left: total - given,
  });
  noteHints(project, lab, fault.name, given);
  return exitCodes.good;
}
