/** The way of a packet over the expected tables. */
import { formatAddress, parseAddress, type Address } from "../addressing/address.ts";
import { parseInterfaceAddress, parsePrefix, prefixOf, type Prefix } from "../addressing/prefix.ts";
import type { End, Node, Router, Topology } from "../topology.ts";
import type { Expected, ExpectedRoute } from "./expected.ts";
import { igpOf, type Igp } from "./igp.ts";

export interface Hop {
  readonly node: string;
  /** Name of the router's AS; empty for a host. */
  readonly as: string;
}

export interface Journey {
  /** Nodes that the packet passes, the one that sends it first. */
  readonly hops: readonly Hop[];
  /**
   * `delivered`: the last hop has the address, or is a router that has its network or announces its prefix and knows
   * nothing more specific.
   */
  readonly end: "delivered" | "unreachable" | "loop";
}

/**
 * The way of a packet from a router or host to an address by longest-prefix match: connected networks, the routes that
 * BIRD gives the kernel, and hosts' gateways. Of several ways that are equally good (OSPF's, or BGP's with multipath)
 * it takes one.
 *
 * @throws Error where there is no such node, or the address is none.
 */
export function forward(topology: Topology, expected: Expected, from: string, address: string): Journey {
  const destination = parseAddress(address);
  if (destination === undefined) throw new Error(`${address} is no address`);
  const tables = tablesOf(topology, expected);
  const hops: Hop[] = [];
  let node = tables.node(from);
  for (;;) {
    const current = node;
    const again = hops.some((hop) => hop.node === current.name);
    hops.push({ node: current.name, as: current.kind === "router" ? current.as : "" });
    if (again) return { hops, end: "loop" };
    const next = tables.next(current, destination);
    if (next === "delivered" || next === "unreachable") return { hops, end: next };
    node = tables.node(next.node);
  }
}

type Step = { readonly node: string } | "delivered" | "unreachable";

interface Entry {
  readonly prefix: Prefix;
  readonly step: (destination: Address) => Step;
}

class Tables {
  readonly #topology: Topology;
  readonly #expected: Expected;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #routers: readonly Router[];
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #members: ReadonlyMap<string, readonly End[]>;
  readonly #igps = new Map<string, Igp>();
  readonly #entries = new Map<string, Map<number, Map<bigint, Entry>>>();

