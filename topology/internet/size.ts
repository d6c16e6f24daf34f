/** How large ASes are: by customer cone, the measure of CAIDA's AS Rank. */
import { degree, row, type Internet } from "./graph.ts";

/** By index, how many ASes an AS reaches going from provider to customer, itself among them. */
export function customerCones(internet: Internet): Uint32Array {
  const count = internet.asns.length;
  const cones = new Uint32Array(count);
  const seenBy = new Uint32Array(count);
  const above = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    // Each AS is in the cone of every AS above it: few, where those below can be very many.
    let filled = 1;
    above[0] = index;
    seenBy[index] = index + 1;
    for (let at = 0; at < filled; at++) {
      const each = above[at] ?? 0;
      cones[each] = (cones[each] ?? 0) + 1;
      for (const provider of row(internet.providers, each)) {
        if (seenBy[provider] === index + 1) continue;
        seenBy[provider] = index + 1;
        above[filled++] = provider;
      }
    }
  }
  return cones;
}

/** Indices of all ASes, the largest first: by customer cone, then by number of relations, then the lowest number. */
export function bySize(internet: Internet, cones: Uint32Array): number[] {
  const degrees = Uint32Array.from({ length: cones.length }, (_, index) => degree(internet, index));
  return Array.from(cones.keys()).sort(
    (one, other) =>
      (cones[other] ?? 0) - (cones[one] ?? 0) || (degrees[other] ?? 0) - (degrees[one] ?? 0) || one - other,
  );
}
