/** Scripts for a container's first program (supervisor.sh), which runs them in the container. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rm, writeFile, type FileHandle } from "node:fs/promises";
import { nodeDirectory } from "../kernel/observe.ts";
import { inFolder } from "../sandbox/beneath.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { waitFor } from "../wait.ts";

/** Runs a shell script in a node's container, in the node's directory, and waits for its end. Throws when it fails. */
export async function order(holder: Holder, node: string, script: string): Promise<void> {
  const base = insidePath(holder, nodeDirectory(node));
  const name = randomBytes(6).toString("hex");
  const orders = <T>(use: (folder: string) => Promise<T>): Promise<T | undefined> =>
    // The container's first program makes it, and anew when the container starts again.
    inFolder(base, "orders", false, use).catch(() => undefined);
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
  const read = (file: string): Promise<string | undefined> =>
    orders((folder) => readFile(`${folder}/${file}`, { encoding: "utf8", flag }));
  try {
    await waitFor(`the first program of ${node}'s container`, 20_000, async () => {
      const taken = await orders(async (folder) => {
        const queue = await openQueue(`${folder}/queue`);
        if (queue === undefined) return false;
        try {
          await writeFile(`${folder}/${name}`, script, { mode: 0o600, flag: "wx" });
          await queue.write(`${name}\n`);
          return true;
        } finally {
          await queue.close();
        }
      });
      return taken === true ? undefined : "it doesn't take orders yet";
    });
    let code: string | undefined;
    await waitFor(`the daemons of ${node} to be started`, 60_000, async () => {
      code = await read(`${name}.done`);
      return code === undefined ? `its container has said ${JSON.stringify(await read(`${name}.said`))}` : undefined;
    });
    if (code?.trim() !== "0") throw new Error(`${node}: ${(await read(`${name}.said`))?.trim() || "a command failed"}`);
  } finally {
    await orders(async (folder) => {
      for (const file of [name, `${name}.said`, `${name}.done`]) await rm(`${folder}/${file}`, { force: true });
    });
  }
}

/** Undefined while nobody reads it: to wait for that in `open` would hold up a thread for good. */
async function openQueue(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
}
