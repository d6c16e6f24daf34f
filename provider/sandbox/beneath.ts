/**
 * Files beneath a folder that somebody else may write to: root in a container, into its node's directory. Symbolic links
 * there are not followed, as an absolute one would lead to the host's own files.
 */
import { constants, open, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";

/**
 * Gives `use` the path of a folder beneath `base`, under which it stays that folder whatever becomes of its name. What
 * is no folder on the way there is replaced by one.
 *
 * @param make whether folders that aren't there are made, readable by their owner only; otherwise ENOENT.
 */
export async function inFolder<T>(
  base: string,
  folder: string,
  make: boolean,
  use: (path: string) => Promise<T>,
): Promise<T> {
  let at = await open(base, flags);
  try {
    for (const part of folder.split("/").filter((each) => each !== "" && each !== ".")) {
      const path = `/proc/self/fd/${at.fd}/${part}`;
      const next = await openFolder(path, make);
      await at.close();
      at = next;
    }
    return await use(`/proc/self/fd/${at.fd}`);
  } finally {
    await at.close();
  }
}

const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

async function openFolder(path: string, make: boolean): ReturnType<typeof open> {
  try {
    return await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!make || !["ENOENT", "ENOTDIR", "ELOOP"].includes(code ?? "")) throw error;
    if (code !== "ENOENT") await rm(path, { force: true });
    await mkdir(path, { mode: 0o700 });
    return open(path, flags);
  }
}

/** Puts a file in place of whatever has its name, in one step; its owner alone can read it. `name` is relative to `base`. */
export async function replaceFile(base: string, name: string, content: string): Promise<void> {
  await inFolder(base, dirname(name), true, async (folder) => {
    const path = `${folder}/${basename(name)}`;
    await rm(`${path}.new`, { force: true });
    await writeFile(`${path}.new`, content, { mode: 0o600, flag: "wx" });
    await rename(`${path}.new`, path);
  });
}
