/** Route origin validation (RFC 6811). */
import { parsePrefix, prefixContains } from "../addressing/prefix.ts";
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
  return validator(roas)(prefix, origin);
}

/** The same for many routes: the ROAs are read once. */
export function validator(roas: readonly Roa[]): (prefix: string, origin: number) => Validity {
  const covering = coverage(roas);
  return (prefix, origin) => {
    const found = covering(prefix);
    if (found.length === 0) return "not-found";
    // A ROA for AS 0 only says that nobody may originate the prefix (RFC 6483, 4).
    const ofOrigin = found.filter(({ asn }) => asn === origin && asn !== 0);
    if (ofOrigin.length === 0) return "invalid-origin";
    const { length = 0 } = parsePrefix(prefix) ?? {};
    return ofOrigin.some(({ maxLength }) => length <= maxLength) ? "valid" : "invalid-length";
  };
}

/** The ROAs whose prefix covers this one: is the same, or less specific. */
export function coveringRoas(roas: readonly Roa[], prefix: string): readonly Roa[] {
  return coverage(roas)(prefix);
}

function coverage(roas: readonly Roa[]): (prefix: string) => readonly Roa[] {
  const all = roas.flatMap((roa) => {
    const prefix = parsePrefix(roa.prefix);
    return prefix === undefined ? [] : [{ roa, prefix }];
  });
  return (text) => {
    const route = parsePrefix(text);
    if (route === undefined) return [];
    return all
      .filter(({ prefix }) => prefix.length <= route.length && prefixContains(prefix, route))
      .map(({ roa }) => roa);
  };
}
