import { describe, expect, test } from "vitest";
import type { Measurement, Report } from "../../../bench/figures.ts";
import { machineLine, renderReport, table, withFigures } from "../../../bench/table.ts";
import { expectGolden } from "../../golden.ts";

const mebibyte = 2 ** 20;

function measurement(routers: number, factor: number): Measurement {
  const raw = { up: 1.3, sandbox: 0.04, links: 0.1, nodes: 0.2, convergence: 0.96, down: 0.05 };
  const labwright = { up: 3.2, noChange: 1.6, reset: 2.4, down: 0.9 };
  const memory = { lab: 40 * mebibyte, engine: 118 * mebibyte, provider: 110 * mebibyte, command: 157 * mebibyte };
  return {
    shape: "ring",
    routers,
    links: routers,
    resources: 2 * routers + 4,
    raw: [0.9, 1, 1.4].map((noise) => ({ ...raw, up: raw.up * factor * noise })),
    labwright: [0.9, 1, 1.4].map((noise) => ({ ...labwright, up: labwright.up * factor * noise, memory })),
    engine: [{ up: 2, noChange: 1.5 }],
    peers: { mininet: [{ up: 1.9 * factor, down: 0.8 }], containerlab: "no network | left" },
  };
}

const report: Report = {
  command: "npm run bench -- --sizes 20,100 --shapes ring --peers",
  runs: 3,
  machine: { cores: 2, memory: 24 * 2 ** 30, kernel: "6.1.0", node: "24.0.0", load: 0.125 },
  measurements: [measurement(20, 1), measurement(100, 2)],
  absent: { Kathará: "not found on PATH" },
};

describe("the benchmark's report", () => {
  test("has the medians, the ratios, and why a peer isn't there", () => {
    expectGolden("bench/report.md", renderReport(report));
  });

  test("has no part on other emulators where none was asked for", () => {
    const alone = { ...report, absent: {}, measurements: [{ ...measurement(20, 1), peers: {} }] };
    expect(renderReport(alone)).not.toContain("emulators");
    expect(renderReport(alone)).toContain("| ring of 20 |");
  });

  test("tells why a topology was given up", () => {
    const given = renderReport({ ...report, measurements: [{ ...measurement(20, 1), raw: [], failure: "no route" }] });
    expect(given).toContain("- ring of 20: given up: no route\n");
  });

  test("has a dash where there is no figure", () => {
    const none = { ...measurement(20, 1), raw: [] };
    expect(renderReport({ ...report, measurements: [none] })).toContain("| ring of 20 |      – | 3.2 |        – |");
  });
});

test("a table's columns are as wide as their widest cell, figures to the right", () => {
  expect(table(["name", "s"], [["a long name", "1.5"], ["b"]])).toEqual([
    "| name        |   s |",
    "| ----------- | --: |",
    "| a long name | 1.5 |",
    "| b           |     |",
  ]);
});

test("the machine is told in one line", () => {
  expect(machineLine({ ...report.machine, cores: 1 })).toBe(
    "1 core, 24 GiB of memory, Linux 6.1.0, Node 24.0.0, load 0.13 before.",
  );
});

test("a document gets the report between its marks, again and again", () => {
  const text = "# Title\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nThe end.\n";
  const written = withFigures(text, "new\n");
  expect(written).toBe("# Title\n\n<!-- figures -->\n\nnew\n\n<!-- end of figures -->\n\nThe end.\n");
  expect(withFigures(written ?? "", "new\n")).toBe(written);
  expect(withFigures("# Title\n", "new\n")).toBeUndefined();
});
