/** What is to be done for a link's impairments, as data. Pure. */
import { createHash } from "node:crypto";
import type { Problem } from "../../topology/problem.ts";
import type { Impairments } from "../../topology/topology.ts";
import type { Features } from "./features.ts";
import { decimal, formatRate } from "./units.ts";

/** A place for an end of a veth pair. */
export interface Place {
  /** Name under /run/netns; absent: the sandbox's own network namespace (a bridge's port). */
  readonly node?: string;
  readonly interface: string;
}

export interface Target {
  /** Unique in the sandbox, e.g. the link's name, or segment and member. Names of tables and interfaces follow from it. */
  readonly name: string;
  /** Place in the input, for problems, e.g. `links[3].impairments`. */
  readonly path: string;
  /** Bytes. */
  readonly mtu: number;
  /** For a member of a segment: the node's interface first, the bridge's port second. */
  readonly ends: readonly [Place, Place];
  /** both: a link. forward: only what the first end sends, as for a member of a segment. */
  readonly directions: "both" | "forward";
}

export interface Plan {
  readonly kind: "plan";
  readonly ends: readonly [EndPlan, EndPlan];
  /** Whether and how the link goes through the relay. */
  readonly relay: RelayPlan;
}

export interface Refusal {
  readonly kind: "refusal";
  readonly problems: readonly Problem[];
}

export interface EndPlan {
  readonly place: Place;
  /** What shapes the frames that this end sends. */
  readonly qdisc: Qdisc;
  /** Probability, 0 to 1, that nftables drops a frame that arrives at this end. */
  readonly loss: number;
  /** Name of the nftables table, family netdev. */
  readonly table: string;
  /** After the interface was made, nothing being on it yet. */
  readonly onCreate: Commands;
  /** Makes the end as planned, whatever is on it now. */
  readonly onChange: Commands;
  /** Before or after the interface goes: what would stay in the namespace. */
  readonly onRemove: Commands;
}

/** To be run in the namespace of the end. Empty where there is nothing to do. All can be repeated. */
export interface Commands {
  /** Lines for `tc -batch -`. */
  readonly tc: readonly string[];
  /** Script for `nft -f -`. */
  readonly nft: string;
}

export type Qdisc =
  | { readonly kind: "none" }
  | { readonly kind: "tbf"; readonly rate: number; readonly burst: number; readonly limit: number }
  | {
      readonly kind: "netem";
      /** Bits a second, 0 for no limit. */
      readonly rate: number;
      readonly loss: number;
      /** Milliseconds. */
      readonly delay: number;
      readonly jitter: number;
      /** Packets. */
      readonly limit: number;
    };

export interface RelayPlan {
  /** False: the ends are each other's peers. True: their peers are `interfaces` in namespace `.relay`. */
  readonly used: boolean;
  /** Interface names in the relay's namespace, for the first and second end. */
  readonly interfaces: readonly [string, string];
  /** Path in the sandbox of the file that tells the relay of this pair. */
  readonly file: string;
  /** Its content; empty when the relay isn't used. */
  readonly content: string;
  /** Milliseconds. */
  readonly delay: number;
  readonly jitter: number;
  readonly back: boolean;
}

/** Name under /run/netns of the relay's network namespace. No node's name begins with a dot. */
export const relayNamespace = ".relay";
/** The relay's directory in the sandbox: its pairs, socket and log. */
export const relayDirectory = "/run/labwright/relay";

/** Queue of a rate-limited end: what it sends in this time, in seconds, but never less than `leastQueue` packets. */
const queueTime = 0.05;
const leastQueue = 32;
/** Packets that netem may hold where no rate bounds them. */
const unboundedQueue = 20_000;
/** Netem keeps packets in order only when it has a rate, so jitter alone gets one that no veth pair reaches. */
const orderKeepingRate = 100e9;
/** Frames dropped by nftables: so many in a million. */
const lossResolution = 1_000_000;
const ethernetHeader = 14;

/**
 * Plans impairments for one link or segment member: netem where the kernel has it; otherwise rate by tbf at the sending
 * end, loss by nftables at the receiving end, delay and jitter by the relay. Packets are never reordered. Refuses what
 * this machine can't do, one problem for each impairment.
 */
export function planImpairments(impairments: Impairments, features: Features, target: Target): Plan | Refusal {
  const wanted = {
    rate: impairments.rate ?? 0,
    loss: impairments.loss ?? 0,
    delay: impairments.delay ?? 0,
    jitter: impairments.jitter ?? 0,
  };
  const problems = features.netem ? [] : refused(wanted, features, target.path);
  if (problems.length > 0) return { kind: "refusal", problems };
  const relayed = !features.netem && (wanted.delay > 0 || wanted.jitter > 0);
  const [first, second] = target.ends;
  const back = target.directions === "both";
  const none: Wanted = { rate: 0, loss: 0, delay: 0, jitter: 0 };
  const plan = (place: Place, sends: Wanted, receives: Wanted): EndPlan =>
    planEnd(target, place, qdiscFor(sends, features, target.mtu), features.netem ? 0 : receives.loss);
  return {
    kind: "plan",
    ends: [plan(first, wanted, back ? wanted : none), plan(second, back ? wanted : none, wanted)],
    relay: planRelay(target, wanted, relayed),
  };
}

interface Wanted {
  readonly rate: number;
  readonly loss: number;
  readonly delay: number;
  readonly jitter: number;
}

