import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readResults } from "../checks/results.ts";
import { ownDirectory, type Context } from "../context.ts";
import { coverageOf, isProven, type Covered, type DeclaredLab } from "../proofs/coverage.ts";
import { parseCoverage } from "../proofs/page.ts";
import { exitCodes } from "../errors.ts";
import { labsDirectory } from "../stacks/stack.ts";
import { table } from "../output/table.ts";
import { allLabs } from "../../labs/index.ts";
import { situationOf } from "../../labs/situation.ts";

/** docs/coverage.md with the lab and check for each id, and the last run's result. */
export async function coverage(context: Context): Promise<number> {
  const { output } = context;
  const page = parseCoverage(readFileSync(join(ownDirectory, "docs", "coverage.md"), "utf8"));
  const found = coverageOf(page, await declaredLabs(labsDirectory(context.project)), readResults(context.project));
  const state = (row: Covered): string => {
    if (row.proofs.length === 0) return output.paint("dim", row.test === undefined ? "no check" : "a test");
    const word = isProven(row) ? "passed" : (row.proofs.find(({ result }) => result !== "passed")?.result ?? "not run");
    return output.paint(word === "passed" ? "good" : word === "not run" ? "warn" : "bad", word);
  };
  const rows = found.rows.map((row) => [
    row.id,
    state(row),
    row.test ?? few(row.proofs.map(({ lab, check }) => `${lab}/${check}`)),
    shortened(row.run === "" ? row.shows : row.run),
  ]);
  const { ids, declared, passed, tests } = found.counts;
  const unknown =
    found.unknown.length === 0 ? "" : `\nNamed by checks, but not in docs/coverage.md: ${found.unknown.join(", ")}.`;
  output.result(
    `${table(["ID", "LAST RUN", "CHECKS", "WHAT IS RUN"], rows)}\n\n${declared} of ${ids} ids have a check; in the last runs ${passed} passed. ${tests} ${tests === 1 ? "is" : "are"} proved by a test.${unknown}`,
  );
  output.json(found);
  return exitCodes.good;
}

/** With default settings. */
async function declaredLabs(directory: string | undefined): Promise<DeclaredLab[]> {
  return (await allLabs(directory)).map((lab) => {
    const plain = situationOf(lab, {});
    const faults = (lab.faults ?? []).flatMap((fault) => situationOf(lab, { fault: fault.name }).symptoms);
    return { lab: lab.name, checks: [...plain.checks, ...faults] };
  });
}

/** JSON has them all. */
function few(names: readonly string[]): string {
  const more = names.length - 2;
  return more <= 1 ? names.join(" ") : `${names.slice(0, 2).join(" ")} and ${more} more`;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
