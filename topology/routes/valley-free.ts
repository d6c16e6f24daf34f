/** Judges one AS path by the relations between its ASes. */
import type { Topology } from "../topology.ts";

/**
 * Whether a path is valley-free (Gao 2001): seen from the AS that holds the route it climbs through providers, crosses
 * between two peers at most once, and goes down through customers; steps between siblings are free everywhere. Clients
 * of a route server are each other's peers.
 *
 * @param path ASNs from the AS that holds the route to the origin. The holder's own number may lead, so that the step to
 *   its neighbour is judged as well. A number repeated in a row (prepending) counts once.
 * @returns false too for a path with a loop, an unknown AS, or a step between ASes without a relation.
 */
export function valleyFree(topology: Topology, path: readonly number[]): boolean {
  const steps = stepsOf(topology);
  const ases = path.filter((asn, position) => asn !== path[position - 1]);
  if (new Set(ases).size !== ases.length || !ases.every((asn) => steps.numbers.has(asn))) return false;
  // Two ASes can be more than one thing to each other (peers at an exchange besides), so both ways stay open.
  let climbing = true;
  let descending = false;
  for (const [position, asn] of ases.slice(0, -1).entries()) {
    const step = `${asn} ${ases[position + 1]}`;
    const free = steps.sibling.has(step);
    const mayDescend: boolean =
      (descending && (steps.down.has(step) || free)) || (climbing && (steps.across.has(step) || steps.down.has(step)));
    climbing = climbing && (steps.up.has(step) || free);
    descending = mayDescend;
    if (!climbing && !descending) return false;
  }
  return true;
}

/** Steps from one AS to another, as `number number`, by their kind. */
interface Steps {
  readonly numbers: ReadonlySet<number>;
  readonly up: Set<string>;
  readonly across: Set<string>;
  readonly down: Set<string>;
  readonly sibling: Set<string>;
}

const known = new WeakMap<Topology, Steps>();

function stepsOf(topology: Topology): Steps {
  const earlier = known.get(topology);
  if (earlier !== undefined) return earlier;
  const numbers = new Map(topology.autonomousSystems.map(({ name, asn }) => [name, asn]));
  const steps: Steps = {
    numbers: new Set(numbers.values()),
    up: new Set(),
    across: new Set(),
    down: new Set(),
    sibling: new Set(),
  };
  const clients = new Map<string, number[]>();
  for (const { ends } of topology.sessions)
    for (const [near, far] of [ends, [ends[1], ends[0]] as const]) {
      const step = `${near.asn} ${far.asn}`;
      switch (near.neighbour) {
        case "provider":
          steps.up.add(step);
          break;
        case "customer":
          steps.down.add(step);
          break;
        case "peer":
          steps.across.add(step);
          break;
        case "sibling":
          steps.sibling.add(step);
          break;
        case "route-server-client":
          clients.set(near.router, [...(clients.get(near.router) ?? []), far.asn]);
          break;
        case "route-server":
        case "internal":
          break;
      }
    }
  for (const members of clients.values())
    for (const one of members) for (const other of members) if (one !== other) steps.across.add(`${one} ${other}`);
  known.set(topology, steps);
  return steps;
}
