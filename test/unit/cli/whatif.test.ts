import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lab } from "./run.ts";

const asRel = join(import.meta.dirname, "..", "..", "..", "docs", "examples", "as-rel.txt");

/** What `lab whatif ... --json` prints. */
async function json(kind: "hijack" | "leak", ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await lab("whatif", kind, "--as-rel", asRel, "--json", ...args);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("lab whatif", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "labwright-whatif-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("tells of every AS whether a hijack captures it, with filters and without", async () => {
    const list = join(directory, "validating.txt");
    writeFileSync(list, "# two of them\n64496, 64504\n");
    const result = await json("hijack", "--victim", "65001", "--attacker", "AS65004", "--validating", list);
    expect(result).toMatchObject({
      victim: 65001,
      attacker: 65004,
      announced: "192.0.2.0/24",
      roas: ["192.0.2.0/24=65001"],
      validity: "invalid",
      filters: "origin validation at the 2 ASes of validating.txt",
    });
    const [without, withFilters] = result["outcomes"] as { tally: { hit: number }; ases: { as: number }[] }[];
    expect(without?.ases.find(({ as }) => as === 64504)).toEqual({
      as: 64504,
      captured: "by route",
      learnedFrom: "customer",
      length: 1,
      nextHop: 65004,
    });
    // Its providers and its peer have nothing but the attacker's route to give to it.
    expect(withFilters?.ases.find(({ as }) => as === 64504)).toEqual({
      as: 64504,
      captured: "no",
      learnedFrom: "none",
    });
    expect(without?.ases).toHaveLength(16);
    expect(withFilters?.tally.hit).toBeLessThan(without?.tally.hit ?? 0);
  });

  test("tells of every AS whether its traffic goes through the leaker", async () => {
    const result = await json("leak", "--victim", "65001", "--leaker", "65003", "--roles", "top:1");
    expect(result).toMatchObject({ victim: 65001, leaker: 65003, leaks: true, roles: "roles at the largest AS" });
    const outcomes = result["outcomes"] as { name: string; tally: { hit: number } }[];
    expect(outcomes.map(({ name, tally }) => [name, tally.hit])).toEqual([
      ["before", 0],
      ["leak", 4],
      ["leak, with roles", 4],
    ]);
  });

  test("gives the same of the same draws, on however many threads", async () => {
    const draws = ["--sample", "60", "--seed", "3"];
    const one = await json("hijack", ...draws, "--workers", "1", "--sub-prefix", "--validating", "top:3");
    expect(one["pairs"]).toHaveLength(60);
    expect(await json("hijack", ...draws, "--workers", "3", "--sub-prefix", "--validating", "top:3")).toEqual(one);
    expect((await json("hijack", "--sample", "60", "--seed", "4"))["pairs"]).not.toEqual(one["pairs"]);
  });

  test("measures a drawn pair as it measures a named one", async () => {
    for (const [kind, who] of [
      ["hijack", "attacker"],
      ["leak", "leaker"],
    ] as const) {
      const drawn = await json(kind, "--victim", "65001", `--${who}s`, "4");
      for (const pair of drawn["pairs"] as Record<string, unknown>[]) {
        const named = await json(kind, "--victim", "65001", `--${who}`, String(pair[who]));
        expect((named["outcomes"] as { tally: { hit: number } }[]).map(({ tally }) => tally.hit)).toEqual(pair["hit"]);
      }
    }
  });
});
