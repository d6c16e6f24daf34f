/** Markdown of what the oracle's benchmark has measured. Pure. */
import { medianOf, median, ratio } from "../figures.ts";
import { machineLine, table } from "../table.ts";
import type { GraphFigures, OracleReport, OwnRun, PeerFigures, PeerRun } from "./figures.ts";

export function renderOracle(report: OracleReport): string {
  const peers = report.graphs.flatMap((graph) => graph.peers.map((peer) => ({ graph, peer })));
  const failures = peers.flatMap(({ graph, peer: { name, runs } }) =>
    typeof runs === "string" ? [`- ${name}, ${nameOf(graph)}: failed: ${runs}`] : [],
  );
  return [
    machineLine(report.machine),
    "",
    `\`${report.command}\`; medians of ${report.runs === 1 ? "1 run" : `${report.runs} runs`}.`,
    "",
    "Labwright, in seconds (of CPU time for a prefix, of the clock otherwise), and its largest memory (RSS) in MiB:",
    "",
    ...table(
      ["internet", "prefixes", "read", "first prefix", "a prefix", "all, 1 thread", "2 threads", "memory", "with 2"],
      report.graphs.map(ownRow),
    ),
    "",
    ...(peers.length === 0
      ? []
      : [
          "Peers, on the same graph and hijacks, in CPU seconds for a prefix. `ours` is Labwright's beside it: one by one, and of all on as many threads as the peer has processes. `same` is for how many prefixes all ASes' routes had the same lengths, and as many ASes were captured:",
          "",
          ...table(
            ["peer", "read", "a prefix", "/ ours", "many at once, each", "/ ours", "memory", "same"],
            peers.flatMap(({ graph, peer }) => peerRow(graph, peer)),
          ),
          "",
        ]),
    ...failures,
    ...Object.entries(report.absent).map(([name, reason]) => `- ${name}: not measured: ${reason}`),
  ].join("\n");
}

function nameOf({ ases, relations }: GraphFigures): string {
  return `${ases.toLocaleString("en-US")} ASes, ${relations.toLocaleString("en-US")} relations`;
}

function one(graph: GraphFigures, pick: (run: OwnRun) => number): number | undefined {
  return medianOf(graph.own, ([run]) => pick(run));
}

function two(graph: GraphFigures, pick: (run: OwnRun) => number): number | undefined {
  return medianOf(graph.own, ([, run]) => pick(run));
}

const single = (run: { readonly seconds: readonly number[] }): number => median(run.seconds) ?? Number.NaN;

function ownRow(graph: GraphFigures): string[] {
  return [
    nameOf(graph),
    String(graph.prefixes),
    seconds(one(graph, ({ load }) => load)),
    seconds(one(graph, (run) => run.seconds[0] ?? Number.NaN)),
    seconds(one(graph, single)),
    seconds(one(graph, ({ all }) => all)),
    seconds(two(graph, ({ all }) => all)),
    mebibytes(one(graph, ({ memory }) => memory)),
    mebibytes(two(graph, ({ memory }) => memory)),
  ];
}

/** BGPy is one process; matrix-bgpsim is given two. */
function peerRow(graph: GraphFigures, { name, runs }: PeerFigures): string[][] {
  if (typeof runs === "string") return [];
  const isAlone = runs.some((run) => run.seconds.length > 0);
  const alone = isAlone ? medianOf(runs, single) : undefined;
  const together = medianOf(runs, (run) => run.together);
  const ours = (isAlone ? one : two)(graph, (run) => run.together);
  const agrees = runs.flatMap((run: PeerRun) => run.agrees);
  return [
    [
      `${name}, ${nameOf(graph)}`,
      seconds(medianOf(runs, ({ load }) => load)),
      seconds(alone),
      times(ratio(alone, one(graph, single))),
      seconds(together),
      times(ratio(together, ours)),
      mebibytes(medianOf(runs, ({ memory }) => memory)),
      `${agrees.filter(Boolean).length} of ${agrees.length}`,
    ],
  ];
}

function seconds(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  return value >= 0.995 ? value.toFixed(1) : value.toPrecision(2);
}

function times(value: number | undefined): string {
  return value === undefined ? "–" : value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function mebibytes(value: number | undefined): string {
  return value === undefined ? "–" : (value / 2 ** 20).toFixed(0);
}