function refused(wanted: Wanted, features: Features, path: string): Problem[] {
  const missing = (name: keyof Wanted, without: string, remedy: string): Problem => ({
    code: "impairment-unsupported",
    path: `${path}.${name}`,
    found: wanted[name],
    expected: `no ${name} on this machine, which has neither netem nor ${without}`,
    hint: `Load the kernel module sch_netem, ${remedy}, or take the ${name} out.`,
  });
  const problems: Problem[] = [];
  if (wanted.rate > 0 && !features.tbf) problems.push(missing("rate", "tbf", "or sch_tbf"));
  if (wanted.loss > 0 && !features.nftNetdev)
    problems.push(missing("loss", "nftables with netdev tables", "or install nftables"));
  for (const name of ["delay", "jitter"] as const) {
    if (wanted[name] > 0 && !features.relay)
      problems.push(missing(name, "Python 3 with packet sockets", "or install python3"));
  }
  return problems;
}

function qdiscFor(wanted: Wanted, features: Features, mtu: number): Qdisc {
  const { rate, loss, delay, jitter } = wanted;
  const frame = mtu + ethernetHeader;
  const bytes = rate / 8;
  if (features.netem) {
    if (rate === 0 && loss === 0 && delay === 0 && jitter === 0) return { kind: "none" };
    const held = Math.ceil((bytes * ((delay + jitter) / 1000 + queueTime)) / frame);
    const limit = rate === 0 ? unboundedQueue : Math.max(leastQueue, held);
    return { kind: "netem", rate: rate === 0 && jitter > 0 ? orderKeepingRate : rate, loss, delay, jitter, limit };
  }
  if (rate === 0) return { kind: "none" };
  // Two frames, or what is sent between two ticks of the slowest timer in use (100 Hz).
  const burst = Math.ceil(Math.max(2 * frame, bytes / 100));
  return { kind: "tbf", rate, burst, limit: burst + Math.ceil(Math.max(leastQueue * frame, bytes * queueTime)) };
}

function planEnd(target: Target, place: Place, qdisc: Qdisc, loss: number): EndPlan {
  // Both ends of a link may be in one namespace.
  const table = `labwright_${hash(`${target.name}\0${place.node ?? ""}\0${place.interface}`)}`;
  const without = `add table netdev ${table}\ndelete table netdev ${table}\n`;
  const nft = loss > 0 ? without + lossTable(table, place.interface, loss) : "";
  const tc = qdiscCommand(place.interface, qdisc);
  return {
    place,
    qdisc,
    loss,
    table,
    onCreate: { tc: qdisc.kind === "none" ? [] : [tc], nft },
    onChange: { tc: [tc], nft: loss > 0 ? nft : without },
    onRemove: { tc: [], nft: loss > 0 ? without : "" },
  };
}

function qdiscCommand(device: string, qdisc: Qdisc): string {
  const replace = `qdisc replace dev ${device} root`;
  switch (qdisc.kind) {
    case "none":
      return `${replace} noqueue`;
    case "tbf":
      return `${replace} tbf rate ${qdisc.rate}bit burst ${qdisc.burst} limit ${qdisc.limit}`;
    case "netem":
      // Every parameter every time: netem keeps a rate that a change doesn't name.
      return (
        `${replace} netem limit ${qdisc.limit} delay ${decimal(qdisc.delay)}ms ${decimal(qdisc.jitter)}ms ` +
        `loss random ${decimal(qdisc.loss * 100)}% rate ${qdisc.rate}bit`
      );
  }
}

/** The number below which nftables' random number makes a frame be dropped. */
export function lossThreshold(loss: number): number {
  return loss === 0 ? 0 : Math.max(1, Math.round(loss * lossResolution));
}

function lossTable(table: string, device: string, loss: number): string {
  return `table netdev ${table} {
  chain loss {
    type filter hook ingress device "${device}" priority -500; policy accept;
    numgen random mod ${lossResolution} < ${lossThreshold(loss)} drop
  }
}
`;
}

function planRelay(target: Target, wanted: Wanted, used: boolean): RelayPlan {
  const name = `x${hash(target.name)}`;
  const interfaces = [`${name}a`, `${name}b`] as const;
  const [delay, jitter, back] = [wanted.delay, wanted.jitter, target.directions === "both"];
  const peers = target.ends.map((place) => ({
    namespace: place.node === undefined ? "/proc/1/ns/net" : `/run/netns/${place.node}`,
    interface: place.interface,
  }));
  const content = used ? `${JSON.stringify({ a: interfaces[0], b: interfaces[1], delay, jitter, back, peers })}\n` : "";
  return { used, interfaces, file: `${relayDirectory}/pairs/${interfaces[0]}.json`, content, delay, jitter, back };
}

/** With `x` and an end's letter it fits into the 15 characters of an interface's name (IFNAMSIZ). */
function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** For people, e.g. `10 Mbit/s, 1 % loss, 20 ms ± 5 ms`; empty when nothing is impaired. */
export function describeImpairments(impairments: Impairments): string {
  const { rate = 0, loss = 0, delay = 0, jitter = 0 } = impairments;
  return [
    rate > 0 ? formatRate(rate) : "",
    loss > 0 ? `${decimal(loss * 100)} % loss` : "",
    delay > 0 || jitter > 0 ? `${decimal(delay)} ms${jitter > 0 ? ` ± ${decimal(jitter)} ms` : ""}` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}
