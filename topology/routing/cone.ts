import type { Topology } from "../topology.ts";

/** An AS's customer cone: numbers of itself, its customers and siblings, theirs, and so on. */
export function customerCone(topology: Topology, asn: number): ReadonlySet<number> {
  const numberOf = new Map(topology.autonomousSystems.map((system) => [system.name, system.asn]));
  const below = new Map<number, number[]>();
  const add = (from: string, to: string): void => {
    const [upper, lower] = [numberOf.get(from) ?? 0, numberOf.get(to) ?? 0];
    below.set(upper, [...(below.get(upper) ?? []), lower]);
  };
  for (const { kind, a, b } of topology.relations) {
    if (kind === "transit" || kind === "sibling") add(a, b);
    if (kind === "sibling") add(b, a);
  }
  const cone = new Set([asn]);
  for (const each of cone) for (const next of below.get(each) ?? []) cone.add(next);
  return cone;
}

/** Numbers of the ASes that an AS has a relation with; at an exchange, the route server's other clients too. */
export function neighbouringAses(topology: Topology, asn: number): ReadonlySet<number> {
  const numberOf = new Map(topology.autonomousSystems.map((system) => [system.name, system.asn]));
  const own = topology.autonomousSystems.find((system) => system.asn === asn)?.name;
  const servers = new Set(
    topology.relations.flatMap(({ kind, a, b }) => (kind === "route-server" && b === own ? [a] : [])),
  );
  const names = topology.relations.flatMap(({ kind, a, b }) => {
    if (kind === "route-server") return servers.has(a) ? [b] : [];
    return a === own ? [b] : b === own ? [a] : [];
  });
  return new Set(names.filter((name) => name !== own).map((name) => numberOf.get(name) ?? 0));
}
