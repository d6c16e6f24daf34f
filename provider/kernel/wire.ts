/**
 * Links and segments as what the kernel has: veth pairs and bridges. A link is one pair; a segment is a bridge in
 * the sandbox's own namespace with one pair to each member.
 */
import { createHash } from "node:crypto";
import type { EndInputs, LinkInputs, RouteInputs, SegmentInputs } from "../schema.ts";
import { sandboxNamespace, type ObservedNode } from "./observe.ts";
import { quote } from "./shell.ts";

export interface WireEnd {
  /** Node name, or the sandbox's own namespace. */
  readonly namespace: string;
  readonly interface: string;
  readonly addresses: readonly string[];
  readonly routes: readonly RouteInputs[];
  /** The bridge that this end is a port of. */
  readonly bridge?: string;
  /** Impaired: what queueing discipline it has is looked at elsewhere. */
  readonly shaped?: boolean;
  /** Ethernet address; absent where the kernel makes one up. */
  readonly mac?: string;
  /** A machine sets it up itself: only that it is there, and its declared addresses, are looked at. */
  readonly own?: boolean;
  /** In the delay relay's namespace: the relay itself sets it up. */
  readonly foreign?: boolean;
}

export interface Wire {
  readonly ends: readonly [WireEnd, WireEnd];
  readonly mtu: number;
}

export interface Bridge {
  readonly name: string;
  readonly mtu: number;
  /** It sends IGMP and MLD queries. */
  readonly querier: boolean;
}

export interface Wiring {
  readonly bridges: readonly Bridge[];
  readonly wires: readonly Wire[];
}

export function linkWiring(link: LinkInputs): Wiring {
  return { bridges: [], wires: [{ ends: [nodeEnd(link.ends[0]), nodeEnd(link.ends[1])], mtu: link.mtu }] };
}

export function segmentWiring(segment: SegmentInputs): Wiring {
  const bridge = shortName(segment.name);
  return {
    bridges: [{ name: bridge, mtu: segment.mtu, querier: segment.multicastQuerier }],
    wires: segment.members.map((member) => ({
      ends: [nodeEnd(member), portEnd(segment, member)],
      mtu: segment.mtu,
    })),
  };
}

function nodeEnd(end: EndInputs): WireEnd {
  return {
    namespace: end.node,
    interface: end.interface,
    addresses: end.addresses,
    routes: end.routes,
    ...(end.mac === undefined ? {} : { mac: end.mac }),
    ...(end.own === undefined ? {} : { own: end.own }),
  };
}

type Members = Pick<SegmentInputs, "name" | "members">;

/** `SEGMENT.NODE`; of a node with several interfaces on it, the interface's name as well behind all but the first. */
export function memberName({ name, members }: Members, { node, interface: device }: EndInputs): string {
  const first = members.find((each) => each.node === node);
  return `${name}.${node}${first === undefined || first.interface === device ? "" : `.${device}`}`;
}

/** The bridge's side of a member's pair. */
export function portEnd(segment: Members, member: EndInputs): WireEnd {
  return {
    namespace: sandboxNamespace,
    interface: shortName(memberName(segment, member)),
    addresses: [],
    routes: [],
    bridge: shortName(segment.name),
  };
}

/** A name of at most 15 characters (IFNAMSIZ less the final zero), the same for the same text. */
export function shortName(text: string): string {
  if (text.length <= 15) return text;
  return `${text.slice(0, 8)}-${createHash("sha256").update(text).digest("hex").slice(0, 6)}`;
}

/**
 * The same for the same interface, so that neighbours who know it needn't learn it anew when it is plugged again.
 * Locally administered (IEEE 802c).
 */
export function hardwareAddress({ namespace, interface: name }: Pick<WireEnd, "namespace" | "interface">): string {
  const digest = createHash("sha256").update(`${namespace}/${name}`).digest("hex");
  return ["02", ...(digest.slice(0, 10).match(/../g) ?? [])].join(":");
}

