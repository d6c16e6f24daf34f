/**
 * Runs that have begun and not ended well: a note for each in .labwright/unfinished, so that `lab clean` knows a lab that is up
 * from what a broken-off `up` or `down` left half-way.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../stacks/project.ts";
import { workDirectory } from "./environment.ts";
import { processes, type Processes } from "./locks.ts";

export interface Unfinished {
  readonly stack: string;
  readonly verb: "up" | "down";
  /** Of the command. */
  readonly pid: number;
}

export function beginRun(project: Pick<Project, "directory">, { stack, verb, pid }: Unfinished): void {
  mkdirSync(workDirectory(project, "unfinished"), { recursive: true });
  writeFileSync(noteOf(project, stack), JSON.stringify({ verb, pid }));
}

export function endRun(project: Pick<Project, "directory">, stack: string): void {
  rmSync(noteOf(project, stack), { force: true });
}

/** Those whose command isn't running any more. */
export function unfinishedRuns(project: Pick<Project, "directory">, view: Processes = processes): Unfinished[] {
  const directory = workDirectory(project, "unfinished");
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((file): Unfinished[] => {
    const { verb, pid } = readNote(join(directory, file));
    const running = view.commandOf(pid)?.some((word) => /(^|\/)(node|bootstrap\.mjs|main\.ts)$/.test(word)) === true;
    return running ? [] : [{ stack: file.replace(/\.json$/, ""), verb, pid }];
  });
}

function noteOf(project: Pick<Project, "directory">, stack: string): string {
  return workDirectory(project, "unfinished", `${stack}.json`);
}

/** A note that a crash cut short tells at least that there was a run. */
function readNote(file: string): { verb: "up" | "down"; pid: number } {
  try {
    const { verb, pid } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return { verb: verb === "down" ? "down" : "up", pid: Number(pid) };
  } catch {
    return { verb: "up", pid: 0 };
  }
}
