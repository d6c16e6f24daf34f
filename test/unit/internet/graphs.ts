/** Small internets at random. */
import * as fc from "fast-check";
import { readAsRelationships } from "../../../topology/import/caida/index.ts";
import { internetOf, type Internet } from "../../../topology/internet/index.ts";
import type { SlowRelation } from "./slow.ts";

/** ASNs 64500 and on, none its own provider's provider; in an order of their own, so that numbers tell nothing. */
export const graphs = fc.integer({ min: 3, max: 9 }).chain((count) => {
  const ranks = Array.from({ length: count }, (_, index) => index);
  const pairs = ranks.flatMap((one) => ranks.slice(one + 1).map((other) => [one, other] as const));
  return fc
    .record({
      order: fc.shuffledSubarray(ranks, { minLength: count, maxLength: count }),
      kinds: fc.array(fc.constantFrom("transit", "transit", "peer", undefined, undefined), {
        minLength: pairs.length,
        maxLength: pairs.length,
      }),
    })
    .map(({ order, kinds }) => {
      const relations = pairs.flatMap(([one, other], index): SlowRelation[] => {
        const kind = kinds[index];
        const asn = (rank: number): number => 64500 + (order[rank] ?? 0);
        return kind === undefined ? [] : [{ one: asn(one), other: asn(other), kind }];
      });
      const ases = [...new Set(relations.flatMap(({ one, other }) => [one, other]))].sort((one, other) => one - other);
      return { ases, relations };
    })
    .filter(({ ases }) => ases.length >= 3);
});

export function internetFrom(relations: readonly SlowRelation[]): Internet {
  const lines = relations.map(({ one, other, kind }) => `${one}|${other}|${kind === "transit" ? -1 : 0}`);
  return internetOf(readAsRelationships(new TextEncoder().encode(lines.join("\n"))));
}

/** By index, 1 for those. */
export function members(internet: Internet, asns: ReadonlySet<number>): Uint8Array {
  return Uint8Array.from(internet.asns, (asn) => (asns.has(asn) ? 1 : 0));
}
