/** `npm run bench -- oracle`: how fast the internet's routes are computed, beside other programs that compute them. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAsRelationships } from "../../topology/import/caida/index.ts";
import { candidates, drawPairs, generateRelationships, internetOf } from "../../topology/internet/index.ts";
import { putIntoDocument } from "../document.ts";
import { Leftovers } from "../leftovers.ts";
import { describeMachine } from "../machine.ts";
import { oracleUsage, parseOracleArguments, type OracleOptions } from "./arguments.ts";
import type { GraphFigures, OracleReport, OwnRun, PeerRun } from "./figures.ts";
import { findOraclePeers, runJson, type OraclePeer } from "./peers.ts";
import { renderOracle } from "./table.ts";

/** @param words after `oracle`. */
export async function benchOracle(words: readonly string[]): Promise<void> {
  const options = parseOracleArguments(words);
  if (options === undefined) return console.log(oracleUsage);
  const machine = describeMachine();
  if (options.document !== undefined) await putIntoDocument(options.document, "oracle figures", undefined);
  const leftovers = new Leftovers();
  let interrupted: Promise<void> | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interrupted ??= leftovers.end().then(() => process.exit(130));
    });
  }
  try {
    const { peers, absent } = await findOraclePeers(options.python);
    const directory = leftovers.directory(await mkdtemp(join(tmpdir(), "labwright-oracle-")));
    const isSmall = ({ name }: OraclePeer): boolean => name === "matrix-bgpsim";
    const { ases, relations, prefixes, smallAses } = options;
    const large = { ases, relations, prefixes, peers: peers.filter((peer) => !isSmall(peer)) };
    // As many prefixes as ASes, since that is what is computed there at once.
    const small = { ases: smallAses, relations: 6 * smallAses, prefixes: smallAses, peers: peers.filter(isSmall) };
    const graphs: GraphFigures[] = [];
    for (const graph of small.peers.length === 0 ? [large] : [large, small])
      graphs.push(await measure(graph, directory, options, leftovers));
    const command = ["npm run bench -- oracle", ...words].join(" ");
    const report: OracleReport = { command, runs: options.runs, machine, graphs, absent };
    const text = renderOracle(report);
    console.log(text);
    if (options.document !== undefined) await putIntoDocument(options.document, "oracle figures", text);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (graphs.some((graph) => graph.peers.some(({ runs }) => typeof runs === "string"))) process.exitCode = 1;
  } catch (error) {
    if (interrupted === undefined) throw error;
  } finally {
    await (interrupted ?? leftovers.end());
  }
}

interface Graph {
  readonly ases: number;
  readonly relations: number;
  readonly prefixes: number;
  readonly peers: readonly OraclePeer[];
}

/** Everything in turn, `runs` times, so that a busy spell of the machine meets all of them. */
async function measure(
  { ases, relations, prefixes, peers }: Graph,
  directory: string,
  { runs, peerPrefixes }: OracleOptions,
  leftovers: Leftovers,
): Promise<GraphFigures> {
  const made = generateRelationships(ases, relations, 2);
  const [file, pairsFile, fewFile] = ["as-rel2.txt", "pairs.json", "few.json"].map((name) => join(directory, name));
  if (file === undefined || pairsFile === undefined || fewFile === undefined) throw new Error("no files");
  const internet = internetOf(readAsRelationships(new TextEncoder().encode(made.text)));
  const pairs = drawPairs(internet, candidates(internet, "hijack"), { count: prefixes, seed: 1 }).map((pair) =>
    pair.map((index) => internet.asns[index]),
  );
  await writeFile(file, made.text);
  await writeFile(pairsFile, JSON.stringify(pairs));
  await writeFile(fewFile, JSON.stringify(pairs.slice(0, peerPrefixes)));

  const own: (readonly [OwnRun, OwnRun])[] = [];
  const peerRuns = new Map<string, PeerRun[] | string>(peers.map(({ name }) => [name, []]));
  for (let run = 1; run <= runs; run++) {
    const say = (what: string): void => console.error(`${ases} ASes, run ${run} of ${runs}: ${what}`);
    const measureOwn = async (threads: number): Promise<OwnRun> => {
      const script = join(import.meta.dirname, "own.ts");
      const result = (await runJson(process.execPath, [script, file, pairsFile, String(threads)], leftovers)) as OwnRun;
      say(`Labwright, ${threads} thread(s): ${result.all.toFixed(1)} s`);
      return result;
    };
    const both = [await measureOwn(1), await measureOwn(2)] as const;
    own.push(both);
    for (const peer of peers) {
      const before = peerRuns.get(peer.name);
      // One that has failed would fail again.
      if (!Array.isArray(before)) continue;
      try {
        const result = await peer.measure(file, fewFile, both[0].answers, leftovers);
        before.push(result);
        say(`${peer.name}: ${result.together.toPrecision(2)} s a prefix`);
      } catch (error) {
        if (leftovers.isEnding) throw error;
        peerRuns.set(peer.name, (error as Error).message);
      }
    }
  }
  return {
    ases: made.ases,
    relations: made.relations,
    prefixes,
    own,
    peers: [...peerRuns].map(([name, each]) => ({ name, runs: each })),
  };
}
