/** The obvious computation of BGP's outcome, path by path until nothing changes: the measure for the fast one. */
import type { Family } from "../../../topology/spec.ts";
import type { Neighbour, Topology } from "../../../topology/topology.ts";

type Kind = "originated" | "customer" | "peer" | "provider";
interface Held {
  readonly kind: Kind;
  readonly path: readonly number[];
}

const rank: Record<Kind, number> = { originated: 0, customer: 1, peer: 2, provider: 3 };

/** Every AS's best class and path length to what `origins` (ASNs) announce, by ASN; absent where it has no route. */
export function slowRoutes(topology: Topology, family: Family, origins: readonly number[]): Map<number, Held> {
  const sees: { readonly near: number; readonly far: number; readonly far_is: Neighbour }[] = [];
  const clients = new Map<string, number[]>();
  for (const { ends, families } of topology.sessions) {
    if (!families.includes(family)) continue;
    for (const [near, far] of [ends, [ends[1], ends[0]] as const]) {
      if (near.neighbour === "route-server-client")
        clients.set(near.router, [...(clients.get(near.router) ?? []), far.asn]);
      else if (near.neighbour !== "route-server") sees.push({ near: near.asn, far: far.asn, far_is: near.neighbour });
    }
  }
  for (const members of clients.values())
    for (const near of members) for (const far of members) if (near !== far) sees.push({ near, far, far_is: "peer" });

  const held = new Map<number, Held>(origins.map((asn) => [asn, { kind: "originated", path: [] }]));
  for (let changed = true; changed;) {
    changed = false;
    for (const { asn } of topology.autonomousSystems) {
      if (origins.includes(asn)) continue;
      let best: Held | undefined;
      for (const { far, far_is } of sees.filter(({ near }) => near === asn)) {
        const theirs = held.get(far);
        if (theirs === undefined || theirs.path.includes(asn)) continue;
        const kind = classOf(theirs.kind, far_is);
        if (kind === undefined) continue;
        const candidate: Held = { kind, path: [far, ...theirs.path] };
        if (best === undefined || compare(candidate, best) < 0) best = candidate;
      }
      const before = held.get(asn);
      if (best?.kind === before?.kind && best?.path.join() === before?.path.join()) continue;
      changed = true;
      if (best === undefined) held.delete(asn);
      else held.set(asn, best);
    }
  }
  return held;
}

/** What a neighbour's route counts as here; undefined where the neighbour keeps it to itself. */
function classOf(theirs: Kind, neighbour: Neighbour): Kind | undefined {
  const everybodys = theirs === "originated" || theirs === "customer";
  switch (neighbour) {
    case "customer":
      return everybodys ? "customer" : undefined;
    case "peer":
      return everybodys ? "peer" : undefined;
    case "provider":
      return "provider";
    case "sibling":
      return theirs === "originated" ? "customer" : theirs;
    default:
      return undefined;
  }
}

function compare(one: Held, other: Held): number {
  return (
    rank[one.kind] - rank[other.kind] ||
    one.path.length - other.path.length ||
    (one.path[0] ?? 0) - (other.path[0] ?? 0)
  );
}
