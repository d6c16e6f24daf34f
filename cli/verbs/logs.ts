import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { requireNode } from "./exec.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: string;
}

interface Source {
  readonly node: string;
  readonly daemon: string;
}

/** The last lines of the daemons' logs on one node or all. */
export async function logs(
  context: Context,
  lab: string,
  node: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const { stack, sandbox } = await context.running(lab);
  if (node !== undefined && requireNode(stack, node) === undefined)
    throw new CommandError("The sandbox itself has no daemons.", "Name a node.");
  const lines = options.lines === undefined ? (node === undefined ? 5 : 50) : Number(options.lines);
  if (!Number.isInteger(lines) || lines < 0)
    throw new CommandError(`--lines ${options.lines}: expected a whole number.`);
  const nodes = node === undefined ? stack.topology.nodes.map(({ name }) => name) : [node];
  const sources = (
    await Promise.all(
      nodes.map(async (each) => (await logsOf(sandbox, each)).map((daemon) => ({ node: each, daemon }))),
    )
  ).flat();
  if (sources.length === 0)
    context.output.note(
      node === undefined ? `No node of ${lab} has written a log.` : `${node} has no daemons that write logs.`,
    );
  const shown = new Map<Source, number>();
  const prefix = (source: Source): string =>
    sources.length > 1 ? `${context.output.paint("dim", `${source.node} ${source.daemon}`)} ` : "";
  const show = (source: Source, text: string, last: number): void => {
    const all = text.split("\n").filter((line) => line !== "");
    for (const line of last === 0 ? [] : all.slice(-last))
      context.output.streams.stdout.write(`${prefix(source)}${line}\n`);
  };
  for (const source of sources) {
    const text = await sandbox.log(source.node, source.daemon);
    shown.set(source, text.length);
    show(source, text, lines);
  }
  while (options.follow === true) {
    await sleep(300);
    for (const source of sources) {
      const text = await sandbox.log(source.node, source.daemon).catch(() => undefined);
      if (text === undefined) return ended(context, lab);
      const from = shown.get(source) ?? 0;
      // A log that has become shorter was begun anew. Half a line waits for its end.
      const fresh = text.slice(text.length < from ? 0 : from);
      const whole = fresh.slice(0, fresh.lastIndexOf("\n") + 1);
      shown.set(source, text.length - (fresh.length - whole.length));
      show(source, whole, Infinity);
    }
  }
  return exitCodes.good;
}

async function logsOf(sandbox: SandboxHandle, node: string): Promise<readonly string[]> {
  return sandbox.logs(node).catch(() => []);
}

function ended(context: Context, lab: string): number {
  context.output.note(`${lab} has gone down.`);
  return exitCodes.good;
}
