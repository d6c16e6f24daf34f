/**
 * The host's directory of a lab that has containers: what these mount. It belongs to root alone, and is found by the
 * sandbox's key, also when the sandbox has ended.
 *
 *     /run/labwright/KEY/
 *       nodes/NODE/            a node's files, also /run/nodes/NODE in the sandbox and in the container
 *       hosts, resolv.conf     of every node
 *       ca-certificates.crt    which every node trusts
 *       supervisor             first program of every container
 */
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const parent = "/run/labwright";
const supervisor = join(import.meta.dirname, "supervisor.sh");

export function runDirectory(key: string): string {
  return join(parent, key);
}

/** Makes it, or what is missing of it: Docker refuses to mount what isn't there. */
export async function prepareRunDirectory(key: string, containers: readonly string[]): Promise<string> {
  const directory = runDirectory(key);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const node of containers) await mkdir(join(directory, "nodes", node), { recursive: true, mode: 0o700 });
  // Emptied by nobody: a running container has these very files.
  for (const name of ["hosts", "resolv.conf", "ca-certificates.crt"])
    await writeFile(join(directory, name), "", { flag: "a", mode: 0o644 });
  await copyFile(supervisor, join(directory, "supervisor"));
  return directory;
}

export async function removeRunDirectory(key: string): Promise<void> {
  await rm(runDirectory(key), { recursive: true, force: true });
}

/** Keys of the sandboxes that have one. */
export async function runDirectories(): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => /-[0-9a-f]{12}$/.test(name));
}
