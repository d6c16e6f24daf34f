/** Route origin validation (RFC 6811). */
import { addressBits } from "../addressing/address.ts";
import { formatPrefix, parsePrefix, prefixContains, type Prefix } from "../addressing/prefix.ts";
import type { Problem } from "../problem.ts";

/** A route origin authorization: the AS may originate the prefix, and more specific ones up to `maxLength`. */
export interface Roa {
  readonly prefix: Prefix;
  readonly asn: number;
  readonly maxLength: number;
}

export type Validity = "valid" | "invalid" | "not-found";

/** @param origin the last AS of the path; 0 in a ROA matches none (RFC 6483, 4). */
export function validity(roas: readonly Roa[], prefix: Prefix, origin: number): Validity {
  const covering = roas.filter((roa) => roa.prefix.length <= prefix.length && prefixContains(roa.prefix, prefix));
  if (covering.length === 0) return "not-found";
  const matches = covering.some((roa) => roa.asn === origin && origin !== 0 && prefix.length <= roa.maxLength);
  return matches ? "valid" : "invalid";
}

/** A ROA as a person writes it; without an AS it is the victim's. */
export type RoaText = Omit<Roa, "asn"> & { readonly asn: number | undefined };

/** Reads `PREFIX`, `PREFIX-MAXLENGTH` and either with `=ASN` after it, such as `192.0.2.0/24-25=64496`. */
export function parseRoa(text: string, path: string): RoaText | Problem {
  const hint = "Such as 192.0.2.0/24, 192.0.2.0/24-25 or 2001:db8::/32-48=64496.";
  const problem = { code: "bad-roa", path, found: text, hint };
  const parts = /^([^-=]+)(?:-(\d{1,3}))?(?:=(?:AS)?(\d{1,10}))?$/i.exec(text);
  if (parts === null) return { ...problem, expected: "PREFIX, PREFIX-MAXLENGTH, and =ASN where it isn't the victim's" };
  const prefix = parsePrefix(parts[1] ?? "");
  if (prefix === undefined) return { ...problem, expected: "a prefix without host bits set" };
  const maxLength = parts[2] === undefined ? prefix.length : Number(parts[2]);
  const bits = addressBits(prefix.family);
  if (maxLength < prefix.length || maxLength > bits)
    return { ...problem, expected: `a maximum length from ${prefix.length} to ${bits}` };
  const asn = parts[3] === undefined ? undefined : Number(parts[3]);
  if (asn !== undefined && asn > 4294967295) return { ...problem, expected: "an AS number of 32 bits" };
  return { prefix, asn, maxLength };
}

/** As `parseRoa` reads it, without what says nothing. */
export function formatRoa({ prefix, asn, maxLength }: Roa): string {
  return `${formatPrefix(prefix)}${maxLength === prefix.length ? "" : `-${maxLength}`}=${asn}`;
}
