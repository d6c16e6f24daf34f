import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAsRelationships } from "../../../topology/import/caida/index.ts";
import { indexOf, internetOf, learned, pathOf, propagate, propagateLeak } from "../../../topology/internet/index.ts";
import type { Internet, Outcome, Spread } from "../../../topology/internet/index.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { expectGolden } from "../../golden.ts";
import { graphs, internetFrom, members } from "./graphs.ts";
import { slowRoutes, type SlowAnnouncement, type SlowPolicies, type SlowRelation } from "./slow.ts";

interface Case {
  readonly ases: readonly number[];
  readonly relations: readonly SlowRelation[];
  readonly announcements: readonly SlowAnnouncement[];
  readonly policies: SlowPolicies;
}

const none: SlowPolicies = {
  validating: new Set(),
  roles: new Set(),
  pathEnd: new Set(),
  records: new Map(),
  leaker: undefined,
};

function fast(internet: Internet, { announcements, policies }: Case): Outcome {
  const index = (asn: number): number => indexOf(internet, asn) ?? -1;
  const roles = members(internet, policies.roles);
  if (policies.leaker !== undefined) {
    const outcome = propagateLeak(internet, index(announcements[0]?.asn ?? 0), index(policies.leaker), roles);
    return { ...outcome, announcement: Int8Array.from(outcome.from, (from) => (from === learned.none ? -1 : 0)) };
  }
  return propagate(
    internet,
    announcements.map(({ asn, behind, invalid }) => ({
      by: index(asn),
      behind,
      validity: invalid ? ("invalid" as const) : ("valid" as const),
    })),
    {
      validating: members(internet, policies.validating),
      roles,
      pathEnd: members(internet, policies.pathEnd),
      pathEndRecords: policies.records,
    },
  );
}

const kinds = ["none", "originated", "customer", "peer", "provider"];

function told(internet: Internet, outcome: Outcome, announcements: readonly SlowAnnouncement[]): object {
  return Object.fromEntries(
    [...internet.asns].flatMap((asn, index) => {
      if (outcome.from[index] === learned.none) return [];
      const announcement = outcome.announcement[index] ?? -1;
      const hops = (pathOf(outcome, index) ?? []).map((hop) => internet.asns[hop] ?? 0);
      const path = [...hops, ...(announcements[announcement]?.behind ?? [])];
      expect(outcome.length[index]).toBe(path.length);
      return [[asn, { kind: kinds[outcome.from[index] ?? 0], announcement, path }]];
    }),
  );
}

