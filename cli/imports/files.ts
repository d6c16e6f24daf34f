/** What import verbs read and write. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { LabFiles } from "../../topology/import/lab/lab.ts";
import type { LabFile } from "../../topology/import/lab/render.ts";
import { CommandError } from "../errors.ts";

/** Files below a folder, as importers take them; none that a path or a link leads to elsewhere. */
export function filesOf(folder: string): LabFiles {
  const below = (path: string): string | undefined => {
    const full = join(folder, path);
    if (!existsSync(full)) return undefined;
    const way = relative(realpathSync(folder), realpathSync(full));
    return way === ".." || way.startsWith("../") ? undefined : full;
  };
  return {
    read: (path) => {
      const full = below(path);
      return full !== undefined && statSync(full).isFile() ? readFileSync(full) : undefined;
    },
    list: (path) => {
      const full = below(path);
      if (full === undefined || !statSync(full).isDirectory()) return undefined;
      return readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(full.length).replace(/^\/+/, ""))
        .sort();
    },
  };
}

/**
 * Writes a lab's files into the project.
 *
 * @returns what was written, files of a node's file system counted as one.
 * @throws CommandError where there is a lab of that name, unless `force`; then it goes.
 */
export function writeLab(directory: string, files: readonly LabFile[], force: boolean): string[] {
  const shown = files.map(({ path }) => path).filter((path) => /^(labs\/[^/]+\/lab\.ts|stacks\/)/.test(path));
  const taken = shown.filter((path) => existsSync(join(directory, path)));
  if (taken.length > 0 && !force) {
    throw new CommandError(
      `${taken.join(" and ")} ${taken.length === 1 ? "is" : "are"} there already.`,
      "Choose another --name, or --force to write over it.",
    );
  }
  for (const path of shown.filter((each) => each.startsWith("labs/")))
    for (const folder of ["files", "set-up"])
      rmSync(join(directory, dirname(path), folder), { recursive: true, force: true });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return shown;
}
