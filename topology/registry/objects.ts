/** Objects of an Internet Routing Registry in RPSL (RFC 2622, RFC 4012 for IPv6), made from what the topology says. */
import type { AutonomousSystem, Relation, Topology } from "../topology.ts";
import { allocation } from "./allocation.ts";
import { registrations } from "./registrations.ts";

/** Attributes in their order; the first names the class and the object. */
export type RpslObject = readonly (readonly [attribute: string, value: string])[];

/** Name of the registry in every object. */
export const irrSource = "RADB";

/** An aut-num for each AS, an as-set for each that has customers or siblings, and a route or route6 for each registration. */
export function irrObjects(topology: Topology): readonly RpslObject[] {
  return [
    ...topology.autonomousSystems.flatMap((system) => [autNum(topology, system), ...asSet(topology, system)]),
    ...registrations(topology).map(({ prefix, asn, description }): RpslObject => [
      [prefix.includes(":") ? "route6" : "route", prefix],
      ["descr", description],
      ["origin", `AS${asn}`],
      ...closing(asn),
    ]),
  ];
}

function closing(asn: number): RpslObject {
  return [
    ["mnt-by", `MAINT-AS${asn}`],
    ["last-modified", `${allocation.date}T00:00:00Z`],
    ["source", irrSource],
  ];
}

/** RFC 2622, 6: what the AS takes from each neighbour and gives to it, by their relation. */
function autNum(topology: Topology, system: AutonomousSystem): RpslObject {
  const policies = neighboursOf(topology, system.name).flatMap(({ neighbour, role }): [string, string, string][] => {
    const [accept, announce] = filtersFor(topology, system, neighbour, role);
    return [[`AS${neighbour.asn}`, accept, announce]];
  });
  return [
    ["aut-num", `AS${system.asn}`],
    ["as-name", system.name.toUpperCase()],
    ["descr", system.title],
    ...topology.families.flatMap((family) =>
      policies.flatMap(([to, accept, announce]): RpslObject =>
        family === "ipv4"
          ? [
              ["import", `from ${to} accept ${accept}`],
              ["export", `to ${to} announce ${announce}`],
            ]
          : [
              ["mp-import", `afi ipv6.unicast from ${to} accept ${accept}`],
              ["mp-export", `afi ipv6.unicast to ${to} announce ${announce}`],
            ],
      ),
    ),
    ...closing(system.asn),
  ];
}

type Role = "customer" | "provider" | "peer" | "sibling" | "route-server" | "client";

interface NeighbourOf {
  readonly neighbour: AutonomousSystem;
  /** What it is to the AS. */
  readonly role: Role;
}

const roles: Readonly<Record<Relation["kind"], readonly [ofB: Role, ofA: Role]>> = {
  transit: ["customer", "provider"],
  peer: ["peer", "peer"],
  sibling: ["sibling", "sibling"],
  "route-server": ["client", "route-server"],
};

function neighboursOf({ autonomousSystems, relations }: Topology, name: string): NeighbourOf[] {
  const byName = new Map(autonomousSystems.map((system) => [system.name, system]));
  return relations.flatMap(({ kind, a, b }) => {
    const neighbour = byName.get(a === name ? b : a);
    if (neighbour === undefined || (a !== name && b !== name)) return [];
    return [{ neighbour, role: roles[kind][a === name ? 0 : 1] }];
  });
}

function filtersFor(
  topology: Topology,
  system: AutonomousSystem,
  neighbour: AutonomousSystem,
  role: Role,
): [accept: string, announce: string] {
  const [own, theirs] = [coneName(topology, system), coneName(topology, neighbour)];
  switch (role) {
    case "customer":
      return [theirs, "ANY"];
    case "provider":
      return ["ANY", own];
    case "peer":
      return [theirs, own];
    case "sibling":
      return ["ANY", "ANY"];
    case "route-server":
      return ["ANY", own];
    case "client":
      return [theirs, "ANY"];
  }
}

/** The AS with its customer cone: the name of its as-set, or its number where it is alone. */
function coneName(topology: Topology, { name, asn }: AutonomousSystem): string {
  const hasCone = neighboursOf(topology, name).some(({ role }) => role === "customer" || role === "sibling");
  return hasCone ? `AS-${name.toUpperCase()}` : `AS${asn}`;
}

/** RFC 2622, 5.1. Its members have as-sets of their own: all of them, to the bottom, are the customer cone. */
function asSet(topology: Topology, system: AutonomousSystem): RpslObject[] {
  const name = coneName(topology, system);
  if (name === `AS${system.asn}`) return [];
  const below = neighboursOf(topology, system.name)
    .filter(({ role }) => role === "customer" || role === "sibling")
    .map(({ neighbour }) => coneName(topology, neighbour));
  return [
    [
      ["as-set", name],
      ["descr", `${system.title} and its customers`],
      ["members", [`AS${system.asn}`, ...new Set(below)].join(", ")],
      ...closing(system.asn),
    ],
  ];
}
