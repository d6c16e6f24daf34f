/** `npm run bench`: what Labwright costs, beside what the kernel and the daemons cost by themselves. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { declare, type Declarations } from "../components/declarations.ts";
import { scaleTopology, type Shape } from "../labs/scale/topology.ts";
import { ProblemsError } from "../topology/problem.ts";
import { resolve } from "../topology/resolve.ts";
import { parseArguments, usage, type BenchOptions } from "./arguments.ts";
import type { EngineRun, LabwrightRun, Measurement, PeerRun, RawRun, Report } from "./figures.ts";
import { measureEngine, measureLabwright } from "./labwright.ts";
import { Leftovers } from "./leftovers.ts";
import { putIntoDocument } from "./document.ts";
import { describeMachine } from "./machine.ts";
import { neighbourHint, refusedNeighbours } from "./neighbours.ts";
import { findPeers, type Peer } from "./peers/index.ts";
import { makeProject, type BenchProject } from "./project.ts";
import { measureRaw } from "./raw.ts";
import { benchOracle } from "./oracle/main.ts";
import { benchPki } from "./pki/main.ts";
import { renderReport } from "./table.ts";

/** Seconds in which a lab must converge. */
const within = 120;

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === "oracle") return benchOracle(words.slice(1));
  if (words[0] === "pki") return benchPki(words.slice(1));
  const options = parseArguments(words);
  if (options === undefined) return console.log(usage);
  const machine = describeMachine();
  // Better now than after an hour.
  if (options.document !== undefined) await putIntoDocument(options.document, "figures", undefined);
  const leftovers = new Leftovers();
  let interrupted: Promise<void> | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interrupted ??= leftovers.end().then(() => process.exit(130));
    });
  }
  try {
    const project = await makeProject(options.lab ?? join(import.meta.dirname, "..", "cli", "lab"), leftovers);
    const { peers, absent } = options.peers
      ? await findPeers(options.image, project, leftovers)
      : { peers: [], absent: {} };
    const measurements: Measurement[] = [];
    for (const shape of options.shapes) {
      for (const size of options.sizes)
        measurements.push(await measure(shape, size, { options, project, peers, leftovers }));
    }
    const command = ["npm run bench --", ...words].join(" ");
    const report: Report = { command, runs: options.runs, machine, measurements, absent };
    const text = renderReport(report);
    console.log(text);
    if (options.document !== undefined) await putIntoDocument(options.document, "figures", text);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (measurements.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
  } catch (error) {
    // What was going on when it was interrupted fails, which is no news.
    if (interrupted === undefined) throw error;
  } finally {
    await (interrupted ?? leftovers.end());
  }
}

interface Bench {
  readonly options: BenchOptions;
  readonly project: BenchProject;
  readonly peers: readonly Peer[];
  readonly leftovers: Leftovers;
}

/** Everything in turn, `runs` times, so that a busy spell of the machine meets all of them. */
async function measure(
  shape: Shape,
  size: number,
  { options, project, peers, leftovers }: Bench,
): Promise<Measurement> {
  const declarations = declare(resolve(scaleTopology(shape, size, ["ipv4"])), within);
  const routers = declarations.nodes.length;
  const raw: RawRun[] = [];
  const labwright: LabwrightRun[] = [];
  const engine: EngineRun[] = [];
  const peerRuns: Record<string, PeerRun[] | string> = Object.fromEntries(peers.map(({ name }) => [name, []]));
  const attempt = async (run: number): Promise<void> => {
    const say = (what: string, took: number): void =>
      console.error(`${shape} of ${routers}, run ${run} of ${options.runs}: ${what} ${took.toFixed(1)} s`);
    await settle();
    raw.push(await measureRaw(declarations, leftovers.sandbox(`bench-raw-${randomBytes(4).toString("hex")}`)));
    say("raw", raw.at(-1)?.up ?? 0);
    await settle();
    labwright.push(await measureLabwright(project, leftovers, { shape, routers, declarations }));
    say("Labwright", labwright.at(-1)?.up ?? 0);
    await settle();
    engine.push(await measureEngine(project, leftovers));
    for (const peer of peers) {
      const runs = peerRuns[peer.name];
      // One that has failed would fail again.
      if (!Array.isArray(runs)) continue;
      await settle();
      const result = await measurePeer(peer, declarations, leftovers, { shape, routers });
      if (typeof result === "string") peerRuns[peer.name] = result;
      else {
        runs.push(result);
        say(peer.name, result.up);
      }
    }
  };
  const links = Object.keys(declarations.links).length;
  // The stack, the lab's component, its sandbox, all its links, its readiness.
  const result = { shape, routers, links, resources: routers + 5, raw, labwright, engine, peers: peerRuns };
  for (let run = 1; run <= options.runs; run++) {
    const refused = refusedNeighbours();
    try {
      await attempt(run);
    } catch (error) {
      if (leftovers.isEnding) throw error;
      // The other topologies are measured all the same.
      await leftovers.endSandboxes();
      const failure = `${inOneLine(error)}${neighbourHint(refused)}`;
      console.error(`${shape} of ${routers}, run ${run} of ${options.runs}: given up: ${failure}`);
      return { ...result, failure };
    }
  }
  return result;
}

async function measurePeer(
  peer: Peer,
  declarations: Declarations,
  leftovers: Leftovers,
  topology: { readonly shape: Shape; readonly routers: number },
): Promise<PeerRun | string> {
  const refused = refusedNeighbours();
  try {
    return await peer.measure(declarations, leftovers, topology);
  } catch (error) {
    if (leftovers.isEnding) throw error;
    await leftovers.endSandboxes();
    return `${inOneLine(error)}${neighbourHint(refused)}`;
  }
}

function inOneLine(error: unknown): string {
  return (error as Error).message
    .split("\n")
    .map((line) => line.trim())
    .join(" ");
}

/** The kernel takes namespaces apart after their last process has ended; that is not to be paid by what comes next. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof ProblemsError ? error.message : `The benchmark failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
