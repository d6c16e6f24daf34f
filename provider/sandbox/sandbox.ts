/** Running sandboxes for the command and the checks; see handle.ts. */
import { readFile, readdir } from "node:fs/promises";
import { namespaces, nodeDirectory } from "../kernel/observe.ts";
import { openRouter } from "../routers/control.ts";
import { runOnNode, startOnNode } from "./commands.ts";
import type { SandboxHandle } from "./handle.ts";
import { findHolder, insidePath, listHolders, type Holder } from "./holder.ts";

export { endHolder } from "./holder.ts";
export { removeSandbox } from "./remove.ts";

/** The running sandbox of that key. */
export async function findSandbox(key: string): Promise<SandboxHandle | undefined> {
  const holder = await findHolder(key);
  return holder === undefined ? undefined : handleOf(holder);
}

/** Every running sandbox that this user may see. */
export async function listSandboxes(): Promise<readonly Holder[]> {
  return listHolders();
}

function handleOf(holder: Holder): SandboxHandle {
  const path = (node: string, file: string): string => insidePath(holder, `${nodeDirectory(node)}/${file}`);
  return {
    key: holder.key,
    pid: holder.pid,
    // A name with a dot in front is the delay relay's.
    nodes: async () => (await namespaces(holder)).filter((name) => !name.startsWith(".")).sort(),
    exec: (node, argv, options) => runOnNode(holder, node, argv, options),
    attach: (node, argv, stdio = "inherit") => startOnNode(holder, node, argv, stdio, process.cwd()),
    async sessions(router) {
      const control = await openRouter(holder, router);
      try {
        return await control.sessions();
      } finally {
        control.close();
      }
    },
    log: (node, daemon) => readFile(path(node, `${daemon}.log`), "utf8"),
    logs: async (node) =>
      (await readdir(path(node, "")))
        .filter((file) => file.endsWith(".log"))
        .map((file) => file.slice(0, -".log".length)),
  };
}
