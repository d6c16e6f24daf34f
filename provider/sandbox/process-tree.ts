/** Processes and what they have started. */
import { readFileSync, readdirSync } from "node:fs";

/** Those that a process started and that are still beneath it (proc(5), `children`); none where it has ended. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Kills a process and all beneath it, in whichever pid namespaces they are. */
export function killTree(pid: number): void {
  const children = childrenOf(pid);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
  children.forEach(killTree);
}
