import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { grid, ring } from "../../../topology/generators.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";
import { errorCases } from "./error-cases.ts";

function problemsOf(run: () => unknown): ProblemsError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProblemsError) return error;
    throw error;
  }
  throw new Error("no problem was found");
}

describe("mistakes in a topology are told with place, finding, expectation and hint", () => {
  for (const [name, spec] of errorCases) {
    test(name, () => expectGolden(`topology/errors/${name}.txt`, `${problemsOf(() => resolve(spec)).message}\n`));
  }

  test("count-out-of-range", () => {
    const errors = [() => ring(2), () => ring(4097), () => grid(0, 1.5), () => grid(65, 64)].map(
      (run) => problemsOf(run).message,
    );
    expectGolden("topology/errors/count-out-of-range.txt", `${errors.join("\n")}\n`);
  });

  test("each code of a problem has a case", () => {
    const folder = join(import.meta.dirname, "../../../topology");
    const sources = [
      ...["addressing", "daemons", "machines", "pki", "routing", "services", "services/postgresql", "services/proxy"],
      ...["validation", "."],
    ].flatMap((each) =>
      readdirSync(join(folder, each))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(join(folder, each, file), "utf8")),
    );
    const codes = new Set(
      sources.flatMap((text) => [...text.matchAll(/report\.add\(\s*"([a-z-]+)"/g)].map((match) => match[1])),
    );
    const told = errorCases.flatMap(([, spec]) =>
      problemsOf(() => resolve(spec)).problems.map((problem) => problem.code),
    );
    expect([...codes].filter((code) => code !== "count-out-of-range" && !told.includes(code ?? ""))).toEqual([]);
  });
});
