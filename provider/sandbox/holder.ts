/**
 * The holder: a sandbox's first process. Its namespaces live as long as it does, so to end a lab is to end it.
 * A holder is known by its key in its own arguments, found by a look through /proc: the world is the register.
 */
import { spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { waitFor } from "../wait.ts";
import { removeControlGroups } from "./control-groups.ts";
import { childrenOf } from "./process-tree.ts";

const initScript = fileURLToPath(new URL("./init.sh", import.meta.url));
const marker = "labwright-sandbox=";

export interface Holder {
  readonly key: string;
  readonly lab: string;
  /** On the host. */
  readonly pid: number;
  /** Field 22 of /proc/PID/stat (proc(5)); with the pid it names one process for ever. */
  readonly startTime: number;
  /** Of the host, where nodes are containers (container/directory.ts). */
  readonly directory?: string;
}

/** A path inside the sandbox, as the host sees it. */
export function insidePath(holder: Holder, path: string): string {
  return `/proc/${holder.pid}/root${path}`;
}

/** True where the sandbox has a user namespace of its own, i.e. was made by an ordinary user. */
export function hasOwnUserNamespace(holder: Holder): boolean {
  return readlinkSync(`/proc/${holder.pid}/ns/user`) !== readlinkSync("/proc/self/ns/user");
}

/** Every sandbox of this user on this machine (root sees all). */
export async function listHolders(): Promise<Holder[]> {
  const entries = await readdir("/proc");
  const holders: Holder[] = [];
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const holder = readHolder(Number(entry));
    if (holder !== undefined) holders.push(holder);
  }
  return holders;
}

export async function findHolder(key: string): Promise<Holder | undefined> {
  return (await listHolders()).find((holder) => holder.key === key);
}

/** True while the very process that `holder` names is there. */
export function isAlive(holder: Holder): boolean {
  return startTimeOf(holder.pid) === holder.startTime;
}

/**
 * Finds or starts the sandbox of that key and waits until it is set up. `directory`: of the host, that containers mount
 * parts of, where nodes are containers.
 */
export async function ensureHolder(
  key: string,
  lab: string,
  directory?: string,
): Promise<{ holder: Holder; created: boolean }> {
  const existing = await findHolder(key);
  if (existing !== undefined) {
    if (existing.directory === directory && (await becomesReady(existing))) return { holder: existing, created: false };
    // Its set-up was cut short, and nothing of worth is in it; or its nodes move into containers, or out of them.
    await endHolder(existing);
  }
  return { holder: await startHolder(key, lab, directory), created: true };
}

/** Ends the sandbox and everything in it. No error when it has ended already. */
export async function endHolder(holder: Holder): Promise<void> {
  if (isAlive(holder)) {
    process.kill(holder.pid, "SIGKILL");
    await waitFor(`the end of sandbox process ${holder.pid}`, 30_000, async () =>
      isAlive(holder) ? "it is still there" : undefined,
    );
  }
  await removeControlGroups(holder.key);
}

async function startHolder(key: string, lab: string, directory: string | undefined): Promise<Holder> {
  const namespaces = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--mount-proc",
    "--uts",
    "--ipc",
    "--propagation",
    "private",
  ];
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const init = ["bash", initScript, `${marker}${key}`, lab, ...(directory === undefined ? [] : [directory])];
  const child = spawn("unshare", [...user, ...namespaces, ...init], {
    detached: true,
    cwd: "/",
    env: { PATH: searchPath(), LANG: "C.UTF-8", HOME: "/root" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  let exit: string | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.on("error", (error) => (exit = error.message));
  child.on("exit", (code, signal) => (exit = `it ended with ${signal ?? `code ${code}`}`));
  let holder: Holder | undefined;
  try {
    await waitFor(`sandbox ${lab}`, 20_000, async () => {
      if (exit !== undefined)
        throw new Error(`The sandbox did not start: ${(stderr.trim() || exit).replaceAll("\n", "; ")}. ${startHint}`);
      holder ??= holderUnder(child.pid ?? 0, key);
      if (holder === undefined) return "its first process has not started";
      return (await isReady(holder)) ? undefined : "its first process is setting it up";
    });
  } finally {
    child.stderr.destroy();
    child.unref();
  }
  if (holder === undefined) throw new Error("The sandbox's first process was not found.");
  return holder;
}

const startHint = "`lab doctor` shows what this machine lacks.";

/** `unshare --fork` stays as the parent of the sandbox's first process. */
function holderUnder(parent: number, key: string): Holder | undefined {
  return childrenOf(parent)
    .map(readHolder)
    .find((holder) => holder?.key === key);
}

function readHolder(pid: number): Holder | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const at = words.findIndex((word) => word.startsWith(marker));
    // `bash init.sh labwright-sandbox=KEY LAB [DIRECTORY]`; the unshare in front of it has the marker further right.
    if (at !== 2 || !words[1]?.endsWith("/init.sh")) return undefined;
    const startTime = startTimeOf(pid);
    if (startTime === undefined) return undefined;
    const directory = words[4] === undefined || words[4] === "" ? {} : { directory: words[4] };
    return { key: (words[2] ?? "").slice(marker.length), lab: words[3] ?? "", pid, startTime, ...directory };
  } catch {
    return undefined;
  }
}

/** Undefined when there is no such process, or it is a zombie. */
export function startTimeOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command, in parentheses, may hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

async function isReady(holder: Holder): Promise<boolean> {
  return access(insidePath(holder, "/run/labwright/ready")).then(
    () => true,
    () => false,
  );
}

async function becomesReady(holder: Holder): Promise<boolean> {
  try {
    await waitFor("the sandbox", 5_000, async () => ((await isReady(holder)) ? undefined : "it is being set up"));
    return true;
  } catch {
    return false;
  }
}

/** The tools of a sandbox are in sbin, which an ordinary user's PATH may lack. */
function searchPath(): string {
  return `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`;
}
