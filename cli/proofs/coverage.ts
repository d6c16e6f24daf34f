/** Which check of which lab proves each id, and how its last run ended. Pure. */
import type { StackResults } from "../checks/results.ts";
import type { CheckResult } from "../checks/runner.ts";
import type { CoverageRow } from "./page.ts";

/** A lab's checks with the ids that they prove. */
export interface DeclaredLab {
  readonly lab: string;
  readonly checks: readonly { readonly name: string; readonly proves: readonly string[] }[];
}

export interface Proof {
  readonly lab: string;
  readonly check: string;
  readonly result: CheckResult["status"] | "not run";
  /** ISO time of the run. */
  readonly when?: string;
}

export interface Covered extends CoverageRow {
  readonly proofs: readonly Proof[];
}

export interface Coverage {
  readonly rows: readonly Covered[];
  /** Ids that checks name and the page hasn't. */
  readonly unknown: readonly string[];
  readonly counts: { readonly ids: number; readonly declared: number; readonly passed: number; readonly tests: number };
}

export function coverageOf(
  page: readonly CoverageRow[],
  labs: readonly DeclaredLab[],
  results: readonly StackResults[],
): Coverage {
  const proofs = new Map<string, Proof[]>();
  for (const { lab, checks } of labs) {
    for (const { name, proves } of checks) {
      const last = lastResult(results, lab, name);
      for (const id of proves) {
        const proof: Proof = {
          lab,
          check: name,
          result: last?.status ?? "not run",
          ...(last === undefined ? {} : { when: last.when }),
        };
        proofs.set(id, [...(proofs.get(id) ?? []), proof]);
      }
    }
  }
  const rows = page.map((row) => ({ ...row, proofs: proofs.get(row.id) ?? [] }));
  const ids = new Set(page.map(({ id }) => id));
  return {
    rows,
    unknown: [...proofs.keys()].filter((id) => !ids.has(id)).sort(),
    counts: {
      ids: rows.length,
      declared: rows.filter((row) => row.proofs.length > 0).length,
      passed: rows.filter(isProven).length,
      tests: rows.filter((row) => row.test !== undefined).length,
    },
  };
}

/** Every check that names it has passed. */
export function isProven({ proofs }: Pick<Covered, "proofs">): boolean {
  return proofs.length > 0 && proofs.every(({ result }) => result === "passed");
}

function lastResult(
  results: readonly StackResults[],
  lab: string,
  check: string,
): { status: CheckResult["status"]; when: string } | undefined {
  const found = results
    .filter((each) => each.lab === lab)
    .flatMap(({ checks, finished }) =>
      checks.filter(({ name }) => name === check).map(({ status }) => ({ status, when: finished })),
    );
  return found.sort((a, b) => a.when.localeCompare(b.when)).at(-1);
}
