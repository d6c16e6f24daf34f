import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/order.ts";
import { ClosingLine } from "./test/reporter.ts";

// A Docker daemon that tests start is for this process, whichever of its workers asks.
process.env["LABWRIGHT_TEST_RUN"] = String(process.pid);

/** Tests that measure time, or look at what all of the host has, run one file after the other, by themselves. */
const serial = { pool: "forks", fileParallelism: false, maxWorkers: 1 } as const;

/** Their labs share nothing with those of others; each waits for its daemons as much as it computes. */
const sideBySide = [
  "test/exercises/**/*.test.ts",
  ...["daemons", "routes", "rulesets"].map((name) => `test/live/${name}.test.ts`),
  ...["break", "crash", "import", "other-labs", "pki", "rpki"].map((name) => `test/program/${name}.test.ts`),
];

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLine()],
    globalSetup: "test/support/end-docker.ts",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          pool: "forks",
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          exclude: sideBySide,
          ...serial,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/program/**/*.test.ts"],
          exclude: sideBySide,
          ...serial,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: "side by side",
          include: sideBySide,
          pool: "forks",
          maxWorkers: 4,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
