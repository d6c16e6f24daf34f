import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../bench/arguments.ts";
import { ProblemsError } from "../../../topology/problem.ts";

function problemsOf(words: readonly string[]): readonly string[] {
  try {
    parseArguments(words);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems.map(({ code, path }) => `${code} ${path}`);
    throw error;
  }
  return [];
}

describe("the benchmark's options", () => {
  test("have defaults", () => {
    expect(parseArguments([])).toEqual({
      sizes: [20, 100, 200],
      shapes: ["ring", "grid"],
      runs: 3,
      peers: false,
      json: undefined,
      document: undefined,
      lab: undefined,
    });
  });

  test("are taken with a space or an equals sign before the value, repeated sizes once", () => {
    expect(
      parseArguments(["--sizes", "20,100,20", "--shapes=grid", "--runs=1", "--peers", "--json", "a.json"]),
    ).toMatchObject({ sizes: [20, 100], shapes: ["grid"], runs: 1, peers: true, json: "a.json" });
    expect(parseArguments(["--lab", "/a=b/cli/lab", "--image", "bird"])).toMatchObject({
      lab: "/a=b/cli/lab",
      image: "bird",
    });
  });

  test("ask for help among anything else", () => {
    expect(parseArguments(["--runs", "3", "--help"])).toBeUndefined();
  });

  test("that are wrong are refused all at once", () => {
    expect(problemsOf(["--sizes", "2,20", "--shapes", "star", "--runs", "0", "--speed", "--json"])).toEqual([
      "bad-value --sizes",
      "bad-value --shapes",
      "bad-value --runs",
      "unknown-option --speed",
      "missing-value --json",
    ]);
    expect(problemsOf(["--sizes", "20,"])).toEqual(["bad-value --sizes"]);
    expect(problemsOf(["--sizes", "--peers"])).toEqual(["missing-value --sizes"]);
    expect(problemsOf(["--runs", "2.5"])).toEqual(["bad-value --runs"]);
    expect(problemsOf(["--sizes", "401"])).toEqual(["bad-value --sizes"]);
  });
});
