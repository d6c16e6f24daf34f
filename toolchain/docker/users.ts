/** Which processes need the daemon that Labwright started: a file each, that counts while its process lives. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function registerUser(directory: string, pid: number): void {
  const started = startTime(pid);
  if (started === undefined) return;
  mkdirSync(join(directory, "users"), { recursive: true });
  writeFileSync(join(directory, "users", `${pid}.${started}`), "");
}

export function unregisterUser(directory: string, pid: number): void {
  rmSync(join(directory, "users", `${pid}.${startTime(pid)}`), { force: true });
}

/** Files of processes that have ended are taken away. */
export function hasUsers(directory: string): boolean {
  const users = join(directory, "users");
  if (!existsSync(users)) return false;
  const alive = readdirSync(users).filter((name) => {
    const [pid, started] = name.split(".");
    if (startTime(Number(pid)) === started) return true;
    rmSync(join(users, name), { force: true });
    return false;
  });
  return alive.length > 0;
}

/** A process id may be given out again; with its start in clock ticks it names one process (proc(5), field 22). */
export function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
