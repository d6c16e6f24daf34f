/** Files beside an imported lab's lab.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files below a folder, each by the absolute path that it has on the node: `files/r1/etc/motd` is `/etc/motd`.
 *
 * @param directory of the lab: `import.meta.dirname`.
 * @param folder in it, such as `files/r1`.
 */
export function filesIn(directory: string, folder: string): Readonly<Record<string, string>> {
  const top = join(directory, folder);
  return Object.fromEntries(
    readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(top.length), readFileSync(path, "utf8")]),
  );
}

/** One file of the lab, such as a set-up script. */
export function textIn(directory: string, file: string): string {
  return readFileSync(join(directory, file), "utf8");
}