  constructor(topology: Topology, expected: Expected) {
    this.#topology = topology;
    this.#expected = expected;
    this.#nodes = new Map(topology.nodes.map((node) => [node.name, node]));
    this.#routers = topology.nodes.filter((node) => node.kind === "router");
    this.#indexOf = new Map(this.#routers.map(({ name }, index) => [name, index]));
    this.#members = new Map([
      ...topology.links.map(({ name, ends }) => [name, ends] as const),
      ...topology.segments.map(({ name, members }) => [name, members] as const),
    ]);
  }

  node(name: string): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  next(node: Node, destination: Address): Step {
    const text = formatAddress(destination);
    if (addressesOf(node).includes(text)) return "delivered";
    const entries = this.#entriesOf(node, destination.family === "ipv6");
    for (const [length, ofLength] of entries) {
      const { value } = prefixOf({ address: destination, length });
      const entry = ofLength.get(value);
      if (entry !== undefined) return entry.step(destination);
    }
    return "unreachable";
  }

  /** By prefix length, the longest first, then by the first address. */
  #entriesOf(node: Node, ipv6: boolean): Map<number, Map<bigint, Entry>> {
    const key = `${node.name} ${ipv6}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entries = new Map<number, Map<bigint, Entry>>();
    // The first to a prefix is the one in use.
    const add = ({ prefix, step }: Entry): void => {
      if ((prefix.family === "ipv6") !== ipv6) return;
      const ofLength = entries.get(prefix.length) ?? new Map<bigint, Entry>();
      entries.set(prefix.length, ofLength);
      if (!ofLength.has(prefix.value)) ofLength.set(prefix.value, { prefix, step });
    };
    for (const entry of this.#connected(node)) add(entry);
    for (const entry of this.#far(node, ipv6)) add(entry);
    const sorted = new Map([...entries].sort(([one], [other]) => other - one));
    this.#entries.set(key, sorted);
    return sorted;
  }

  /** Routes beyond its own links. Those of a machine aren't known: its set-up makes them. */
  #far(node: Node, ipv6: boolean): Iterable<Entry> {
    switch (node.kind) {
      case "host":
        return this.#gateways(node);
      case "router":
        return this.#routes(node, ipv6);
      case "machine":
        return [];
    }
  }

  *#connected(node: Node): Generator<Entry> {
    for (const { attachedTo, addresses } of node.interfaces) {
      const members = this.#members.get(attachedTo) ?? [];
      for (const text of addresses) {
        const own = parseInterfaceAddress(text);
        if (own === undefined) continue;
        yield {
          prefix: prefixOf(own),
          step: (destination) => {
            const address = formatAddress(destination);
            const member = members.find((end) => end.addresses.some((each) => each.split("/")[0] === address));
            return member === undefined ? "delivered" : { node: member.node };
          },
        };
      }
    }
  }

  *#gateways(host: Node & { readonly kind: "host" }): Generator<Entry> {
    for (const { destination, via, interface: name } of host.routes) {
      const prefix = parsePrefix(destination);
      const attachedTo = host.interfaces.find((each) => each.name === name)?.attachedTo ?? "";
      const gateway = this.#members
        .get(attachedTo)
        ?.find(({ addresses }) => addresses.some((each) => each.split("/")[0] === via));
      if (prefix !== undefined)
        yield { prefix, step: () => (gateway === undefined ? "unreachable" : { node: gateway.node }) };
    }
  }

  *#routes(router: Router, ipv6: boolean): Generator<Entry> {
    // Packets don't pass a route server: its routes stay out of the kernel.
    if (router.routeServer) return;
    const igp = this.#igpOf(ipv6);
    for (const route of this.#expected.routes.get(router.name)?.values() ?? []) {
      const prefix = parsePrefix(route.prefix);
      if (prefix !== undefined && route.learnedFrom !== "igp")
        yield { prefix, step: () => this.#along(router, igp, route) };
    }
    for (const [text, places] of igp.networks.get(router.as) ?? []) {
      const prefix = parsePrefix(text);
      if (prefix !== undefined) yield { prefix, step: () => this.#towards(router, igp, places) };
    }
  }

  #along(router: Router, igp: Igp, { nextHop, protocol }: ExpectedRoute): Step {
    if (protocol === "") return "delivered";
    const inside = this.node(nextHop);
    return inside.kind === "router" && inside.as === router.as
      ? this.#towards(router, igp, [this.#indexOf.get(nextHop) ?? -1])
      : { node: nextHop };
  }

  #towards(router: Router, igp: Igp, places: readonly number[]): Step {
    const from = this.#indexOf.get(router.name) ?? -1;
    const distances = places.map((place) => igp.distance(from, place));
    const nearest = places[distances.indexOf(Math.min(...distances))];
    const next = nearest === undefined ? undefined : igp.towards(from, nearest);
    return next === undefined ? "unreachable" : { node: this.#routers[next]?.name ?? "" };
  }

  #igpOf(ipv6: boolean): Igp {
    const family = ipv6 ? "ipv6" : "ipv4";
    const igp = this.#igps.get(family) ?? igpOf(this.#topology, family, this.#routers);
    this.#igps.set(family, igp);
    return igp;
  }
}

const known = new WeakMap<Expected, Tables>();

function tablesOf(topology: Topology, expected: Expected): Tables {
  const tables = known.get(expected) ?? new Tables(topology, expected);
  known.set(expected, tables);
  return tables;
}

/** Without length. */
function addressesOf(node: Node): string[] {
  const all = [
    ...(node.kind === "router" ? node.loopbacks : []),
    ...node.addresses,
    ...node.interfaces.flatMap(({ addresses }) => addresses),
  ];
  return all.map((text) => text.split("/")[0] ?? "");
}

/** Where the traffic of ASes to an address ends. */
export interface Capture {
  readonly end: Journey["end"];
  /** Name of the AS where it ends. */
  readonly as: string;
  /** Of all ASes, 0 to 1; an AS whose routers' traffic ends in several places counts for each by its routers. */
  readonly share: number;
  /** Names of the ASes whose traffic ends there, all or some. */
  readonly from: readonly string[];
}

/**
 * Where packets of all ASes' routers to an address end; the largest share first.
 *
 * @param target An address, or a prefix, for which its first address stands.
 */
export function captured(topology: Topology, expected: Expected, target: string): readonly Capture[] {
  const prefix = parsePrefix(target);
  const address = prefix === undefined ? target : formatAddress(prefix);
  const systems = topology.autonomousSystems.flatMap(({ name, routers }) => {
    const forwarding = topology.nodes.filter(
      (node) => node.kind === "router" && routers.includes(node.name) && !node.routeServer,
    );
    return forwarding.length === 0 ? [] : [{ name, routers: forwarding }];
  });
  const captures = new Map<string, { end: Journey["end"]; as: string; share: number; from: string[] }>();
  for (const { name, routers } of systems)
    for (const router of routers) {
      const { hops, end } = forward(topology, expected, router.name, address);
      const as = hops.findLast((hop) => hop.as !== "")?.as ?? "";
      const key = `${end} ${as}`;
      const capture = captures.get(key) ?? { end, as, share: 0, from: [] };
      captures.set(key, capture);
      capture.share += 1 / routers.length / systems.length;
      if (!capture.from.includes(name)) capture.from.push(name);
    }
  return [...captures.values()].sort((one, other) => other.share - one.share);
}
