/** Lines between shapes: one for each link, several for each segment. */
import type { Session, Topology } from "../topology.ts";
import { nodeKey, segmentKey, type Line, type LineKind } from "./picture.ts";
import type { Seen } from "./state.ts";
import type { Tiers } from "./tiers.ts";

interface SegmentShape {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Nodes' names. */
  readonly members: readonly string[];
}

/** States of sessions over the link or segment `name`; of the router `near` alone, where it is given. */
type See = (sessions: readonly Session[], name: string, near?: string) => Seen | undefined;

/** A segment between two nodes is drawn as a link is; one with more members is a shape with a line to each. */
export function attachments(
  topology: Topology,
  tiers: Tiers,
  see: See,
): { readonly lines: readonly Line[]; readonly segments: readonly SegmentShape[] } {
  const sessionsOver = new Map<string, Session[]>();
  for (const session of topology.sessions)
    if (session.over !== undefined)
      sessionsOver.set(session.over, [...(sessionsOver.get(session.over) ?? []), session]);
  const asOf = new Map(
    topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node.as] as const] : [])),
  );
  const servers = new Set(
    topology.nodes.flatMap((node) => (node.kind === "router" && node.routeServer ? [node.name] : [])),
  );
  /** The lower the higher: hosts are below every router, and a route server below what it is attached to. */
  const heightOf = (node: string): number => {
    const as = asOf.get(node);
    return as === undefined || servers.has(node) ? 2000 : Math.min(1000, tiers.get(as) ?? 0);
  };
  const depths = depthsInside(topology);
  const depthOf = (router: string): number => depths.get(router) ?? 0;
  const lines: Line[] = [];
  const segments: SegmentShape[] = [];

  const addLine = (
    name: string,
    prefixes: readonly string[],
    one: string,
    other: string,
    sessions: readonly Session[],
  ): void => {
    const kind = kindOf(sessions, asOf.has(one) && asOf.has(other));
    const providerIsOther = sessions.some(
      ({ ends }) => (ends[0].router === one) === (ends[0].neighbour === "provider"),
    );
    const [oneDepth, otherDepth] =
      kind === "internal" ? [depthOf(one), depthOf(other)] : [heightOf(one), heightOf(other)];
    const swap = kind === "transit" ? providerIsOther : oneDepth > otherDepth;
    const [from, to] = swap ? [other, one] : [one, other];
    const seen = see(sessions, name);
    const level = oneDepth === otherDepth && kind !== "transit";
    lines.push({
      from: nodeKey(from),
      to: nodeKey(to),
      kind,
      name,
      prefixes,
      ranks: !level,
      ...(seen === undefined ? {} : { seen }),
    });
  };

  for (const { name, ends, prefixes } of topology.links)
    addLine(name, prefixes, ends[0].node, ends[1].node, sessionsOver.get(name) ?? []);

  for (const { name, members, prefixes } of topology.segments) {
    const sessions = sessionsOver.get(name) ?? [];
    const [one, other] = members;
    if (members.length === 2 && one !== undefined && other !== undefined) {
      addLine(name, prefixes, one.node, other.node, sessions);
      continue;
    }
    segments.push({ name, prefixes, members: members.map(({ node }) => node) });
    const isMultilateral = (session: Session): boolean => kindOf([session], true) === "route-server";
    const multilateral = sessions.filter(isMultilateral);
    const highest = Math.min(...members.map(({ node }) => heightOf(node)));
    for (const { node } of members) {
      const served = multilateral.some(({ ends }) =>
        ends.some((end) => end.router === node && end.neighbour === "route-server"),
      );
      const seen = served ? see(multilateral, name, node) : see([], name);
      const above = heightOf(node) === highest && heightOf(node) < 1000;
      const [from, to] = above ? [nodeKey(node), segmentKey(name)] : [segmentKey(name), nodeKey(node)];
      const kind = served ? "route-server" : "attachment";
      lines.push({ from, to, kind, name, prefixes: [], ranks: true, ...(seen === undefined ? {} : { seen }) });
    }
    for (const [pair, between] of byPair(sessions.filter((session) => !isMultilateral(session))))
      addLine(name, [], pair[0], pair[1], between);
  }
  return { lines, segments };
}

/** By router: how many links it is inside its AS from those that the providers are connected to, else from its first. */
function depthsInside({ nodes, links, sessions, autonomousSystems }: Topology): ReadonlyMap<string, number> {
  const asOf = new Map(nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node.as] as const] : [])));
  const beside = new Map<string, string[]>();
  for (const { ends } of links) {
    const [one, other] = [ends[0].node, ends[1].node];
    if (asOf.get(one) === undefined || asOf.get(one) !== asOf.get(other)) continue;
    for (const [near, far] of [
      [one, other],
      [other, one],
    ] as const)
      beside.set(near, [...(beside.get(near) ?? []), far]);
  }
  const below = new Set(
    sessions.flatMap(({ ends }) => ends.flatMap(({ router, neighbour }) => (neighbour === "provider" ? [router] : []))),
  );
  const depths = new Map<string, number>();
  for (const { routers } of autonomousSystems) {
    const buying = routers.filter((router) => below.has(router));
    let ring = buying.length > 0 ? buying : routers.slice(0, 1);
    for (let depth = 0; ring.length > 0; depth++) {
      for (const router of ring) depths.set(router, depth);
      ring = [...new Set(ring.flatMap((router) => beside.get(router) ?? []))].filter((router) => !depths.has(router));
    }
  }
  return depths;
}

function kindOf(sessions: readonly Session[], routers: boolean): LineKind {
  const neighbour = sessions[0]?.ends[0].neighbour;
  switch (neighbour) {
    case undefined:
      return routers ? "internal" : "attachment";
    case "provider":
    case "customer":
      return "transit";
    case "route-server-client":
      return "route-server";
    default:
      return neighbour;
  }
}

/** Sessions of each pair of routers. */
function byPair(sessions: readonly Session[]): Iterable<readonly [readonly [string, string], readonly Session[]]> {
  const pairs = new Map<string, { pair: readonly [string, string]; sessions: Session[] }>();
  for (const session of sessions) {
    const pair = [session.ends[0].router, session.ends[1].router] as const;
    const key = JSON.stringify(pair.toSorted());
    const known = pairs.get(key) ?? { pair, sessions: [] };
    known.sessions.push(session);
    pairs.set(key, known);
  }
  return [...pairs.values()].map((each) => [each.pair, each.sessions] as const);
}
