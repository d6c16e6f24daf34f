/** own.ts FILE PAIRS THREADS: Labwright's figures for hijacks of one prefix, as a line of JSON; a process of its own. */
import { readFileSync } from "node:fs";
import { parsePrefix, type Prefix } from "../../topology/addressing/prefix.ts";
import { readAsRelationships } from "../../topology/import/caida/index.ts";
import {
  indexOf,
  internetOf,
  learned,
  propagate,
  type Experiment,
  type Pair,
  type Spread,
} from "../../topology/internet/index.ts";
import { measurePairs } from "../../cli/whatif/workers.ts";
import type { Answer, OwnRun } from "./figures.ts";

const [file = "", pairsFile = "", threads = "1"] = process.argv.slice(2);

const experiment: Experiment = {
  kind: "hijack",
  prefix: parsePrefix("192.0.2.0/24") as Prefix,
  subPrefix: false,
  forgedOrigin: false,
  roas: [],
  deployments: [{}],
};

const start = performance.now();
const internet = internetOf(readAsRelationships(readFileSync(file)));
const load = (performance.now() - start) / 1000;

const asked = JSON.parse(readFileSync(pairsFile, "utf8")) as readonly (readonly [number, number])[];
const pairs = asked.map(([victim, attacker]): Pair => [
  indexOf(internet, victim) ?? 0,
  indexOf(internet, attacker) ?? 0,
]);

const before = performance.now();
const cpuBefore = cpu();
const hits = await measurePairs(internet, experiment, pairs, Number(threads));
const all = (performance.now() - before) / 1000;
const together = (cpu() - cpuBefore) / pairs.length;
const memory = process.resourceUsage().maxRSS * 1024;

// One by one, in this thread, which has done none yet.
const seconds: number[] = [];
const answers = pairs.map(([victim, attacker], index): Answer => {
  const begin = cpu();
  const hijacked = propagate(internet, [{ by: victim }, { by: attacker }]);
  seconds.push(cpu() - begin);
  return [hits[index]?.[0] ?? 0, lengths(hijacked), lengths(propagate(internet, [{ by: victim }]))];
});

/** Seconds that all threads of this process have had so far. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of all ASes' paths together. */
function lengths({ from, length }: Spread): number {
  return length.reduce((sum, each, index) => sum + (from[index] === learned.none ? 0 : each), 0);
}

console.log(JSON.stringify({ load, seconds, together, all, memory, answers } satisfies OwnRun));
