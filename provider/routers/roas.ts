import { roasDigest } from "../../topology/rpki/digest.ts";
import type { Roa } from "../../topology/topology.ts";

/** `digest` is of the ROAs that a table must hold. */
export function otherRoas(table: string, digest: string, held: readonly Roa[]): string[] {
  if (roasDigest(held) === digest) return [];
  const wanted = Number(digest.split("-")[0]);
  return [
    held.length === wanted
      ? `some of the ${wanted} ROAs in ${table} are others`
      : `${held.length} of ${wanted} ROAs in ${table}`,
  ];
}
