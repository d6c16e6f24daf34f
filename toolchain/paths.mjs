/** Plain JavaScript for Node 18: used before anything is installed. Types in paths.d.mts. */
import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectDirectory = dirname(dirname(fileURLToPath(import.meta.url)));

/** The first Node that runs TypeScript as it is. */
export const minimumNode = [22, 18];

export function cacheDirectory(env = process.env) {
  if (env["LABWRIGHT_CACHE"]) return env["LABWRIGHT_CACHE"];
  // The XDG base directory specification has relative paths ignored.
  if (env["XDG_CACHE_HOME"] && isAbsolute(env["XDG_CACHE_HOME"])) return join(env["XDG_CACHE_HOME"], "labwright");
  const home = env["HOME"] ?? homedir();
  return home === "" ? join(projectDirectory, ".labwright", "cache") : join(home, ".cache", "labwright");
}

/** Debian keeps PostgreSQL's server programs in a folder of their version: the newest first. `parent`: of those folders. */
export function offPath(parent = "/usr/lib/postgresql") {
  try {
    const versions = readdirSync(parent).filter((name) => /^\d+$/.test(name));
    return versions.sort((one, other) => other - one).map((version) => join(parent, version, "bin"));
  } catch {
    return [];
  }
}

/** System directories are looked at too: an ordinary user's PATH often lacks /usr/sbin, where `ip` and `bird` are. */
export function findAllOnPath(
  name,
  path = process.env["PATH"] ?? "",
  system = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin", ...offPath()],
) {
  const directories = [...new Set([...path.split(delimiter).filter(isAbsolute), ...system])];
  return directories.map((directory) => join(directory, name)).filter(isExecutableFile);
}

export function findOnPath(name, path, system) {
  return findAllOnPath(name, path, system)[0];
}

function isExecutableFile(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** `version` such as `v3.259.0` or `2.0.12`, at least `minimum`, compared number by number; pre-releases count as the release. */
export function atLeast(version, minimum) {
  const numbers = (/\d+(\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
  for (const [index, wanted] of minimum.entries()) {
    const found = numbers[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

/** The Node that runs the project: this one when it is new enough, else the one that npm installed. */
export function projectNode(directory = projectDirectory) {
  if (atLeast(process.versions.node, minimumNode)) return process.execPath;
  const carried = join(directory, "node_modules", ".bin", "node");
  return isExecutableFile(carried) ? carried : undefined;
}
