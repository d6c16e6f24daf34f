/** Compares what is there with a plan. Pure: it takes the text that tc, nft and the relay gave. */
import { lossThreshold, type EndPlan, type Plan, type Qdisc } from "./plan.ts";
import { bitsPerSecond, decimal, formatRate, fraction, milliseconds } from "./units.ts";

export interface Observed {
  readonly ends: readonly [ObservedEnd, ObservedEnd];
  /** The relay's answer (`askRelay`); undefined when it doesn't run. */
  readonly relay: string | undefined;
}

export interface ObservedEnd {
  /** Output of `tc -j qdisc show` in the end's namespace, with or without `dev IF`. */
  readonly qdiscs: string;
  /** Output of `nft -j list ruleset`, or of `nft -j list table netdev TABLE`; empty when there is no table. */
  readonly nft: string;
}

/** Empty when everything is as planned; otherwise lines for people: `r1 eth0: rate: 10 Mbit/s expected, none found`. */
export function differences(plan: Plan, observed: Observed): string[] {
  return [
    ...plan.ends.flatMap((end, index) => {
      const seen = observed.ends[index === 0 ? 0 : 1];
      const where = `${end.place.node === undefined ? "" : `${end.place.node} `}${end.place.interface}`;
      return [...qdiscDifferences(end, seen.qdiscs), ...lossDifferences(end, seen.nft)].map(
        (text) => `${where}: ${text}`,
      );
    }),
    ...relayDifferences(plan, observed.relay),
  ];
}

function qdiscDifferences(end: EndPlan, text: string): string[] {
  const found = rootQdisc(text, end.place.interface);
  const expected = measures(end.qdisc);
  const seen = found.measures;
  const lines = [
    compare("rate", expected.rate, seen.rate, formatRate, Math.max(8, expected.rate * 0.001)),
    compare("loss", expected.loss, seen.loss, percent, 1e-6),
    compare("delay", expected.delay, seen.delay, time, 0.002),
    compare("jitter", expected.jitter, seen.jitter, time, 0.002),
    // tc rounds to ticks of its clock.
    compare("burst", expected.burst, seen.burst, bytes, 16 + expected.burst * 0.01),
    compare("queue limit", expected.limit, seen.limit, String, 0),
  ].filter((line) => line !== undefined);
  if (lines.length > 0 || found.kind === end.qdisc.kind) return lines;
  return [`qdisc: ${end.qdisc.kind} expected, ${found.kind} found`];
}

interface Measures {
  readonly rate: number;
  readonly loss: number;
  readonly delay: number;
  readonly jitter: number;
  readonly burst: number;
  readonly limit: number;
}

const noMeasures: Measures = { rate: 0, loss: 0, delay: 0, jitter: 0, burst: 0, limit: 0 };

function measures(qdisc: Qdisc): Measures {
  switch (qdisc.kind) {
    case "none":
      return noMeasures;
    case "tbf":
      return { ...noMeasures, rate: qdisc.rate, burst: qdisc.burst };
    case "netem":
      return { ...qdisc, burst: 0 };
  }
}

function rootQdisc(text: string, device: string): { kind: string; measures: Measures } {
  const root = parsed(text)
    .filter(isRecord)
    .find((entry) => entry["root"] === true && (entry["dev"] === undefined || entry["dev"] === device));
  const kind = String(root?.["kind"] ?? "noqueue");
  const options = record(root?.["options"]);
  switch (kind) {
    case "noqueue":
      return { kind: "none", measures: noMeasures };
    case "tbf":
      return {
        kind,
        measures: { ...noMeasures, rate: bitsPerSecond(options["rate"]), burst: Number(options["burst"] ?? 0) },
      };
    case "netem": {
      const delay = record(options["delay"]);
      return {
        kind,
        measures: {
          rate: bitsPerSecond(record(options["rate"])["rate"]),
          loss: fraction(record(options["loss-random"])["loss"]),
          delay: milliseconds(delay["delay"]),
          jitter: milliseconds(delay["jitter"]),
          burst: 0,
          limit: Number(options["limit"] ?? 0),
        },
      };
    }
    default:
      return { kind, measures: noMeasures };
  }
}

function lossDifferences(end: EndPlan, text: string): string[] {
  const objects = record(parsed(text, {}))["nftables"];
  const rules = (Array.isArray(objects) ? objects : [])
    .map((object) => record(record(object)["rule"]))
    .filter((rule) => rule["family"] === "netdev" && rule["table"] === end.table);
  const seen = rules.length === 0 ? 0 : rules.length === 1 ? ruleLoss(rules[0]) : NaN;
  const line = compare("loss", lossThreshold(end.loss) / 1e6, seen, percent, 1e-9);
  return line === undefined ? [] : [line];
}

/** NaN for a rule that isn't ours. */
function ruleLoss(rule: Record<string, unknown> | undefined): number {
  const [first, second, ...more] = Array.isArray(rule?.["expr"]) ? rule["expr"].map(record) : [];
  const match = record(first?.["match"]);
  const numgen = record(record(match["left"])["numgen"]);
  const ours =
    match["op"] === "<" && numgen["mode"] === "random" && second !== undefined && "drop" in second && more.length === 0;
  return ours ? Number(match["right"]) / Number(numgen["mod"]) : NaN;
}

function relayDifferences(plan: Plan, answer: string | undefined): string[] {
  const { relay } = plan;
  const [a, b] = plan.ends.map((end) => `${end.place.node ?? ""}:${end.place.interface}`);
  const where = `${a} to ${b}`;
  if (answer === undefined)
    return relay.used ? [`${where}: delay: ${time(relay.delay)} expected, the relay does not run`] : [];
  const pair = record(record(record(parsed(answer, {}))["pairs"])[relay.interfaces[0]]);
  const expected = relay.used ? relay : { delay: 0, jitter: 0 };
  const lines = [
    compare("delay", expected.delay, Number(pair["delay"] ?? 0), time, 0.002),
    compare("jitter", expected.jitter, Number(pair["jitter"] ?? 0), time, 0.002),
  ].filter((line) => line !== undefined);
  if (lines.length === 0 && relay.used && pair["back"] !== relay.back) {
    lines.push(`delay: ${relay.back ? "both directions" : "one direction"} expected, not so found`);
  }
  if (lines.length === 0 && relay.used && pair["connected"] !== true) {
    lines.push(`delay: ${time(relay.delay)} expected, the relay has not both ends of the link`);
  }
  return lines.map((line) => `${where}: ${line}`);
}

function compare(
  name: string,
  expected: number,
  found: number,
  format: (value: number) => string,
  tolerance: number,
): string | undefined {
  if (Math.abs(expected - found) <= tolerance) return undefined;
  const text = (value: number): string =>
    Number.isNaN(value) ? "something else" : value === 0 ? "none" : format(value);
  return `${name}: ${text(expected)} expected, ${text(found)} found`;
}

const percent = (value: number): string => `${decimal(value * 100)} %`;
const time = (value: number): string => `${decimal(value)} ms`;
const bytes = (value: number): string => `${value} bytes`;

/** What a tool that found nothing printed isn't JSON. */
function parsed(text: string): unknown[];
function parsed(text: string, otherwise: object): unknown;
function parsed(text: string, otherwise: object = []): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
