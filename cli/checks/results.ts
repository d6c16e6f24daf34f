/** Results of the last run of each stack's checks, kept in .labwright/results for `lab coverage`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "../engine/environment.ts";
import type { Project } from "../stacks/project.ts";
import type { CheckResult } from "./runner.ts";

export interface StackResults {
  readonly stack: string;
  readonly lab: string;
  /** ISO time. */
  readonly finished: string;
  readonly checks: readonly CheckResult[];
}

/** Results of checks that this run left out stay. */
export function storeResults(project: Project, results: StackResults): void {
  const directory = workDirectory(project, "results");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${results.stack}.json`);
  const before = readFile(file)?.checks ?? [];
  const names = new Set(results.checks.map(({ name }) => name));
  const checks = [...before.filter(({ name }) => !names.has(name)), ...results.checks];
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ ...results, checks }, undefined, 2)}\n`);
  renameSync(temporary, file);
}

export function readResults(project: Project): StackResults[] {
  const directory = workDirectory(project, "results");
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((file) =>
    file.endsWith(".json") ? (readFile(join(directory, file)) ?? []) : [],
  );
}

/** Undefined for what isn't such a file: a result that can't be read is as good as none. */
function readFile(file: string): StackResults | undefined {
  try {
    const content = JSON.parse(readFileSync(file, "utf8")) as StackResults;
    return Array.isArray(content.checks) ? content : undefined;
  } catch {
    return undefined;
  }
}
