/** What `npm run bench -- ...` is told. Pure. */
import type { Shape } from "../labs/scale/topology.ts";
import { assertNoProblems, type Problem } from "../topology/problem.ts";

export interface BenchOptions {
  readonly sizes: readonly number[];
  readonly shapes: readonly Shape[];
  /** How often everything is measured; the figures are medians. */
  readonly runs: number;
  /** Measure other emulators too, those that are installed. */
  readonly peers: boolean;
  /** File for all the figures, as JSON. */
  readonly json: string | undefined;
  /** File with a pair of marks, between which the report goes. */
  readonly document: string | undefined;
  /** The `lab` command to measure; default: this project's. */
  readonly lab: string | undefined;
  /** Docker image with bird and iproute2, for peers that run containers. */
  readonly image?: string;
}

export const usage = `Usage: npm run bench -- [OPTIONS]
       npm run bench -- oracle [OPTIONS]   routes of the internet; \`oracle --help\` shows its options
       npm run bench -- pki [OPTIONS]      certificates; \`pki --help\` shows its options

Brings up rings and grids of BIRD routers, from nothing to every router holding every route, and takes them
down again: by the kernel's own tools, by Labwright, and by other emulators, in turn.

  --sizes 20,100,200   numbers of routers, each from 3 to 400
  --shapes ring,grid
  --runs 3             how often everything is measured, 1 to 99; the table has medians
  --peers              also Labwright with its routers in containers, and mininet, containerlab and Kathará,
                       those that are there
  --image NAME         Docker image with bird and iproute2 for containerlab and Kathará;
                       default: that of Labwright's own routers
  --json FILE          write every figure of every run to FILE
  --document FILE      put the tables into FILE, between its marks
  --lab COMMAND        measure another clone's cli/lab
  --help`;

const defaults: BenchOptions = {
  sizes: [20, 100, 200],
  shapes: ["ring", "grid"],
  runs: 3,
  peers: false,
  json: undefined,
  document: undefined,
  lab: undefined,
};

/**
 * Undefined where help is asked for.
 *
 * @throws ProblemsError with everything that is wrong.
 */
export function parseArguments(words: readonly string[]): BenchOptions | undefined {
  const problems: Problem[] = [];
  const given: { -readonly [K in keyof BenchOptions]?: BenchOptions[K] } = {};
  const queue = words.flatMap((word) => /^(--[a-z]+)=(.*)$/s.exec(word)?.slice(1) ?? [word]);
  const bad = (code: string, path: string, found: string | undefined, expected: string): void => {
    problems.push({
      code,
      path,
      ...(found === undefined ? {} : { found }),
      expected,
      hint: "`npm run bench -- --help` shows all.",
    });
  };
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--help") return undefined;
    if (word === "--peers") {
      given.peers = true;
      continue;
    }
    if (!["--sizes", "--shapes", "--runs", "--json", "--document", "--lab", "--image"].includes(word)) {
      bad("unknown-option", word, undefined, "an option of the benchmark");
      continue;
    }
    const value = queue[0]?.startsWith("--") === true ? undefined : queue.shift();
    if (value === undefined || value === "") {
      bad("missing-value", word, undefined, "a value after it");
      continue;
    }
    switch (word) {
      case "--sizes": {
        const sizes = value.split(",").map((text) => wholeNumber(text, 3, 400));
        if (sizes.includes(undefined))
          bad("bad-value", word, value, "whole numbers from 3 to 400, with commas between");
        else given.sizes = unique(sizes.filter((size) => size !== undefined));
        break;
      }
      case "--shapes": {
        const shapes = value.split(",");
        if (!shapes.every(isShape)) bad("bad-value", word, value, "ring, grid, or both with a comma between");
        else given.shapes = unique(shapes);
        break;
      }
      case "--runs": {
        const runs = wholeNumber(value, 1, 99);
        if (runs === undefined) bad("bad-value", word, value, "a whole number from 1 to 99");
        else given.runs = runs;
        break;
      }
      case "--json":
        given.json = value;
        break;
      case "--document":
        given.document = value;
        break;
      case "--lab":
        given.lab = value;
        break;
      case "--image":
        given.image = value;
        break;
    }
  }
  assertNoProblems("the benchmark's options", problems);
  return { ...defaults, ...given };
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

function isShape(text: string): text is Shape {
  return text === "ring" || text === "grid";
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
