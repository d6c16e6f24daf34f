import { join } from "node:path";
import { expect, test } from "vitest";
import { readLab } from "../../compatibility/read.ts";
import { expectGolden } from "../../golden.ts";
import { scoreOf, tableOf, type Row } from "../../compatibility/table.ts";

const row: Row = {
  tool: "kathara",
  file: "labs/a",
  nodes: 2,
  imported: "whole",
  up: "yes",
  checked: "3 of 3",
  remark: "",
};

test("a score counts what came up and passed, apart for what was imported in part", () => {
  const rows: Row[] = [
    row,
    { ...row, checked: "2 of 3" },
    { ...row, up: "no", checked: "" },
    { ...row, imported: "in part" },
    { ...row, imported: "no", up: "", checked: "" },
    { ...row, checked: "1 of 11" },
  ];
  expect(scoreOf(rows).split("\n").at(-1)).toBe("| kathara | 6 | 4 | 3 | 1 | 1 | 1 | 1 |");
});

test("a table's cells hold one line, without bars", () => {
  expect(
    tableOf([{ ...row, remark: "a | b\nc" }])
      .split("\n")
      .at(-1),
  ).toBe("| labs/a | 2 | whole | yes | 3 of 3 | a \\| b c |");
});

test("what is said of the labs among the fixtures stays what it is", () => {
  const fixtures = join(import.meta.dirname, "../../fixtures");
  const labs = [
    ["containerlab", "containerlab/sites.clab.yml"],
    ["containerlab", "containerlab/refused.clab.yml"],
    ["kathara", "kathara/triangle"],
    ["kathara", "kathara/refused"],
  ] as const;
  const verdicts = labs.map(([tool, path]) => {
    const { nodes, imported, remark } = readLab(tool, join(fixtures, path));
    const remarks = remark === "" ? [] : remark.split(", ").map((each) => `  ${each}`);
    return [`${path}: ${imported}, ${nodes} nodes`, ...remarks, ""];
  });
  expectGolden("import/verdicts.txt", verdicts.flat().join("\n"));
});
