/** What OSPF makes of an AS: distances between its routers, and the networks that it knows ways to. */
import type { Family } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";

/** BIRD's default cost of an interface; the rendered configurations set no other. */
const costOfInterface = 10;

export interface Igp {
  /** From router to router inside an AS, by number; Infinity where there is no way. */
  distance(from: number, to: number): number;
  /** The next router on a shortest way; of several, the one declared first. */
  towards(from: number, to: number): number | undefined;
  /** Prefixes that routers of an AS have OSPF routes to, with the routers that are on them; by AS name. */
  readonly networks: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
}

export function igpOf(topology: Topology, family: Family, routers: readonly Router[]): Igp {
  const running = new Set(topology.autonomousSystems.filter(({ igp }) => igp === "ospf").map(({ name }) => name));
  const indexOf = new Map(routers.map(({ name }, index) => [name, index]));
  const isOfFamily = (text: string): boolean => text.includes(":") === (family === "ipv6");
  const adjacent = routers.map(() => new Set<number>());
  const networks = new Map([...running].map((name) => [name, new Map<string, number[]>()]));
  const announced = new Map<string, Set<string>>();
  for (const { as, originates } of routers) {
    const own = announced.get(as) ?? new Set();
    announced.set(as, own);
    for (const prefix of originates) own.add(prefix);
  }
  const note = (as: string, prefix: string, router: number): void => {
    const known = networks.get(as);
    known?.set(prefix, [...(known.get(prefix) ?? []), router]);
  };

  for (const [index, { as, loopbacks }] of routers.entries())
    for (const loopback of loopbacks) if (isOfFamily(loopback)) note(as, loopback, index);
  const attachments = [
    ...topology.links.map(({ ends, prefixes }) => ({ members: ends, prefixes })),
    ...topology.segments,
  ];
  for (const { members, prefixes } of attachments) {
    const [prefix] = prefixes.filter(isOfFamily);
    if (prefix === undefined) continue;
    const attached = members.flatMap(({ node, addresses }) => {
      const index = indexOf.get(node);
      return index === undefined
        ? []
        : [{ index, as: routers[index]?.as ?? "", addressed: addresses.some(isOfFamily) }];
    });
    for (const { index, as, addressed } of attached) {
      if (!addressed || !running.has(as)) continue;
      const others = attached.filter((other) => other.index !== index);
      const inside = others.filter((other) => other.as === as);
      for (const other of inside) if (other.addressed) adjacent[index]?.add(other.index);
      // A LAN of hosts is told of unless BGP announces it; a network shared with other ASes isn't.
      if (inside.length > 0 || (others.length === 0 && announced.get(as)?.has(prefix) !== true))
        note(as, prefix, index);
    }
  }

  const rows = new Map<number, Map<number, number>>();
  const rowOf = (to: number): Map<number, number> => {
    let row = rows.get(to);
    if (row === undefined) {
      row = new Map([[to, 0]]);
      for (const [router, distance] of row)
        for (const next of adjacent[router] ?? []) if (!row.has(next)) row.set(next, distance + costOfInterface);
      rows.set(to, row);
    }
    return row;
  };
  const distance = (from: number, to: number): number => rowOf(to).get(from) ?? Infinity;
  return {
    networks,
    distance,
    towards(from, to) {
      const left = distance(from, to) - costOfInterface;
      return [...(adjacent[from] ?? [])].sort((one, other) => one - other).find((next) => distance(next, to) === left);
    },
  };
}
