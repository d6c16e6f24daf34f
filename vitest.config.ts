import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/reporter.ts";

// A Docker daemon that tests start is for this process, whichever of its workers asks.
process.env["LABWRIGHT_TEST_RUN"] = String(process.pid);

/** Tests that share the kernel or the engine run one file after the other, each project after the one before. */
const serial = { pool: "forks", fileParallelism: false, maxWorkers: 1 } as const;

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLine()],
    globalSetup: "test/support/end-docker.ts",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          pool: "forks",
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          ...serial,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/program/**/*.test.ts"],
          ...serial,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "exercises",
          include: ["test/exercises/**/*.test.ts"],
          pool: "forks",
          // Labs share nothing, and each waits for its daemons more than it computes.
          maxWorkers: 4,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
