import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressBits, parseAddress, type Address } from "../../../topology/addressing/address.ts";
import { parsePrefix, prefixContains, prefixOf, type Prefix } from "../../../topology/addressing/prefix.ts";
import { labelsOf } from "../../../topology/names/hosts.ts";
import { prefixWildcards } from "../../../topology/names/wildcards.ts";
import type { Family } from "../../../topology/spec.ts";

/** What an authoritative server answers from a zone with these names, by RFC 4592. */
function lookUp(zone: ReadonlyMap<string, string>, name: readonly string[]): string | undefined {
  const existing = new Set([""]);
  for (const owner of zone.keys()) {
    const labels = owner.split(".");
    for (let from = 0; from < labels.length; from++) existing.add(labels.slice(from).join("."));
  }
  if (existing.has(name.join("."))) return zone.get(name.join("."));
  const ancestors = name.map((_, index) => name.slice(index + 1).join("."));
  const encloser = ancestors.find((ancestor) => existing.has(ancestor)) ?? "";
  return zone.get(encloser === "" ? "*" : `*.${encloser}`);
}

function longestMatch(prefixes: readonly Prefix[], address: Address): Prefix | undefined {
  return prefixes
    .filter((prefix) => prefixContains(prefix, address))
    .reduce<Prefix | undefined>(
      (best, next) => (best !== undefined && best.length >= next.length ? best : next),
      undefined,
    );
}

const zoneOf = (prefixes: readonly string[]): ReadonlyMap<string, string> =>
  prefixWildcards(prefixes.flatMap((value) => ({ prefix: parsePrefix(value) ?? expect.fail(value), value })));

const answer = (prefixes: readonly string[], address: string): string | undefined =>
  lookUp(zoneOf(prefixes), labelsOf(parseAddress(address) ?? expect.fail(address)));

describe("wildcards of prefixes", () => {
  test("a prefix on a boundary is one wildcard", () => {
    expect([...zoneOf(["10.1.0.0/16"])]).toEqual([["*.1.10", "10.1.0.0/16"]]);
    expect([...zoneOf(["2001:db8::/32"])]).toEqual([["*.8.b.d.0.1.0.0.2", "2001:db8::/32"]]);
  });

  test("a prefix inside a label is a wildcard for each label that it covers", () => {
    expect([...zoneOf(["10.0.0.0/15"]).keys(), ...zoneOf(["192.0.2.8/30"]).keys()]).toEqual([
      "*.0.10",
      "*.1.10",
      ...["8.2.0.192", "9.2.0.192", "10.2.0.192", "11.2.0.192"],
    ]);
  });

  test("the less specific prefix is said again beside a more specific one", () => {
    const zone = zoneOf(["10.0.0.0/8", "10.1.2.3/32"]);
    expect(zone).toEqual(
      new Map([
        ["*.10", "10.0.0.0/8"],
        ["*.1.10", "10.0.0.0/8"],
        ["*.2.1.10", "10.0.0.0/8"],
        ["3.2.1.10", "10.1.2.3/32"],
      ]),
    );
  });

  test("the default route answers where nothing else does", () => {
    expect(answer(["0.0.0.0/0", "10.0.0.0/9"], "192.0.2.1")).toBe("0.0.0.0/0");
    expect(answer(["0.0.0.0/0", "10.0.0.0/9"], "10.128.0.1")).toBe("0.0.0.0/0");
    expect(answer(["10.0.0.0/9"], "10.128.0.1")).toBeUndefined();
  });

  test("no prefixes, no names", () => {
    expect(prefixWildcards([])).toEqual(new Map());
  });
});

/** Addresses in a small corner, so that prefixes contain each other and addresses lie in them. */
const address = (family: Family): fc.Arbitrary<Address> => {
  const bits = addressBits(family);
  const digits = fc.array(fc.constantFrom<bigint>(0n, 1n, 15n, 16n, 255n), {
    minLength: bits / 8,
    maxLength: bits / 8,
  });
  return digits.map((octets) => ({
    family,
    value: octets.reduce((value, octet) => (value << 8n) | octet, 0n),
  }));
};

const prefix = (family: Family): fc.Arbitrary<Prefix> =>
  fc
    .record({ address: address(family), length: fc.integer({ min: 0, max: addressBits(family) }) })
    .map((interfaceAddress) => prefixOf(interfaceAddress));

test.each(["ipv4", "ipv6"] as const)("a server answers with the longest prefix around an address: %s", (family) => {
  fc.assert(
    fc.property(fc.array(prefix(family), { maxLength: 5 }), address(family), (prefixes, wanted) => {
      const zone = prefixWildcards(prefixes.map((each) => ({ prefix: each, value: `${each.value}/${each.length}` })));
      const best = longestMatch(prefixes, wanted);
      expect(lookUp(zone, labelsOf(wanted))).toBe(best === undefined ? undefined : `${best.value}/${best.length}`);
    }),
    { numRuns: 300 },
  );
});
