/** A router's neighbours outside and inside its AS, with what its AS's policy says of each. */
import { customerCone } from "../routing/cone.ts";
import type { Neighbour, Policy, Router, Topology } from "../topology.ts";
import type { LocalSession } from "./bgp.ts";

/** A neighbour that a router has a session with. */
export interface PolicyNeighbour {
  /** What it is to the router. */
  readonly neighbour: Neighbour;
  readonly asn: number;
  /** Instead of that of its relation; absent where ordinary policy holds. */
  readonly localPreference?: number;
  /** The prefixes that are taken from it; absent where all are. */
  readonly prefixes?: readonly string[];
}

export function policyOf(topology: Topology, router: Router): Policy {
  const system = topology.autonomousSystems.find(({ name }) => name === router.as);
  if (system === undefined) throw new Error(`${router.name} is in no AS`);
  return system.policy;
}

export function policyNeighbour(topology: Topology, policy: Policy, { near, far }: LocalSession): PolicyNeighbour {
  const localPreference = policy.localPreferences[far.asn];
  return {
    neighbour: near.neighbour,
    asn: far.asn,
    ...(localPreference === undefined ? {} : { localPreference }),
    ...(policy.customerPrefixes && near.neighbour === "customer" ? { prefixes: conePrefixes(topology, far.asn) } : {}),
  };
}

/** What an AS and those in its customer cone originate by right. */
function conePrefixes(topology: Topology, asn: number): string[] {
  const cone = customerCone(topology, asn);
  const prefixes = topology.nodes.flatMap((node) =>
    node.kind === "router" && cone.has(node.asn) ? node.originates : [],
  );
  return [...new Set(prefixes)].sort();
}
