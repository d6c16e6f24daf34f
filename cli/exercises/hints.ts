/** How many hints of a stack's fault were given, kept in .labwright/hints. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { workDirectory } from "../engine/environment.ts";
import type { Project } from "../stacks/project.ts";

type Place = Pick<Project, "directory">;

/** None of another fault's. */
export function hintsGiven(project: Place, stack: string, fault: string): number {
  try {
    const note = JSON.parse(readFileSync(noteOf(project, stack), "utf8")) as { fault?: unknown; given?: unknown };
    return note.fault === fault && typeof note.given === "number" ? note.given : 0;
  } catch {
    // A note that can't be read is as good as none.
    return 0;
  }
}

export function noteHints(project: Place, stack: string, fault: string, given: number): void {
  mkdirSync(workDirectory(project, "hints"), { recursive: true });
  writeFileSync(noteOf(project, stack), JSON.stringify({ fault, given }));
}

export function forgetHints(project: Place, stack: string): void {
  rmSync(noteOf(project, stack), { force: true });
}

function noteOf(project: Place, stack: string): string {
  return workDirectory(project, "hints", `${stack}.json`);
}
