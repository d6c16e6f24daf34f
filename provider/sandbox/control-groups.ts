/**
 * Control groups of a lab's containers, where a node of it has a Docker daemon. They are the host's, and empty once the
 * sandbox has ended; nothing else takes them away.
 */
import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";

const root = "/sys/fs/cgroup";
/** What programs/docker/prepare.sh has the daemon put them into, followed by the sandbox's key. */
const parent = "labwright";

/** The host's hierarchies: one for each controller (version 1), or one for all (version 2). */
async function hierarchies(): Promise<string[]> {
  const found = await subdirectories(root);
  return [root, ...found.map((name) => join(root, name))];
}

/** Keys of the sandboxes that have, or had, control groups. */
export async function controlGroups(): Promise<string[]> {
  const keys = await Promise.all((await hierarchies()).map((each) => subdirectories(join(each, parent))));
  return [...new Set(keys.flat())];
}

/** Takes those of a sandbox that has ended away. No error where there are none, nor for one that still has a process. */
export async function removeControlGroups(key: string): Promise<void> {
  await Promise.all(
    (await hierarchies()).map(async (each) => {
      await removeAll(join(each, parent, key));
      await rmdir(join(each, parent)).catch(() => {});
    }),
  );
}

/** A control group can be removed once it has none below it. */
async function removeAll(directory: string): Promise<void> {
  for (const name of await subdirectories(directory)) await removeAll(join(directory, name));
  await rmdir(directory).catch(() => {});
}

async function subdirectories(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
