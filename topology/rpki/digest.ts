/** A table of ROAs in a few letters, to compare one that is expected with one that is there. */
import { hashText } from "../addressing/hash.ts";
import type { Roa } from "../topology.ts";

/** Their number, a hyphen and a hash; the same for the same ROAs in any order. One that is there twice counts once. */
export function roasDigest(roas: readonly Roa[]): string {
  const lines = [...new Set(roas.map(({ prefix, maxLength, asn }) => `${prefix}-${maxLength} ${asn}`))].sort();
  return `${lines.length}-${hashText(lines.join("\n")).toString(36)}`;
}
