/** Commands on a node: in its network namespace, or in its container. */
import { readFileSync } from "node:fs";
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import type { CommandResult } from "../../labs/lab.ts";
import { attachmentOf, isContainer } from "../container/attachments.ts";
import { containerArguments, containerEnvironment } from "../container/enter.ts";
import { clockEnvironment, clockFile } from "../kernel/clock.ts";
import { nodeDirectory } from "../kernel/observe.ts";
import type { ExecOptions } from "./handle.ts";
import { insidePath, type Holder } from "./holder.ts";
import { collect, spawnInside } from "./run.ts";

/**
 * Starts a command on a node; without one, in the sandbox's own namespaces. `directory`, its working directory, is one of
 * the host's, and not for containers.
 *
 * @throws where the node's container has ended.
 */
export function startOnNode(
  holder: Holder,
  node: string | undefined,
  argv: readonly string[],
  stdio: StdioOptions,
  directory?: string,
): ChildProcess {
  if (node === undefined) return spawnInside(holder, argv, stdio, directory);
  if (!isContainer(holder, node)) return spawnInside(holder, ["/run/labwright/enter", node, ...argv], stdio, directory);
  const attachment = attachmentOf(holder, node);
  if (attachment === undefined) throw new Error(`The container of ${node} has ended; \`lab up\` starts it again.`);
  const words = [...containerArguments(attachment.pid), ...argv];
  return spawn("nsenter", words, { stdio, env: { ...containerEnvironment(), ...clockOf(holder, node) } });
}

function clockOf(holder: Holder, node: string): Readonly<Record<string, string>> {
  try {
    return clockEnvironment(readFileSync(insidePath(holder, `${nodeDirectory(node)}/${clockFile}`), "utf8").trim());
  } catch {
    return {};
  }
}

/** Runs one to its end and gives what it printed. */
export async function runOnNode(
  holder: Holder,
  node: string | undefined,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  return collect(startOnNode(holder, node, argv, ["pipe", "pipe", "pipe"]), options);
}
