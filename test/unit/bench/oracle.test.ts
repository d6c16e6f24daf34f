import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseOracleArguments } from "../../../bench/oracle/arguments.ts";
import type { OracleReport, OwnRun } from "../../../bench/oracle/figures.ts";
import { findOraclePeers } from "../../../bench/oracle/peers.ts";
import { renderOracle } from "../../../bench/oracle/table.ts";
import { withFigures } from "../../../bench/table.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { expectGolden } from "../../golden.ts";

function problemsOf(words: readonly string[]): readonly string[] {
  try {
    parseOracleArguments(words);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems.map(({ code, path }) => `${code} ${path}`);
    throw error;
  }
  return [];
}

describe("the options of the oracle's benchmark", () => {
  test("have defaults of the real internet's size", () => {
    expect(parseOracleArguments([])).toMatchObject({ ases: 80_000, relations: 500_000, prefixes: 1000, runs: 3 });
    expect(parseOracleArguments(["--runs=1", "--python", "/venv/bin/python", "--small-ases", "500"])).toMatchObject({
      runs: 1,
      python: "/venv/bin/python",
      smallAses: 500,
    });
    expect(parseOracleArguments(["--runs", "3", "--help"])).toBeUndefined();
  });

  test("that are wrong are refused all at once", () => {
    expect(problemsOf(["--ases", "99", "--prefixes", "many", "--speed", "--json"])).toEqual([
      "bad-value --ases",
      "bad-value --prefixes",
      "unknown-option --speed",
      "missing-value --json",
    ]);
    expect(problemsOf(["--ases", "1000", "--relations", "2999"])).toEqual(["bad-value --relations"]);
  });
});

function own(all: number): OwnRun {
  return {
    load: 0.5,
    seconds: [0.02, 0.004, 0.005],
    together: all / 3,
    all,
    memory: 300 * 2 ** 20,
    answers: [[3, 400, 380]],
  };
}

const report: OracleReport = {
  command: "npm run bench -- oracle --python python3",
  runs: 2,
  machine: { cores: 2, memory: 24 * 2 ** 30, kernel: "6.1.0", node: "24.0.0", load: 0.125 },
  graphs: [
    {
      ases: 80_000,
      relations: 500_000,
      prefixes: 3,
      own: [
        [own(4), own(2)],
        [own(6), own(3)],
      ],
      peers: [
        {
          name: "BGPy",
          runs: [{ load: 30, seconds: [5, 6, 7], together: 3, memory: 500 * 2 ** 20, agrees: [true, true, false] }],
        },
      ],
    },
    {
      ases: 300,
      relations: 1800,
      prefixes: 300,
      own: [[own(0.3), own(0.6)]],
      peers: [
        {
          name: "matrix-bgpsim",
          runs: [{ load: 0.1, seconds: [], together: 0.02, memory: 40 * 2 ** 20, agrees: [true] }],
        },
        { name: "another", runs: "Cannot allocate memory" },
      ],
    },
  ],
  absent: { third: "no --python given" },
};

describe("the report of the oracle's benchmark", () => {
  test("has the medians, the ratios in the same run, and why a peer isn't there", () => {
    expectGolden("bench/oracle.md", renderOracle(report));
  });

  test("has no part on peers where there are none", () => {
    const graphs = report.graphs.map((graph) => ({ ...graph, peers: [] }));
    expect(renderOracle({ ...report, graphs })).not.toContain("Peers");
  });

  test("goes between marks of its own", () => {
    const text =
      "<!-- figures -->\nold\n<!-- end of figures -->\n<!-- oracle figures -->\n<!-- end of oracle figures -->\n";
    expect(withFigures(text, "new", "oracle figures")).toBe(
      "<!-- figures -->\nold\n<!-- end of figures -->\n<!-- oracle figures -->\n\nnew\n\n<!-- end of oracle figures -->\n",
    );
  });
});

test("peers that a Python lacks are told, with the reason", async () => {
  const directory = mkdtempSync(join(tmpdir(), "labwright-oracle-"));
  const python = join(directory, "python");
  expect(await findOraclePeers(python)).toEqual({
    peers: [],
    absent: {
      BGPy: `${python} can't import bgpy.simulation_engine`,
      "matrix-bgpsim": `${python} can't import matrix_bgpsim`,
    },
  });
  expect((await findOraclePeers(undefined)).absent).toMatchObject({ BGPy: "no --python given" });
  rmSync(directory, { recursive: true });
});