function agree(cases: fc.Arbitrary<Case>, numRuns = 2000): void {
  fc.assert(
    fc.property(cases, (given) => {
      const { ases, relations, announcements, policies } = given;
      const settled = slowRoutes(ases, relations, announcements, policies);
      expect(settled, "routes settle").toBeDefined();
      const expected = [...(settled ?? [])].map(([asn, { kind, announcement, path }]) => [
        asn,
        { kind, announcement, path },
      ]);
      const internet = internetFrom(relations);
      expect(told(internet, fast(internet, given), announcements)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns },
  );
}

/** A case of some graph, whose ASes come in an order that the test may use: victim, attacker, leaker, and so on. */
function cases(
  make: (given: {
    ases: readonly number[];
    order: readonly number[];
    some: readonly (readonly number[])[];
  }) => Omit<Case, "ases" | "relations">,
): fc.Arbitrary<Case> {
  return graphs.chain(({ ases, relations }) =>
    fc
      .record({
        order: fc.shuffledSubarray([...ases], { minLength: ases.length, maxLength: ases.length }),
        some: fc.array(fc.subarray([...ases]), { minLength: 3, maxLength: 3 }),
      })
      .map(({ order, some }) => ({ ases, relations, ...make({ ases, order, some }) })),
  );
}

const announce = (asn: number | undefined, behind: readonly number[] = [], invalid = false): SlowAnnouncement => ({
  asn: asn ?? 0,
  behind,
  invalid,
});

function neighboursOf(asn: number, relations: readonly SlowRelation[]): Set<number> {
  return new Set(relations.flatMap(({ one, other }) => (one === asn ? [other] : other === asn ? [one] : [])));
}

describe("the stable routes are those that messages settle on", () => {
  test("of one origin", () => {
    agree(cases(({ order }) => ({ announcements: [announce(order[0])], policies: none })));
  });

  test("of two origins", () => {
    agree(cases(({ order }) => ({ announcements: [announce(order[0]), announce(order[1])], policies: none })));
  });

  test("of a prefix that only the attacker announces, and some ASes drop as invalid", () => {
    agree(
      cases(({ order, some: [validating] }) => ({
        announcements: [announce(order[1], [], true)],
        policies: { ...none, validating: new Set(validating) },
      })),
    );
  });

  test("of a forged origin, with one AS named or two", () => {
    agree(
      cases(({ order }) => ({
        announcements: [announce(order[0]), announce(order[1], [order[0] ?? 0])],
        policies: none,
      })),
    );
    agree(
      cases(({ order: [victim = 0, attacker, named = 0] }) => ({
        announcements: [announce(victim), announce(attacker, [named, victim])],
        policies: none,
      })),
    );
  });

  test("where some ASes drop the attacker's route as invalid", () => {
    agree(
      cases(({ order, some: [validating] }) => ({
        announcements: [announce(order[0]), announce(order[1], [], true)],
        policies: { ...none, validating: new Set(validating) },
      })),
    );
  });

  test("where some ASes hold a path's end against what the victim declared, all its neighbours or some", () => {
    agree(
      cases(({ order: [victim = 0, attacker], some: [pathEnd] }) => ({
        announcements: [announce(victim), announce(attacker, [victim])],
        policies: { ...none, pathEnd: new Set(pathEnd) },
      })).map((given) => {
        const victim = given.announcements[0]?.asn ?? 0;
        const records = new Map([[victim, neighboursOf(victim, given.relations)]]);
        return { ...given, policies: { ...given.policies, records } };
      }),
    );
    agree(
      cases(({ order: [victim = 0, attacker], some: [pathEnd, declared] }) => ({
        announcements: [announce(victim), announce(attacker, [victim])],
        policies: { ...none, pathEnd: new Set(pathEnd), records: new Map([[victim, new Set(declared)]]) },
      })),
    );
  });

  test("of a leak", () => {
    agree(
      cases(({ order: [victim, leaker] }) => ({ announcements: [announce(victim)], policies: { ...none, leaker } })),
      5000,
    );
  });

  test("of a leak where some ASes have roles", () => {
    agree(
      cases(({ order: [victim, leaker], some: [roles] }) => ({
        announcements: [announce(victim)],
        policies: { ...none, leaker, roles: new Set(roles) },
      })),
      5000,
    );
  });

  test("roles change nothing where nobody leaks", () => {
    agree(
      cases(({ order, some: [roles] }) => ({
        announcements: [announce(order[0]), announce(order[1])],
        policies: { ...none, roles: new Set(roles) },
      })),
    );
  });
});

describe("a leak", () => {
  test("whose refusal gives the leaker another route is of that route in the end", () => {
    // AS 5 has 1's prefix over 14, 13, 12, 11; its customer 6 leaks that to 7 and so to 8, which has it the long way too.
    // 3, with roles, refuses 8's leak, turns to its provider 2, and gives 5 a shorter route.
    const chain = (asns: readonly number[]): string[] =>
      asns.slice(1).map((provider, index) => `${provider}|${asns[index]}|-1`);
    const lines = [
      ...chain([1, 2]),
      ...chain([3, 2]),
      "3|8|0",
      ...chain([1, 11, 12, 13, 14]),
      ...chain([5, 14]),
      ...chain([5, 3]),
      ...chain([6, 5]),
      ...chain([6, 7, 8]),
      ...chain([1, 21, 22, 23, 24, 25, 26, 27, 28, 8]),
    ];
    const internet = internetOf(readAsRelationships(new TextEncoder().encode(lines.join("\n"))));
    const index = (asn: number): number => indexOf(internet, asn) ?? -1;
    const path = (outcome: Spread, asn: number): number[] =>
      (pathOf(outcome, index(asn)) ?? []).map((hop) => internet.asns[hop] ?? 0);
    expect(path(propagate(internet, [{ by: index(1) }]), 6)).toEqual([5, 14, 13, 12, 11, 1]);
    const withRoles = propagateLeak(internet, index(1), index(6), members(internet, new Set([3, 5])));
    expect(path(withRoles, 6)).toEqual([5, 3, 2, 1]);
    expect(path(withRoles, 8)).toEqual([7, 6, 5, 3, 2, 1]);
  });

  test("of a customer's route is none", () => {
    const internet = internetFrom([
      { one: 2, other: 1, kind: "transit" },
      { one: 3, other: 2, kind: "transit" },
    ]);
    expect(propagateLeak(internet, 0, 1).leaks).toBe(false);
    expect(propagateLeak(internet, 0, 1)).toMatchObject({ from: propagate(internet, [{ by: 0 }]).from });
  });
});

describe("a graph in which an AS is its own provider's provider", () => {
  const cycle = (...asns: readonly number[]): string[] =>
    asns.map((asn, index) => `${asns[(index + 1) % asns.length]}|${asn}|-1`);

  test("is refused with the ASes of every such cycle", () => {
    const lines = [...cycle(10, 11, 12), "12|20|-1", ...cycle(20, 21, 22, 23), "1|10|-1", "23|30|-1", "31|30|-1"];
    const problems = (() => {
      try {
        internetOf(readAsRelationships(new TextEncoder().encode(lines.join("\n"))), "as-rel.txt");
      } catch (error) {
        if (error instanceof ProblemsError) return error.message;
        throw error;
      }
      return "";
    })();
    expectGolden("internet/provider-cycles.txt", `${problems}\n`);
  });

  test("is told from one that has none, however it is made", () => {
    const edges = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })), { minLength: 1 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const known = new Set<string>();
        const sales = pairs.filter(([one, other]) => {
          if (one === other || known.has(`${one} ${other}`) || known.has(`${other} ${one}`)) return false;
          known.add(`${one} ${other}`);
          return true;
        });
        fc.pre(sales.length > 0);
        const above = (from: number, seen = new Set<number>()): Set<number> => {
          for (const [provider, customer] of sales)
            if (customer === from && !seen.has(provider)) above(provider, seen.add(provider));
          return seen;
        };
        const isCyclic = sales.some(([provider]) => above(provider).has(provider));
        const lines = sales.map(([provider, customer]) => `${provider}|${customer}|-1`).join("\n");
        const read = (): Internet => internetOf(readAsRelationships(new TextEncoder().encode(lines)));
        if (isCyclic) expect(read).toThrow("provider-cycle");
        else expect(read().asns.length).toBeGreaterThan(1);
      }),
    );
  });
});
