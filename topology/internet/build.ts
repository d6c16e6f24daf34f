/** The internet as a file of AS relationships has it. */
import { assertNoProblems } from "../problem.ts";
import { relation, type AsGraph, type RelationCode } from "../import/caida/graph.ts";
import { checkProviderCycles } from "./cycles.ts";
import type { Internet, Neighbours } from "./graph.ts";

/**
 * @param name of what the graph was read from, for messages.
 * @throws ProblemsError where an AS is its own provider's provider: Gao and Rexford's conditions don't hold then, and
 *   there may be no stable routes at all.
 */
export function internetOf(graph: AsGraph, name = "the AS relationships"): Internet {
  const internet = {
    asns: shared(graph.asns),
    providers: neighboursOf(graph, relation.provider),
    customers: neighboursOf(graph, relation.customer),
    peers: neighboursOf(graph, relation.peer),
  };
  assertNoProblems(name, checkProviderCycles(internet));
  return internet;
}

function neighboursOf(graph: AsGraph, wanted: RelationCode): Neighbours {
  const count = graph.asns.length;
  const starts = shared(count + 1);
  for (let index = 0; index < count; index++) {
    let degree = 0;
    for (const code of graph.codes(index)) if (code === wanted) degree++;
    starts[index + 1] = (starts[index] ?? 0) + degree;
  }
  const indices = shared(starts[count] ?? 0);
  let filled = 0;
  for (let index = 0; index < count; index++) {
    const codes = graph.codes(index);
    const all = graph.neighbours(index);
    for (let at = 0; at < all.length; at++) if (codes[at] === wanted) indices[filled++] = all[at] ?? 0;
  }
  return { starts, indices };
}

function shared(content: number | Uint32Array): Uint32Array {
  const length = typeof content === "number" ? content : content.length;
  const array = new Uint32Array(new SharedArrayBuffer(4 * length));
  if (typeof content !== "number") array.set(content);
  return array;
}
