/** Locks of the file backend: one file a run, with its process id. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CommandError, exitCodes } from "../errors.ts";
import type { Engine } from "./engine.ts";

export interface Lock {
  readonly file: string;
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  /** ISO time. */
  readonly since: string;
}

/** How a process looks from here; replaced in tests. */
export interface Processes {
  /** Its command line; undefined where there is no such process. */
  commandOf(pid: number): readonly string[] | undefined;
  readonly host: string;
}

export const processes: Processes = {
  host: hostname(),
  commandOf(pid) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8")
        .split("\0")
        .filter((word) => word !== "");
      return command.length > 0 ? command : undefined;
    } catch {
      return undefined;
    }
  },
};

/**
 * Locks in a stack's lock folder, and those that were being written, `ID.json.SUFFIX.tmp`: Pulumi takes them for locks too.
 * A file that can't be read was cut short by a crash; it has pid 0.
 */
export function readLocks(directory: string): Lock[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => /\.json(\.\w+\.tmp)?$/.test(file))
    .map((name) => {
      const file = join(directory, name);
      try {
        const {
          pid,
          hostname: host,
          username,
          timestamp,
        } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
        return { file, pid: Number(pid), host: String(host), user: String(username), since: String(timestamp) };
      } catch {
        return { file, pid: 0, host: "", user: "", since: "" };
      }
    });
}

/** True where the run that took the lock has ended without giving it back. A lock of another machine is never taken for that. */
export function isStale(lock: Lock, view: Processes = processes): boolean {
  if (lock.pid === 0) return true;
  if (lock.host !== view.host) return false;
  const command = view.commandOf(lock.pid);
  // The pid may have gone to another program since.
  return command === undefined || !command.some((word) => /(^|\/)pulumi[^/]*$/.test(word));
}

/**
 * Takes away the locks that killed runs left; `say` is told of each. Gives their number.
 *
 * @throws CommandError where a run is at work, with its pid and what it runs.
 */
export function clearLocks(
  directory: string,
  stack: string,
  say: (line: string) => void,
  view: Processes = processes,
): number {
  const locks = readLocks(directory);
  for (const lock of locks) {
    if (!isStale(lock, view)) throw busy(lock, stack, view);
    rmSync(lock.file, { force: true });
    rmSync(`${lock.file}.attrs`, { force: true });
    say(
      lock.pid === 0
        ? `Took away a lock that a killed run left on ${stack}.`
        : `Took away the lock of process ${lock.pid} on ${stack}: it has ended.`,
    );
  }
  return locks.length;
}

/** Another run is at work on the stack; nothing was begun. */
export class BusyError extends CommandError {}

function busy(lock: Lock, stack: string, view: Processes): BusyError {
  const command = lock.host === view.host ? view.commandOf(lock.pid) : undefined;
  const verb = command?.slice(1).find((word) => /^[a-z]+$/.test(word));
  const runs = verb === undefined ? "" : `, \`pulumi ${verb}\`,`;
  const where = lock.host === view.host ? "" : ` on ${lock.host}`;
  return new BusyError(
    `Another run is at work on ${stack}: process ${lock.pid}${where}${runs} of ${lock.user}, since ${lock.since}.`,
    lock.host === view.host
      ? "Wait until it has ended, or end it with Ctrl-C where it was started."
      : `If it isn't running any more, \`pulumi cancel --stack ${stack}\` takes its lock away.`,
    exitCodes.failed,
  );
}

/** Whether a run is at work on a stack. It writes the state at its end. */
export function isBusy({ state }: Pick<Engine, "state">, stack: string): boolean {
  return state !== undefined && readLocks(state.lockDirectory(stack)).some((lock) => !isStale(lock));
}
