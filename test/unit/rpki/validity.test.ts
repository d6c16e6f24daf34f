import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressBits, formatAddress } from "../../../topology/addressing/address.ts";
import { coveringRoas, validity } from "../../../topology/rpki/validity.ts";
import type { Family } from "../../../topology/spec.ts";
import type { Roa } from "../../../topology/topology.ts";

const roas: readonly Roa[] = [
  { prefix: "10.1.0.0/16", asn: 65001, maxLength: 20 },
  { prefix: "10.2.0.0/16", asn: 65002, maxLength: 16 },
  { prefix: "10.2.0.0/16", asn: 65003, maxLength: 24 },
  { prefix: "10.3.0.0/16", asn: 0, maxLength: 32 },
  { prefix: "2001:db8::/32", asn: 65001, maxLength: 48 },
];

describe("the validity of a route", () => {
  test.each([
    ["10.1.0.0/16", 65001, "valid"],
    ["10.1.16.0/20", 65001, "valid"],
    ["10.1.16.0/21", 65001, "invalid-length"],
    ["10.1.0.0/16", 65002, "invalid-origin"],
    ["10.0.0.0/8", 65001, "not-found"],
    ["10.9.0.0/16", 65001, "not-found"],
    // One ROA that matches is enough, whatever the others say.
    ["10.2.3.0/24", 65003, "valid"],
    ["10.2.3.0/24", 65002, "invalid-length"],
    ["10.3.0.0/16", 65001, "invalid-origin"],
    ["10.3.0.0/16", 0, "invalid-origin"],
    ["2001:db8:1::/48", 65001, "valid"],
    ["2001:db8:1::/49", 65001, "invalid-length"],
    ["no prefix", 65001, "not-found"],
  ] as const)("%s from AS %i is %s", (prefix, origin, expected) => {
    expect(validity(roas, prefix, origin)).toBe(expected);
  });

  test("ROAs that cover a prefix are found whatever their origin", () => {
    expect(coveringRoas(roas, "10.2.3.0/24").map(({ asn }) => asn)).toEqual([65002, 65003]);
  });
});

/** A prefix as its bits; few lengths and bits, so that they often cover each other. */
const bits = fc.array(fc.constantFrom("0", "1"), { maxLength: 5 }).map((all) => all.join(""));
const family = fc.constantFrom<Family>("ipv4", "ipv6");
const origin = fc.integer({ min: 0, max: 3 });

function text(of: Family, prefix: string): string {
  const value = BigInt(`0b0${prefix}`) << BigInt(addressBits(of) - prefix.length);
  return `${formatAddress({ family: of, value })}/${prefix.length}`;
}

test("agrees with a reading of RFC 6811 word by word, on bits", () => {
  const roa = fc.record({ family, bits, origin, more: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.array(roa, { maxLength: 6 }), family, bits, origin, (declared, of, route, from) => {
      // "Covered: the VRP prefix length is less than or equal to the route's, and the bits that it specifies are the same."
      const covered = declared.filter((each) => each.family === of && route.startsWith(each.bits));
      // "Matched: covered, the route's prefix length is at most the VRP maximum length, and the route's origin is the
      // VRP's ASN"; and "no VRP whose ASN is zero matches" (RFC 6483).
      const matched = covered.filter(
        (each) => route.length <= each.bits.length + each.more && each.origin === from && each.origin !== 0,
      );
      const expected = matched.length > 0 ? "valid" : covered.length > 0 ? "invalid" : "not-found";
      const given = declared.map((each) => ({
        prefix: text(each.family, each.bits),
        asn: each.origin,
        maxLength: each.bits.length + each.more,
      }));
      expect(validity(given, text(of, route), from).split("-")[0]).toBe(expected.split("-")[0]);
    }),
  );
});
