/** Forms of the names that certificates carry, and which of them an authority may certify. Pure. */
import { parseAddress } from "../addressing/address.ts";
import { parsePrefix, prefixContains } from "../addressing/prefix.ts";
import type { AlternativeNames, NameConstraints, NameSubtrees } from "./pki.ts";

/** RFC 5280, 4.2.1.6 with RFC 6125's wildcard as the whole first label. Not an address. */
export function isDnsName(text: string): boolean {
  const labels = text.split(".");
  return (
    text.length <= 253 &&
    parseAddress(text) === undefined &&
    !/^\d+$/.test(labels.at(-1) ?? "") &&
    labels.every(
      (label, index) =>
        /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/i.test(label) || (label === "*" && index === 0 && labels.length > 2),
    )
  );
}

/** An absolute URI with a host that isn't empty (RFC 5280, 4.2.1.6). */
export function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+[^\s]*$/i.test(text) && isAscii(text) && URL.canParse(text);
}

/** SPIFFE-ID, 2: a trust domain and a path of segments that aren't empty, neither `.` nor `..`. */
export function isSpiffeId(text: string): boolean {
  const [, path = ""] = /^spiffe:\/\/[a-z0-9._-]{1,255}((?:\/[A-Za-z0-9._-]+)+)$/.exec(text) ?? [];
  return path !== "" && text.length <= 2048 && path.split("/").every((segment) => segment !== "." && segment !== "..");
}

/** RFC 5280's rfc822Name, without quoted local parts. */
export function isMailAddress(text: string): boolean {
  const [local = "", host = "", ...more] = text.split("@");
  return more.length === 0 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(local) && isDnsName(host);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Domain of a subtree of DNS names; a host, or a domain with a dot in front, of URIs and mail addresses. */
export function isSubtree(kind: keyof NameSubtrees, text: string): boolean {
  switch (kind) {
    case "addresses":
      return parsePrefix(text) !== undefined;
    case "names":
      return isDnsName(text) && !text.startsWith("*");
    case "uris":
    case "emails":
      return isDnsName(text.replace(/^\./, "")) && !text.includes("*");
  }
}

/**
 * Those of the names that the constraints don't let pass (RFC 5280, 4.2.1.10).
 *
 * @param commonNames of the subject: OpenSSL takes them for DNS names where the certificate has no other.
 */
export function violations(
  names: AlternativeNames,
  { permitted, excluded }: NameConstraints,
  commonNames: readonly string[],
): string[] {
  const kinds = [
    { values: names.dns.length > 0 ? names.dns : commonNames.filter(isLikeDnsName), kind: "names" },
    { values: names.addresses, kind: "addresses" },
    { values: names.uris, kind: "uris" },
    { values: names.emails, kind: "emails" },
  ] as const;
  return kinds.flatMap(({ values, kind }) =>
    values.filter((value) => {
      const within = (subtrees: NameSubtrees): boolean => subtrees[kind].some((each) => isWithin(kind, value, each));
      // A wildcard stands for names of which one may be excluded. A kind of which nothing is named is free.
      const covers = value.startsWith("*.") && excluded[kind].some((each) => isAtOrBelow(each, value.slice(2)));
      return covers || within(excluded) || (permitted[kind].length > 0 && !within(permitted));
    }),
  );
}

/** As OpenSSL reads a common name: two labels or more, an IPv4 address too, but no wildcard. */
function isLikeDnsName(commonName: string): boolean {
  const labels = commonName.split(".");
  return labels.length > 1 && labels.every((label) => /^\w([\w-]*\w)?$/.test(label));
}

function isWithin(kind: keyof NameSubtrees, value: string, subtree: string): boolean {
  switch (kind) {
    case "names":
      return isAtOrBelow(value, subtree);
    case "addresses": {
      const [prefix, address] = [parsePrefix(subtree), parseAddress(value)];
      return prefix !== undefined && address !== undefined && prefixContains(prefix, address);
    }
    case "uris":
      return isHostWithin(URL.parse(value)?.hostname ?? "", subtree);
    case "emails":
      return isHostWithin(value.split("@")[1] ?? "", subtree);
  }
}

function isAtOrBelow(name: string, domain: string): boolean {
  return name.toLowerCase() === domain.toLowerCase() || name.toLowerCase().endsWith(`.${domain.toLowerCase()}`);
}

/** With a dot in front a subtree is what is below a domain, otherwise one host. */
function isHostWithin(host: string, subtree: string): boolean {
  return subtree.startsWith(".")
    ? host.toLowerCase().endsWith(subtree.toLowerCase())
    : host.toLowerCase() === subtree.toLowerCase();
}