/** What differs between a declared wiring and what is there, for people; empty when nothing does. */
export function wiringDifferences(wiring: Wiring, observed: ReadonlyMap<string, ObservedNode>): string[] {
  const differences: string[] = [];
  for (const bridge of wiring.bridges) {
    const found = observed.get(sandboxNamespace)?.interfaces.get(bridge.name);
    if (found === undefined) {
      differences.push(`bridge ${bridge.name}: missing`);
      continue;
    }
    if (!found.up) differences.push(`bridge ${bridge.name}: down`);
    if (found.multicast?.snooping !== true) differences.push(`bridge ${bridge.name}: multicast snooping off`);
    if (found.multicast?.querier !== bridge.querier)
      differences.push(`bridge ${bridge.name}: multicast querier ${bridge.querier ? "off" : "on, declared off"}`);
  }
  for (const wire of wiring.wires) {
    if (isPaired(wire, observed)) {
      for (const end of wire.ends) differences.push(...endDifferences(end, wire, observed));
    } else {
      const missing = wire.ends.filter((end) => interfaceOf(end, observed) === undefined);
      const places = (missing.length > 0 ? missing : wire.ends).map(place).join(" and ");
      differences.push(missing.length > 0 ? `${places}: missing` : `${places}: not each other's ends`);
    }
  }
  return differences;
}

function endDifferences(end: WireEnd, { mtu, ends }: Wire, observed: ReadonlyMap<string, ObservedNode>): string[] {
  if (end.foreign === true) return [];
  const found = interfaceOf(end, observed);
  if (found === undefined) return [`${place(end)}: missing`];
  if (end.own === true)
    return missingFrom(found.addresses, end.addresses).map((address) => `${place(end)}: address ${address} missing`);
  const differences: string[] = [];
  if (!found.up) differences.push("down");
  // Between two nodes it follows from the other end, which is told by itself.
  else if (!found.carrier && ends.some((other) => other.foreign === true)) differences.push("no carrier");
  if (found.mtu !== mtu) differences.push(`MTU ${found.mtu}, declared ${mtu}`);
  if (end.mac !== undefined && found.mac !== end.mac)
    differences.push(`Ethernet address ${found.mac}, declared ${end.mac}`);
  if (found.bridge !== end.bridge) differences.push(`not a port of ${end.bridge ?? "no bridge"}`);
  if (end.shaped !== true && found.qdisc !== "noqueue")
    differences.push(`queueing discipline ${found.qdisc} not declared`);
  for (const address of missingFrom(found.addresses, end.addresses)) differences.push(`address ${address} missing`);
  for (const address of missingFrom(end.addresses, found.addresses))
    differences.push(`address ${address} not declared`);
  for (const route of missingFrom(found.routes.map(routeText), end.routes.map(routeText)))
    differences.push(`route ${route} missing`);
  for (const route of missingFrom(end.routes.map(routeText), found.routes.map(routeText)))
    differences.push(`route ${route} not declared`);
  return differences.map((difference) => `${place(end)}: ${difference}`);
}

/** True when both ends are there and are the two ends of one veth pair. */
export function isPaired(wire: Wire, observed: ReadonlyMap<string, ObservedNode>): boolean {
  const [a, b] = wire.ends.map((end) => interfaceOf(end, observed));
  return a !== undefined && b !== undefined && a.peerIndex === b.index && b.peerIndex === a.index;
}

export function interfaceOf(end: WireEnd, observed: ReadonlyMap<string, ObservedNode>) {
  return observed.get(end.namespace)?.interfaces.get(end.interface);
}

export function routeText(route: RouteInputs): string {
  return route.via === "" ? route.destination : `${route.destination} via ${route.via}`;
}

export function missingFrom(present: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((item) => !present.includes(item));
}

function place(end: WireEnd): string {
  return end.namespace === sandboxNamespace ? `port ${end.interface}` : `${end.interface} of ${end.namespace}`;
}

/** A script that takes away what `previous` had and `next` hasn't; each thing may be gone already. */
export function planRemoval(previous: Wiring, next: Wiring): string {
  const keptEnds = new Set(next.wires.flatMap((wire) => wire.ends.map(endKey)));
  const keptBridges = new Set(next.bridges.map((bridge) => bridge.name));
  const ends = previous.wires.flatMap((wire) => wire.ends).filter((end) => !keptEnds.has(endKey(end)));
  const bridges = previous.bridges.filter((bridge) => !keptBridges.has(bridge.name));
  return [
    ...ends.map(deleteLine),
    ...bridges.map((bridge) => `ip link del dev ${bridge.name} 2>/dev/null || true`),
  ].join("\n");
}

export function deleteLine(end: WireEnd): string {
  const namespace = end.namespace === sandboxNamespace ? "" : ` -n ${end.namespace}`;
  return `ip${namespace} link del dev ${quote(end.interface)} 2>/dev/null || true`;
}

function endKey(end: WireEnd): string {
  return `${end.namespace}/${end.interface}`;
}
