import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAsRelationships } from "../../../topology/import/caida/index.ts";
import { indexOf, internetOf, learned, pathOf, propagate } from "../../../topology/internet/index.ts";
import type { Internet, Outcome } from "../../../topology/internet/index.ts";
import { ProblemsError } from "../../../topology/problem.ts";
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

/** ASNs 64500 and on, none its own provider's provider; in an order of their own, so that numbers tell nothing. */
const graphs = fc.integer({ min: 3, max: 9 }).chain((count) => {
  const ranks = Array.from({ length: count }, (_, index) => index);
  const pairs = ranks.flatMap((one) => ranks.slice(one + 1).map((other) => [one, other] as const));
  return fc
    .record({
      order: fc.shuffledSubarray(ranks, { minLength: count, maxLength: count }),
      kinds: fc.array(fc.constantFrom("transit", "transit", "peer", undefined, undefined), {
        minLength: pairs.length,
        maxLength: pairs.length,
      }),
    })
    .map(({ order, kinds }) => {
      const relations = pairs.flatMap(([one, other], index): SlowRelation[] => {
        const kind = kinds[index];
        const asn = (rank: number): number => 64500 + (order[rank] ?? 0);
        return kind === undefined ? [] : [{ one: asn(one), other: asn(other), kind }];
      });
      const ases = [...new Set(relations.flatMap(({ one, other }) => [one, other]))].sort((one, other) => one - other);
      return { ases, relations };
    })
    .filter(({ ases }) => ases.length >= 3);
});

function internetFrom(relations: readonly SlowRelation[]): Internet {
  const lines = relations.map(({ one, other, kind }) => `${one}|${other}|${kind === "transit" ? -1 : 0}`);
  return internetOf(readAsRelationships(new TextEncoder().encode(lines.join("\n"))));
}

function members(internet: Internet, asns: ReadonlySet<number>): Uint8Array {
  return Uint8Array.from(internet.asns, (asn) => (asns.has(asn) ? 1 : 0));
}

function fast(internet: Internet, { announcements, policies }: Case): Outcome {
  const index = (asn: number): number => indexOf(internet, asn) ?? -1;
  return propagate(
    internet,
    announcements.map(({ asn, behind, invalid }) => ({
      by: index(asn),
      behind,
      validity: invalid ? ("invalid" as const) : ("valid" as const),
    })),
    {
      validating: members(internet, policies.validating),
      roles: members(internet, policies.roles),
      pathEnd: members(internet, policies.pathEnd),
      pathEndRecords: policies.records,
    },
    policies.leaker === undefined ? undefined : index(policies.leaker),
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

/** Both computations, as text that can be compared; `undefined` of the slow one where nothing settles. */
function both(given: Case): { readonly fast: object | undefined; readonly slow: object | undefined } {
  const internet = internetFrom(given.relations);
  const slow = slowRoutes(given.ases, given.relations, given.announcements, given.policies);
  let outcome: Outcome | undefined;
  try {
    outcome = fast(internet, given);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
  }
  return {
    fast: outcome === undefined ? undefined : told(internet, outcome, given.announcements),
    slow:
      slow === undefined
        ? undefined
        : Object.fromEntries(
            [...slow].map(([asn, { kind, announcement, path }]) => [asn, { kind, announcement, path }]),
          ),
  };
}

function agree(cases: fc.Arbitrary<Case>, numRuns = 2000): void {
  fc.assert(
    fc.property(cases, (given) => {
      const { fast: outcome, slow } = both(given);
      expect(slow, "routes settle").toBeDefined();
      expect(outcome).toEqual(slow);
    }),
    { numRuns },
  );
}

/** A case of some graph, whose ASes come in an order that the test may use: victim, attacker, leaker, and so on. */
function cases(
  make: (given: { ases: readonly number[]; order: readonly number[]; some: readonly (readonly number[])[] }) => Omit<
    Case,
    "ases" | "relations"
  >,
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
      cases(({ order }) => ({ announcements: [announce(order[0]), announce(order[1], [order[0] ?? 0])], policies: none })),
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
