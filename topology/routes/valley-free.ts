/** Judges one AS path by the relations between its ASes. */
import type { Topology } from "../topology.ts";
import { asGraph } from "./graph.ts";

/**
 * Whether a path is valley-free (Gao 2001): seen from the AS that holds the route it climbs through providers, crosses
 * between two peers at most once, and goes down through customers; steps between siblings are free everywhere.
 *
 * @param path ASNs from the AS that holds the route to the origin. The holder's own number may lead, so that the step to
 *   its neighbour is judged as well. A number repeated in a row (prepending) counts once.
 * @returns false too for a path with a loop, an unknown AS, or a step between ASes that have no session.
 */
export function valleyFree(topology: Topology, path: readonly number[]): boolean {
  const ases = path.filter((asn, position) => asn !== path[position - 1]);
  if (new Set(ases).size !== ases.length) return false;
  return topology.families.some((family) => {
    const graph = asGraph(topology, family);
    const indices = ases.map((asn) => graph.indexOfAsn.get(asn));
    // Two ASes can be more than one thing to each other (peers at an exchange besides), so both ways stay open.
    let climbing = true;
    let descending = false;
    for (const [position, index] of indices.entries()) {
      if (index === undefined) return false;
      const next = indices[position + 1];
      if (position === indices.length - 1) break;
      if (next === undefined) return false;
      const free = graph.siblings[index]?.has(next) === true;
      const up = graph.providers[index]?.has(next) === true;
      const across = graph.peers[index]?.has(next) === true;
      const down = graph.customers[index]?.has(next) === true;
      const mayDescend: boolean = (descending && (down || free)) || (climbing && (across || down));
      climbing = climbing && (up || free);
      descending = mayDescend;
      if (!climbing && !descending) return false;
    }
    return true;
  });
}
