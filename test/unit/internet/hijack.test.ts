import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePrefix, type Prefix } from "../../../topology/addressing/prefix.ts";
import {
  captured,
  hijackOutcome,
  indexOf,
  propagate,
  propagateLeak,
  tallyHijack,
  tallyLeak,
  throughAs,
  validity,
} from "../../../topology/internet/index.ts";
import { graphs, internetFrom, members } from "./graphs.ts";
import { slowRoutes, type SlowPolicies, type SlowRoute } from "./slow.ts";

const prefix = parsePrefix("192.0.2.0/24") as Prefix;
const nobody = new Set<number>();

/** A graph with two of its ASes, and some that validate, look at path ends, and have roles. */
const cases = graphs.chain(({ ases, relations }) =>
  fc.record({
    ases: fc.constant(ases),
    relations: fc.constant(relations),
    two: fc.shuffledSubarray([...ases], { minLength: 2, maxLength: 2 }),
    some: fc.array(fc.subarray([...ases]), { minLength: 2, maxLength: 2 }),
    subPrefix: fc.boolean(),
    forgedOrigin: fc.boolean(),
    maxLength: fc.constantFrom(24, 25),
  }),
);

describe("a hijack", () => {
  test("captures those from whom packets, sent on hop by hop along the most specific route, come to the attacker", () => {
    fc.assert(
      fc.property(cases, ({ ases, relations, two: [victim = 0, attacker = 0], some, ...rest }) => {
        const { subPrefix, forgedOrigin, maxLength } = rest;
        const [validating = nobody, pathEnd = nobody] = some.map((each) => new Set(each));
        const internet = internetFrom(relations);
        const index = (asn: number): number => indexOf(internet, asn) ?? -1;
        const outcome = hijackOutcome(
          internet,
          { victim: index(victim), attacker: index(attacker), prefix, subPrefix, forgedOrigin },
          [{ prefix, asn: victim, maxLength }],
          { validating: members(internet, validating), pathEnd: members(internet, pathEnd) },
        );

        const neighbours = relations.flatMap(({ one, other }) =>
          one === victim ? [other] : other === victim ? [one] : [],
        );
        const records = new Map([[victim, new Set(neighbours)]]);
        const policies: SlowPolicies = { validating, pathEnd, records, roles: nobody, leaker: undefined };
        const invalid = !forgedOrigin || (subPrefix && maxLength === 24);
        const rightful = { asn: victim, behind: [], invalid: false };
        const attack = { asn: attacker, behind: forgedOrigin ? [victim] : [], invalid, refusedBy: [victim] };
        const settle = (...announcements: readonly (typeof attack | typeof rightful)[]): Map<number, SlowRoute> =>
          slowRoutes(ases, relations, announcements, policies) ?? new Map();
        const tables = subPrefix ? [settle(attack), settle(rightful)] : [settle(rightful, attack)];
        const end = (from: number): number | undefined => {
          let at = from;
          while (at !== victim && at !== attacker) {
            const route = tables[0]?.get(at) ?? tables[1]?.get(at);
            if (route === undefined) return undefined;
            at = route.path[0] ?? at;
          }
          return at;
        };
        const others = ases.filter((asn) => asn !== victim && asn !== attacker);
        const hit = others.filter((asn) => end(asn) === attacker);
        expect(others.filter((asn) => outcome.captured[index(asn)] !== captured.no)).toEqual(hit);
        expect(tallyHijack(outcome, index(victim), index(attacker))).toMatchObject({
          ases: others.length,
          hit: hit.length,
          unreachable: others.filter((asn) => end(asn) === undefined).length,
        });
      }),
      { numRuns: 3000 },
    );
  });

  test("of a more specific prefix reaches validating ASes by way of their providers", () => {
    const internet = internetFrom([
      { one: 1, other: 2, kind: "transit" },
      { one: 1, other: 3, kind: "transit" },
      { one: 1, other: 4, kind: "transit" },
    ]);
    const outcome = hijackOutcome(
      internet,
      { victim: 1, attacker: 2, prefix, subPrefix: true, forgedOrigin: false },
      [{ prefix, asn: 2, maxLength: 24 }],
      { validating: members(internet, new Set([4])) },
    );
    expect(outcome.validity).toBe("invalid");
    expect([...outcome.captured]).toEqual([captured.byRoute, captured.no, captured.byRoute, captured.byForwarding]);
    expect(tallyHijack(outcome, 1, 2)).toEqual({
      ases: 2,
      hit: 2,
      byCustomer: 1,
      byPeer: 0,
      byProvider: 0,
      byForwarding: 1,
      unreachable: 0,
    });
  });
});

test("through an AS go those whose path has it, before a leak and after", () => {
  fc.assert(
    fc.property(cases, ({ relations, two: [victim = 0, leaker = 0], some }) => {
      const internet = internetFrom(relations);
      const [one, other] = [indexOf(internet, victim) ?? -1, indexOf(internet, leaker) ?? -1];
      const roles = members(internet, new Set(some[0]));
      for (const routes of [propagate(internet, [{ by: one }]), propagateLeak(internet, one, other, roles)]) {
        const through = throughAs(routes, other);
        let hit = 0;
        for (let index = 0; index < internet.asns.length; index++) {
          const path: number[] = [];
          for (let at = index; routes.from[at] !== 0 && at !== one; path.push(at)) at = routes.nextHop[at] ?? at;
          const passes = index !== other && path.includes(other);
          expect(through[index]).toBe(passes ? 1 : 0);
          if (passes && index !== one) hit++;
        }
        expect(tallyLeak(routes, through, one, other).hit).toBe(hit);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["192.0.2.0/24", 64500, "valid"],
  ["192.0.2.0/24", 64501, "invalid"],
  ["192.0.2.0/25", 64500, "valid"],
  ["192.0.2.0/26", 64500, "invalid"],
  ["192.0.0.0/16", 64500, "not-found"],
  ["198.51.100.0/24", 64500, "not-found"],
  ["2001:db8::/32", 64502, "valid"],
  ["203.0.113.0/24", 0, "invalid"],
] as const)("origin validation finds %s of AS %i %s", (text, origin, expected) => {
  const roas = [
    { prefix, asn: 64500, maxLength: 25 },
    { prefix: parsePrefix("192.0.2.0/24") as Prefix, asn: 64999, maxLength: 24 },
    { prefix: parsePrefix("2001:db8::/32") as Prefix, asn: 64502, maxLength: 32 },
    { prefix: parsePrefix("203.0.113.0/24") as Prefix, asn: 0, maxLength: 32 },
  ];
  expect(validity(roas, parsePrefix(text) as Prefix, origin)).toBe(expected);
});
