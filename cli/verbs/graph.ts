import { writeFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { draw } from "./draw.ts";
import { liveState, observeLive } from "../live/live.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";

export const formats = ["mermaid", "dot", "svg"] as const;
export type Format = (typeof formats)[number];

export interface GraphOptions {
  readonly format?: string;
  readonly output?: string;
}

/** The lab as a drawing, with the state of its sessions and links where it is up. */
export async function graph(context: Context, lab: string, options: GraphOptions): Promise<number> {
  const format = chooseFormat(options);
  const stack = await context.stack(lab);
  const sandbox = await findSandbox(stack.key);
  const state = sandbox === undefined ? undefined : liveState(await observeLive(stack.topology, sandbox));
  const text = await draw(format, stack.topology, state);
  if (options.output === undefined || options.output === "-")
    context.output.streams.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  else {
    writeFileSync(options.output, text);
    context.output.note(`Wrote ${options.output}.`);
  }
  return exitCodes.good;
}

/** The one that is named, else the one that the file's name tells, else Mermaid. */
export function chooseFormat({ format, output }: GraphOptions): Format {
  const extension = /\.(\w+)$/.exec(output ?? "")?.[1] ?? "";
  const byName: Readonly<Record<string, Format>> = {
    svg: "svg",
    dot: "dot",
    gv: "dot",
    mmd: "mermaid",
    mermaid: "mermaid",
  };
  const wanted = format ?? byName[extension] ?? "mermaid";
  const found = formats.find((each) => each === wanted);
  if (found === undefined)
    throw new CommandError(`There is no format ${JSON.stringify(wanted)}; there is ${formats.join(", ")}.`);
  return found;
}
