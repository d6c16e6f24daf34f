import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { requireName, type Context } from "../context.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import { CommandError, exitCodes } from "../errors.ts";
import type { Stack } from "../stacks/stack.ts";

/** Runs a command on a node; its exit code is the result. */
export async function exec(context: Context, lab: string, node: string, command: readonly string[]): Promise<number> {
  const { stack, sandbox } = await context.running(lab);
  const on = requireNode(stack, node);
  if (command.length === 0)
    throw new CommandError(
      `Which command is to run on ${node}?`,
      `For example \`lab exec ${lab} ${node} ip addr\`; \`lab shell ${lab} ${node}\` opens a shell.`,
    );
  await requireRunning(sandbox, on, lab);
  return exitOf(sandbox.attach(on, command));
}

/** A shell on a node, with the lab's and the node's name in its prompt. */
export async function shell(context: Context, lab: string, node: string): Promise<number> {
  const { stack, sandbox } = await context.running(lab);
  const on = requireNode(stack, node);
  await requireRunning(sandbox, on, lab);
  const prompt = `${stack.name}:${node} \\w# `;
  const start = "if command -v bash >/dev/null; then exec bash --norc --noprofile; else exec sh; fi";
  return exitOf(sandbox.attach(on, ["env", `PS1=${prompt}`, "sh", "-c", start]));
}

/** `sandbox` is the sandbox itself, as in checks. */
export function requireNode(stack: Stack, node: string): string | undefined {
  if (node === "sandbox") return undefined;
  return requireName(
    node,
    stack.topology.nodes.map(({ name }) => name),
    "node",
    stack.name,
  );
}

/** Refuses a node that somebody took away, or whose container has ended. */
export async function requireRunning(sandbox: SandboxHandle, node: string | undefined, lab: string): Promise<void> {
  if (node === undefined || (await sandbox.nodes()).includes(node)) return;
  throw new CommandError(`The node ${node} has ended.`, `\`lab up ${lab}\` brings it back.`, exitCodes.failed);
}

/** Waits for a program that has our terminal: Ctrl-C is for it, not for us. */
export async function exitOf(child: ChildProcess): Promise<number> {
  const ignore = (): void => {};
  const end = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", ignore);
  process.on("SIGTERM", end);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return code ?? (signal === "SIGINT" ? 130 : 143);
  } finally {
    process.off("SIGINT", ignore);
    process.off("SIGTERM", end);
  }
}
