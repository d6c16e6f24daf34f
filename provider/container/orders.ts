/** Scripts for a container's first program (supervisor.sh), which runs them in the container. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rm, writeFile, type FileHandle } from "node:fs/promises";
import { nodeDirectory } from "../kernel/observe.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { waitFor } from "../wait.ts";

/** Runs a shell script in a node's container, in the node's directory, and waits for its end. Throws when it fails. */
export async function order(holder: Holder, node: string, script: string): Promise<void> {
  const directory = insidePath(holder, `${nodeDirectory(node)}/orders`);
  const name = randomBytes(6).toString("hex");
  const files = [name, `${name}.said`, `${name}.done`].map((file) => `${directory}/${file}`);
  const [path = "", said = "", done = ""] = files;
  const read = (file: string): Promise<string | undefined> => readFile(file, "utf8").catch(() => undefined);
  try {
    await waitFor(`the first program of ${node}'s container`, 20_000, async () => {
      const queue = await openQueue(`${directory}/queue`);
      if (queue === undefined) return "it doesn't take orders yet";
      try {
        await writeFile(path, script, { mode: 0o600 });
        await queue.write(`${name}\n`);
      } finally {
        await queue.close();
      }
      return undefined;
    });
    let code: string | undefined;
    await waitFor(`the daemons of ${node} to be started`, 60_000, async () => {
      code = await read(done);
      return code === undefined ? `its container has said ${JSON.stringify(await read(said))}` : undefined;
    });
    if (code?.trim() !== "0") throw new Error(`${node}: ${(await read(said))?.trim() || "a command failed"}`);
  } finally {
    for (const file of files) await rm(file, { force: true });
  }
}

/** Undefined while nobody reads it: to wait for that in `open` would hold up a thread for good. */
async function openQueue(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
