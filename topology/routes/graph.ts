/** Who gives routes to whom, AS by AS, in one address family: read off the sessions. */
import type { Family } from "../spec.ts";
import type { Neighbour, Topology } from "../topology.ts";

/**
 * ASes as numbers from 0, with their neighbours. An exchange's route server isn't among them: its clients are each
 * other's peers, as RFC 7947 has it.
 */
export interface AsGraph {
  readonly names: readonly string[];
  readonly asns: readonly number[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly indexOfAsn: ReadonlyMap<number, number>;
  readonly providers: readonly ReadonlySet<number>[];
  readonly customers: readonly ReadonlySet<number>[];
  readonly peers: readonly ReadonlySet<number>[];
  readonly siblings: readonly ReadonlySet<number>[];
  /** Route servers by router name, with their clients. */
  readonly routeServers: ReadonlyMap<string, ReadonlySet<number>>;
}

const known = new WeakMap<Topology, Map<Family, AsGraph>>();

/** The graph of one family; computed once for each topology. */
export function asGraph(topology: Topology, family: Family): AsGraph {
  const graphs = known.get(topology) ?? new Map<Family, AsGraph>();
  known.set(topology, graphs);
  const graph = graphs.get(family) ?? build(topology, family);
  graphs.set(family, graph);
  return graph;
}

function build(topology: Topology, family: Family): AsGraph {
  const systems = topology.autonomousSystems;
  const indexOf = new Map(systems.map(({ name }, index) => [name, index]));
  const indexOfAsn = new Map(systems.map(({ asn }, index) => [asn, index]));
  const empty = (): Set<number>[] => systems.map(() => new Set<number>());
  const [providers, customers, peers, siblings] = [empty(), empty(), empty(), empty()];
  const routeServers = new Map<string, Set<number>>();
  for (const node of topology.nodes)
    if (node.kind === "router" && node.routeServer) routeServers.set(node.name, new Set());

  const note = (near: number, far: number, neighbour: Neighbour, router: string): void => {
    switch (neighbour) {
      case "provider":
        providers[near]?.add(far);
        break;
      case "customer":
        customers[near]?.add(far);
        break;
      case "peer":
        peers[near]?.add(far);
        break;
      case "sibling":
        siblings[near]?.add(far);
        break;
      case "route-server-client":
        routeServers.get(router)?.add(far);
        break;
      case "route-server":
      case "internal":
        break;
    }
  };
  for (const { ends, families } of topology.sessions) {
    if (!families.includes(family)) continue;
    for (const [near, far] of [ends, [ends[1], ends[0]] as const])
      note(indexOfAsn.get(near.asn) ?? -1, indexOfAsn.get(far.asn) ?? -1, near.neighbour, near.router);
  }
  for (const clients of routeServers.values())
    for (const one of clients) for (const other of clients) if (one !== other) peers[one]?.add(other);

  return {
    names: systems.map(({ name }) => name),
    asns: systems.map(({ asn }) => asn),
    indexOf,
    indexOfAsn,
    providers,
    customers,
    peers,
    siblings,
    routeServers,
  };
}
