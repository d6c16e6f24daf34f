/** Route origin validation (RFC 6811). */
import { parsePrefix, prefixContains, type Prefix } from "../addressing/prefix.ts";
import type { Roa } from "../topology.ts";

/** Of an invalid route: whether a ROA for the origin covers it, but for shorter prefixes only, or none is for the origin. */
export type Validity = "valid" | "invalid-length" | "invalid-origin" | "not-found";

/**
 * The validity of a route under the ROAs (RFC 6811, 2): valid where one matches, invalid where some cover the prefix and
 * none matches, not-found where none covers it.
 *
 * @param prefix CIDR without host bits. A text that is no prefix is covered by nothing.
 * @param origin Number of the AS at the end of the path; 0 for a path that ends in an AS_SET, which nothing matches.
 */
export function validity(roas: readonly Roa[], prefix: string, origin: number): Validity {
  const covering = coveringRoas(roas, prefix);
  if (covering.length === 0) return "not-found";
  // A ROA for AS 0 only says that nobody may originate the prefix (RFC 6483, 4).
  const ofOrigin = covering.filter(({ asn }) => asn === origin && asn !== 0);
  if (ofOrigin.length === 0) return "invalid-origin";
  const { length = 0 } = parsePrefix(prefix) ?? {};
  return ofOrigin.some(({ maxLength }) => length <= maxLength) ? "valid" : "invalid-length";
}

/** The ROAs whose prefix covers this one: is the same, or less specific. */
export function coveringRoas(roas: readonly Roa[], prefix: string): readonly Roa[] {
  const route = parsePrefix(prefix);
  if (route === undefined) return [];
  return roas.filter((roa) => covers(parsePrefix(roa.prefix), route));
}

function covers(roa: Prefix | undefined, route: Prefix): boolean {
  return roa !== undefined && roa.length <= route.length && prefixContains(roa, route);
}
