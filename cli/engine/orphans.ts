/** Provider processes whose engine has been killed: nobody tells them to end. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../stacks/project.ts";
import { processes } from "./locks.ts";

/** Process ids of orphaned providers of this user: of one project, or of all. */
export function findOrphans(project: Pick<Project, "directory"> | undefined): number[] {
  const own = project === undefined ? undefined : providerOf(project);
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const pid = Number(entry);
    const command = processes.commandOf(pid);
    if (command === undefined || !/(^|\/)node$/.test(command[0] ?? "")) return [];
    const script = command.find((word) => word.endsWith("/provider/main.ts"));
    if (script === undefined || (own !== undefined && script !== own)) return [];
    return isOrphan(pid) ? [pid] : [];
  });
}

/** As provider/bin starts it, with links followed. */
function providerOf({ directory }: Pick<Project, "directory">): string {
  const file = join(directory, "provider", "main.ts");
  return existsSync(file) ? realpathSync(file) : file;
}

/** Ends the orphaned providers of a project. */
export function endOrphans(project: Pick<Project, "directory">): void {
  for (const pid of findOrphans(project)) endProcess(pid);
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** An engine is its provider's parent; so is whoever debugs one by hand, from a shell or Node. */
function isOrphan(pid: number): boolean {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return false;
  }
  const own = process.getuid?.() ?? 0;
  const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  if (own !== 0 && uid !== own) return false;
  const parent = processes.commandOf(Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))?.[0] ?? "";
  return !/(^|\/)(pulumi[^/]*|node|sh|bash)$/.test(parent);
}
