import { expect, test } from "vitest";
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
