/** Topologies of any size, for benchmarks and tests: one router in each AS, neighbours are siblings. */
import { formatAddress } from "./addressing/address.ts";
import { assertNoProblems } from "./problem.ts";
import type { Family, LinkSpec, RelationSpec, TopologySpec } from "./spec.ts";
import { Report } from "./validation/report.ts";

export interface GeneratorOptions {
  /** Default IPv4 only. */
  readonly families?: readonly Family[];
}

/** 172.16.0.0/12 has so many /24. */
const mostRouters = 4096;

/**
 * Routers r0 to r<count-1>, each linked to the next and the last to the first. Each originates a /24 of
 * 172.16.0.0/12 and, with IPv6, a /48 of fd10::/32.
 *
 * @param count 3 to 4096.
 * @throws ProblemsError where count is out of range.
 */
export function ring(count: number, options: GeneratorOptions = {}): TopologySpec {
  const report = new Report();
  checkCount(count, 3, "count", report);
  assertNoProblems("the ring", report.problems);
  return generate(
    count,
    Array.from({ length: count }, (_, index) => [index, (index + 1) % count] as const),
    options,
  );
}

/**
 * Routers r0 to r<rows*columns-1>, row by row, each linked to those beside and below it. They originate as in `ring`.
 *
 * @throws ProblemsError where it has no router, or more than 4096.
 */
export function grid(rows: number, columns: number, options: GeneratorOptions = {}): TopologySpec {
  const report = new Report();
  checkCount(rows, 1, "rows", report);
  checkCount(columns, 1, "columns", report);
  if (report.problems.length === 0) checkCount(rows * columns, 1, "rows * columns", report);
  assertNoProblems("the grid", report.problems);
  const pairs: (readonly [number, number])[] = [];
  for (let index = 0; index < rows * columns; index++) {
    if (index % columns < columns - 1) pairs.push([index, index + 1]);
    if (index + columns < rows * columns) pairs.push([index, index + columns]);
  }
  return generate(rows * columns, pairs, options);
}

function generate(
  count: number,
  pairs: readonly (readonly [number, number])[],
  options: GeneratorOptions,
): TopologySpec {
  const families = options.families ?? ["ipv4"];
  // There are no more than 1,023 private numbers of 16 bits (RFC 6996).
  const firstAsn = count > 1000 ? 4200000000 : 64512;
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    families,
    autonomousSystems: Object.fromEntries(indices.map((index) => [asName(firstAsn, index), { asn: firstAsn + index }])),
    nodes: Object.fromEntries(
      indices.map((index) => [
        `r${index}`,
        {
          kind: "router",
          as: asName(firstAsn, index),
          originates: families.map((family) => originated(family, index)),
        },
      ]),
    ),
    links: pairs.map(([one, other]): LinkSpec => ({ ends: [`r${one}`, `r${other}`] })),
    relations: pairs.map(([one, other]): RelationSpec => ({
      kind: "sibling",
      between: [asName(firstAsn, one), asName(firstAsn, other)],
    })),
  };
}

function asName(firstAsn: number, index: number): string {
  return `as${firstAsn + index}`;
}

function originated(family: Family, index: number): string {
  return family === "ipv4"
    ? `${formatAddress({ family, value: 0xac100000n + (BigInt(index) << 8n) })}/24`
    : `${formatAddress({ family, value: (0xfd10n << 112n) + (BigInt(index) << 80n) })}/48`;
}

function checkCount(value: number, least: number, path: string, report: Report): void {
  if (Number.isInteger(value) && value >= least && value <= mostRouters) return;
  const hint = "There is a private prefix for each of 4096 routers and no more.";
  report.add("count-out-of-range", path, value, `a whole number from ${least} to ${mostRouters}`, hint);
}
