import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../../cli/checks/runner.ts";
import { coverageOf, isProven } from "../../../cli/proofs/coverage.ts";
import { parseCoverage } from "../../../cli/proofs/page.ts";
import { allLabs, resolveSettings } from "../../../labs/index.ts";
import { resolve } from "../../../topology/resolve.ts";

const page = parseCoverage(readFileSync(join(import.meta.dirname, "../../../docs/coverage.md"), "utf8"));

const result = (name: string, status: CheckResult["status"]): CheckResult => ({
  name,
  title: name,
  proves: [],
  status,
  seconds: 0,
  attempts: 1,
});

describe("docs/coverage.md", () => {
  test("has each id once, with its section and both texts", () => {
    expect(page.length).toBeGreaterThan(60);
    expect(new Set(page.map(({ id }) => id)).size).toBe(page.length);
    expect(page.find(({ id }) => id === "bgp-6")).toEqual({
      id: "bgp-6",
      section: "BGP",
      run: "`dig +short TXT 1.1.1.1.origin.asn.cymru.com`",
      shows: 'a DNS server in the lab answers "AS | prefix | country | registry | date"',
    });
  });

  test("names tests that are there and that CI must run", () => {
    const required = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../required-in-ci.json"), "utf8"),
    ) as string[];
    const named = page.flatMap(({ test }) => test ?? []);
    expect(named).toEqual(["test/program/rotation.test.ts"]);
    expect(named.filter((file) => !required.includes(file))).toEqual([]);
  });

  test("has every id that a lab's check names", async () => {
    const named = (await allLabs()).flatMap((lab) => {
      const settings = resolveSettings(lab, {});
      return lab.checks(resolve(lab.topology(settings)), settings).flatMap(({ proves }) => proves);
    });
    expect(named.filter((id) => !page.some((row) => row.id === id))).toEqual([]);
    // What was proved stays so.
    const upTo = (topic: string, last: number): string[] =>
      Array.from({ length: last }, (_, index) => `${topic}-${index + 1}`);
    const proved = [...upTo("ns", 4), ...upTo("dk", 4), ...upTo("bgp", 11), ...upTo("any", 6), ...upTo("tls", 6)];
    expect(proved.filter((id) => !named.includes(id))).toEqual([]);
  });
});

describe("coverage", () => {
  const rows = [
    { id: "x-1", section: "X", run: "", shows: "" },
    { id: "x-2", section: "X", run: "", shows: "" },
  ];
  const labs = [
    {
      lab: "one",
      checks: [
        { name: "a", proves: ["x-1"] },
        { name: "b", proves: ["x-1", "y-1"] },
      ],
    },
  ];

  test("counts an id as proven when every check that names it has passed", () => {
    const run = (b: CheckResult["status"]) =>
      coverageOf(rows, labs, [
        { stack: "s", lab: "one", finished: "2026-01-01", checks: [result("a", "passed"), result("b", b)] },
      ]);
    expect(run("passed").counts).toEqual({ ids: 2, declared: 1, passed: 1, tests: 0 });
    expect(run("failed").counts).toEqual({ ids: 2, declared: 1, passed: 0, tests: 0 });
    expect(isProven(run("passed").rows[1] ?? expect.fail())).toBe(false);
  });

  test("takes the last result of any copy of the lab, and none where it hasn't run", () => {
    const results = [
      { stack: "new", lab: "one", finished: "2026-01-02", checks: [result("a", "passed")] },
      { stack: "old", lab: "one", finished: "2026-01-01", checks: [result("a", "failed")] },
    ];
    expect(coverageOf(rows, labs, results).rows[0]?.proofs.map((proof) => proof.result)).toEqual(["passed", "not run"]);
  });

  test("tells ids that the page hasn't", () => {
    expect(coverageOf(rows, labs, []).unknown).toEqual(["y-1"]);
  });
});
