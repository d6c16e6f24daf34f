import { existsSync } from "node:fs";
import { removeRunDirectory, runDirectory } from "../container/directory.ts";
import { removeContainersOf } from "../container/docker.ts";
import { removeControlGroups } from "./control-groups.ts";
import { endHolder, findHolder } from "./holder.ts";

/**
 * Ends a sandbox and everything in it, its containers among them, which are known by their labels. No error for what is
 * gone. True when there was something.
 *
 * @param containers whether nodes of it are, or were, containers; absent where that isn't known.
 */
export async function removeSandbox(key: string, containers?: boolean): Promise<boolean> {
  const holder = await findHolder(key);
  if (holder !== undefined) await endHolder(holder);
  else await removeControlGroups(key);
  const directory = existsSync(runDirectory(key));
  if (containers === false && !directory) return holder !== undefined;
  const removed = await removeContainersOf(key, containers === true || directory);
  // Last of all: as long as it is there, there may be containers.
  await removeRunDirectory(key);
  return holder !== undefined || directory || removed > 0;
}
