/** What there is to draw, the same for every format. */
import type { AutonomousSystem, Node, Session, Topology } from "../topology.ts";
import { attachments } from "./attachments.ts";
import { tiers, type Tiers } from "./tiers.ts";
import { conditionOf, worst, type LiveState, type Seen } from "./state.ts";

export interface Picture {
  readonly groups: readonly Group[];
  /** Groups' members in the groups' order, then the rest. */
  readonly shapes: readonly Shape[];
  readonly lines: readonly Line[];
  /** Keys of shapes that are side by side above all others: routers of ASes that sell transit and buy none. */
  readonly top: readonly string[];
  /** Whether states are drawn. */
  readonly live: boolean;
}

/** An AS. */
export interface Group {
  readonly key: string;
  /** Its title, or its name. */
  readonly title: string;
  /** `AS64496`, for the second part of its heading. */
  readonly number: string;
}

export interface Shape {
  /** Unique in the picture. */
  readonly key: string;
  readonly kind: "router" | "host" | "segment";
  readonly name: string;
  /** More lines of text. */
  readonly notes: readonly string[];
  /** Key of the AS that it is in; absent outside all. */
  readonly group?: string;
  /** Of a router's sessions inside its AS. */
  readonly seen?: Seen;
}

export type LineKind = "transit" | "peer" | "sibling" | "route-server" | "internal" | "attachment";

export interface Line {
  /** Key of the upper shape; the provider's for transit. */
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  /** Names of its link or segment. */
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly seen?: Seen;
  /** Whether it says what is above what. */
  readonly ranks: boolean;
}

export const lineNames: Readonly<Record<LineKind, string>> = {
  transit: "transit, provider to customer",
  peer: "peering",
  sibling: "siblings",
  "route-server": "peering by route server",
  internal: "link inside an AS",
  attachment: "attached",
};

export function nodeKey(name: string): string {
  return `node ${name}`;
}

export function segmentKey(name: string): string {
  return `segment ${name}`;
}

/** @param state none: sessions' states aren't drawn. */
export function pictureOf(topology: Topology, state?: LiveState): Picture {
  const groupOf = groupsOfNodes(topology);
  const tierOf = tiers(topology);
  const { lines, segments } = attachments(topology, tierOf, (sessions, name, near) =>
    state === undefined ? undefined : seenOf(sessions, state, topology, name, near),
  );
  const shapes: Shape[] = topology.nodes.map((node) => {
    const group = groupOf.get(node.name);
    const seen = state === undefined || node.kind !== "router" ? undefined : internalOf(node.name, topology, state);
    const count = seen === undefined ? [] : [seen.text];
    return {
      key: nodeKey(node.name),
      kind: node.kind === "router" ? "router" : "host",
      name: node.name,
      notes: [...rolesOf(node, topology.autonomousSystems), ...count],
      ...(group === undefined ? {} : { group }),
      ...(seen === undefined ? {} : { seen: seen.seen }),
    };
  });
  for (const { name, prefixes, members } of segments) {
    const group = groupOfSegment(members, topology, groupOf);
    shapes.push({
      key: segmentKey(name),
      kind: "segment",
      name,
      notes: prefixes,
      ...(group === undefined ? {} : { group }),
    });
  }
  const order = new Map(topology.autonomousSystems.map(({ name }, index) => [name, index]));
  const place = ({ group }: Shape): number => (group === undefined ? order.size : (order.get(group) ?? order.size));
  return {
    groups: topology.autonomousSystems.map(({ name, title, asn }) => ({
      key: name,
      title: title || name,
      number: `AS${asn}`,
    })),
    shapes: shapes.toSorted((one, other) => place(one) - place(other)),
    lines,
    top: topOf(topology, tierOf, lines),
    live: state !== undefined,
  };
}

function topOf({ nodes, relations }: Topology, tierOf: Tiers, lines: readonly Line[]): readonly string[] {
  const sellers = new Set(relations.flatMap(({ kind, a }) => (kind === "transit" && tierOf.get(a) === 0 ? [a] : [])));
  const below = new Set(lines.flatMap(({ to, ranks }) => (ranks ? [to] : [])));
  return nodes.flatMap((node) => {
    const key = nodeKey(node.name);
    return node.kind === "router" && sellers.has(node.as) && !below.has(key) ? [key] : [];
  });
}

