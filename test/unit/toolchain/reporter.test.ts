import { expect, test } from "vitest";
import { closingLines, type Outcome } from "../../reporter.ts";

const outcomes: Outcome[] = [
  { file: "test/a.test.ts", name: "one", state: "passed" },
  { file: "test/a.test.ts", name: "two", state: "failed" },
  { file: "test/b.test.ts", name: "three", state: "skipped", reason: "no bird" },
];

test("the last line counts, and each skipped test is named with its reason", () => {
  expect(closingLines(outcomes, 0, [])).toEqual({
    lines: ["skipped: test/b.test.ts > three: no bird", "1 passed, 1 failed, 1 skipped"],
    failed: 1,
  });
});

test("errors outside of tests count as failures", () => {
  expect(closingLines(outcomes, 2, []).lines.at(-1)).toBe("1 passed, 3 failed, 1 skipped");
});

test.each([["test/b.test.ts"], ["test/b.test.ts > three"]])(
  "what CI must run and skips counts as failed: %s",
  (required) => {
    expect(closingLines(outcomes, 0, [required])).toEqual({
      lines: ["failed: test/b.test.ts > three: skipped (no bird), and CI must run it", "1 passed, 2 failed, 0 skipped"],
      failed: 2,
    });
  },
);

test("what CI must run and isn't there any more counts as failed", () => {
  expect(closingLines(outcomes, 0, ["test/gone.test.ts"], ["test/gone.test.ts"]).lines).toEqual([
    "skipped: test/b.test.ts > three: no bird",
    "failed: test/gone.test.ts: CI must run it, and there is no such file",
    "1 passed, 2 failed, 1 skipped",
  ]);
});
