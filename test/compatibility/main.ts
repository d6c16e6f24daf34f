/**
 * How many of other people's labs run here, whole or in part: `npm run compatibility -- FOLDER...`. It walks the
 * folders, imports every containerlab topology file and every Kathará lab that it finds, brings it up in a project of
 * its own, runs its checks, and prints a table. It comes with no labs.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { CheckResult } from "../../cli/checks/runner.ts";
import type { CommandResult } from "../../labs/lab.ts";
import { collect } from "../../provider/sandbox/run.ts";
import { ProblemsError } from "../../topology/problem.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { readLab, type Read } from "./read.ts";
import { scoreOf, tableOf, type Row } from "./table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only reads them. */
    "parse-only": { type: "boolean", default: false },
    /** Part of a path. */
    only: { type: "string", default: "" },
  },
});

const found = positionals.flatMap((folder) => labsBelow(resolve(folder), basename(resolve(folder))));
const labs = found.filter(({ shown }) => shown.includes(values.only));
if (labs.length === 0) {
  process.stderr.write("Name folders with labs of containerlab or Kathará.\n");
  process.exit(2);
}
const rows: Row[] = [];
const project = values["parse-only"] ? undefined : makeProject();
let interrupted = false;
// What is up is taken down first.
process.on("SIGINT", () => (interrupted = true)).on("SIGTERM", () => (interrupted = true));
try {
  for (const [index, lab] of labs.entries()) {
    if (interrupted) break;
    const row = await tryOut(lab, `lab${index + 1}`, project);
    rows.push(row);
    process.stderr.write(
      `${index + 1} of ${labs.length} ${row.file}: ${row.imported}, ${row.up}, ${row.checked} ${row.remark}\n`,
    );
  }
} finally {
  await project?.remove();
}
process.stdout.write(`${scoreOf(rows)}\n\n${tableOf(rows)}\n`);

interface Found {
  readonly tool: "containerlab" | "kathara";
  readonly path: string;
  /** From the folder that was named. */
  readonly shown: string;
}

function labsBelow(folder: string, shown: string): Found[] {
  const below = readdirSync(folder).sort();
  const own: Found[] = below
    .filter((name) => /clab\.(ya?ml|gotmpl)$/.test(name) && statSync(join(folder, name)).isFile())
    .map((name) => ({ tool: "containerlab", path: join(folder, name), shown: join(shown, name) }));
  if (below.includes("lab.conf")) return [...own, { tool: "kathara", path: folder, shown }];
  return [
    ...own,
    ...below
      .filter((name) => statSync(join(folder, name)).isDirectory())
      .flatMap((name) => labsBelow(join(folder, name), join(shown, name))),
  ];
}

async function tryOut({ tool, path, shown }: Found, name: string, on: TestProject | undefined): Promise<Row> {
  const none = { file: shown, tool, nodes: 0, up: "", checked: "", remark: "" } as const;
  let read: Read;
  try {
    read = readLab(tool, path);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const { hint, path: place } = error.problems[0] ?? { hint: "", path: "" };
    return { ...none, imported: "no", remark: `${place}: ${hint}` };
  }
  const row = { ...none, nodes: read.nodes, imported: read.imported, remark: read.remark };
  // One node is no network: what is left of a lab whose routers can't run says nothing.
  if (on === undefined || read.imported === "no") return row;
  const partial = read.imported === "in part" ? ["--partial"] : [];
  const made = await run(on, ["import", tool, path, "--name", name, ...partial]);
  if (made.exitCode !== 0) return { ...row, imported: "no", remark: lastLine(made) };
  const up = await run(on, ["up", name, "--quiet"]);
  const result = up.exitCode === 0 ? await run(on, ["check", name, "--json"]) : undefined;
  await run(on, ["down", name]);
  if (result === undefined) return { ...row, up: "no", remark: lastLine(up) };
  const checks = checksOf(result);
  const failed = checks.filter(({ passed }) => !passed);
  return {
    ...row,
    up: "yes",
    checked: `${checks.length - failed.length} of ${checks.length}`,
    remark: failed.length === 0 ? row.remark : failed.map((check) => `${check.name}: ${check.reason}`).join("; "),
  };
}

/** Longer than a test's: a check that fails is tried for two minutes. */
function run(on: TestProject, args: readonly string[]): Promise<CommandResult> {
  return collect(on.start(args), { timeout: 900_000 });
}

function checksOf({ stdout }: CommandResult): { name: string; passed: boolean; reason: string }[] {
  const { checks } = JSON.parse(stdout) as { checks: readonly CheckResult[] };
  return checks.map(({ name, status, failure }) => ({
    name,
    passed: status === "passed",
    reason: failure === undefined ? status : `${failure.on} saw ${failure.saw}`,
  }));
}

function lastLine({ stdout, stderr }: CommandResult): string {
  return (stderr.trim() || stdout.trim()).split("\n").slice(-3).join(" ");
}