/** Hosts are drawn in the AS of the routers that they are attached beside, where that is one. */
function groupsOfNodes(topology: Topology): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  const near = new Map<string, Set<string>>();
  const asOf = new Map(
    topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node.as] as const] : [])),
  );
  for (const ends of [
    ...topology.links.map((link) => link.ends),
    ...topology.segments.map((segment) => segment.members),
  ]) {
    const systems = ends.flatMap(({ node }) => asOf.get(node) ?? []);
    for (const { node } of ends) near.set(node, new Set([...(near.get(node) ?? []), ...systems]));
  }
  for (const { name } of topology.nodes) {
    const own = asOf.get(name);
    const [only, ...others] = near.get(name) ?? [];
    if (own !== undefined) groups.set(name, own);
    else if (only !== undefined && others.length === 0) groups.set(name, only);
  }
  return groups;
}

/** An exchange is drawn with its route server; a LAN whose members are of one AS in that AS. */
function groupOfSegment(
  members: readonly string[],
  topology: Topology,
  groupOf: ReadonlyMap<string, string>,
): string | undefined {
  const servers = new Set(
    topology.nodes.flatMap((node) => (node.kind === "router" && node.routeServer ? [node.name] : [])),
  );
  const serving = members.filter((name) => servers.has(name));
  const systems = new Set((serving.length > 0 ? serving : members).map((name) => groupOf.get(name)));
  const [only] = systems;
  return systems.size === 1 ? only : undefined;
}

function rolesOf(node: Node, systems: readonly AutonomousSystem[]): string[] {
  if (node.kind !== "router") return [];
  if (node.routeServer) return ["route server"];
  return systems.some(({ reflectors }) => reflectors.includes(node.name)) ? ["route reflector"] : [];
}

/** Of sessions over one link or segment; of those, the ones that the router `near` has, where it is given. */
function seenOf(
  sessions: readonly Session[],
  state: LiveState,
  topology: Topology,
  name: string,
  near?: string,
): Seen | undefined {
  const linkSays = state.get(name);
  const own = sessions.filter(({ ends }) => near === undefined || ends.some(({ router }) => router === near));
  if (own.length === 0 && linkSays === undefined) return undefined;
  const both = topology.families.length > 1;
  const all = own.map((session) => {
    const texts = session.ends.flatMap(({ router, protocol }) => state.get(`${router}/${protocol}`) ?? []);
    const condition = texts.length === 0 ? "unknown" : worst(texts.map(conditionOf));
    const text = texts.find((each) => conditionOf(each) === condition) ?? "unknown";
    return { condition, text: shortened(text), family: session.transport === "ipv6" ? "IPv6" : "IPv4" };
  });
  const failing = all.filter(({ condition }) => condition !== "up");
  const differ = both && new Set(all.map(({ text }) => text)).size > 1;
  const said = failing.map(({ text, family }) => (differ ? `${family} ${text}` : text));
  if (linkSays !== undefined && conditionOf(linkSays) !== "up") said.unshift(`link ${shortened(linkSays)}`);
  const links = linkSays === undefined ? [] : [conditionOf(linkSays)];
  return {
    condition: worst([...links, ...all.map(({ condition }) => condition)]),
    said: [...new Set(said)].join(", "),
  };
}

/** How many of a router's sessions inside its AS are up. */
function internalOf(router: string, topology: Topology, state: LiveState): { seen: Seen; text: string } | undefined {
  const all = topology.sessions
    .filter(({ kind }) => kind === "internal")
    .flatMap(({ ends }) => ends.filter((end) => end.router === router))
    .map(({ protocol }) => conditionOf(state.get(`${router}/${protocol}`) ?? ""));
  if (all.length === 0) return undefined;
  const text = `iBGP ${all.filter((condition) => condition === "up").length} of ${all.length} up`;
  const condition = worst(all);
  return { seen: { condition, said: condition === "up" ? "" : text }, text };
}

/** The state's name, without the reason that a daemon gives after it. */
function shortened(text: string): string {
  const [word = ""] = text.trim().split(/[\p{Cc}\s]+/u);
  return word.length > 24 ? `${word.slice(0, 24)}…` : word;
}
