import { describe, expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes } from "../../../topology/routes/index.ts";
import type { NodeSpec, RouterDaemon, TopologySpec } from "../../../topology/spec.ts";
import { limitedLab, withTurnedBackRoute } from "./limited-lab.ts";

/** Whether the session is shut that may bring so many prefixes. */
function isShut(daemons: { readonly upper: RouterDaemon; readonly leaker: RouterDaemon }, limit: number): boolean {
  return expectedRoutes(resolve(withTurnedBackRoute({ maximumPrefixes: limit }, daemons))).shut.length > 0;
}

describe("a limit of prefixes", () => {
  test.each([
    // GoBGP and OpenBGPD count what loops, the others don't.
    ["bird", "bird", 3],
    ["bird", "frr", 3],
    ["gobgp", "bird", 3],
    ["openbgpd", "bird", 3],
  ] as const)("of %s, with a customer that runs %s, counts %d", (upper, leaker, count) => {
    expect([count - 1, count].map((limit) => isShut({ upper, leaker }, limit))).toEqual([true, false]);
  });

  test.each(["gobgp", "openbgpd"] as const)(
    "of %s, between what a customer with FRR sends at least and at most, is refused",
    (upper) => {
      // FRR may give its provider's own prefix back.
      const withLimit = (limit: number) =>
        expectedRoutes(resolve(withTurnedBackRoute({ maximumPrefixes: limit }, { upper, leaker: "frr" })));
      expect(withLimit(4)).toMatchObject({ undecided: [], shut: [] });
      expect(withLimit(3).undecided).toEqual([{ router: "upper", from: "leaker", prefixes: 4, atLeast: 3, limit: 3 }]);
      expect(withLimit(2).undecided).toEqual([]);
      expect(withLimit(2).shut.length).toBe(1);
      expect(() => declare(resolve(withTurnedBackRoute({ maximumPrefixes: 3 }, { upper, leaker: "frr" })), 60)).toThrow(
        /found "3 to 4 prefixes, with a limit of 3", expected a limit of 4 or more, or below 3/,
      );
    },
  );

  test("of FRR's that is passed by one is refused, for it shuts the session late", () => {
    const with2 = resolve(withTurnedBackRoute({ maximumPrefixes: 2 }, { upper: "frr", leaker: "bird" }));
    expect(expectedRoutes(with2).undecided).toEqual([
      { router: "upper", from: "leaker", prefixes: 3, atLeast: 3, limit: 2 },
    ]);
    let message = "";
    try {
      declare(with2, 60);
    } catch (error) {
      message = error instanceof ProblemsError ? error.message : "";
    }
    expect(message).toMatch(
      /nodes\.upper, session with leaker: found "3 prefixes", expected at most 2 prefixes, or 4 or more/,
    );
    for (const limit of [1, 3])
      declare(resolve(withTurnedBackRoute({ maximumPrefixes: limit }, { upper: "frr", leaker: "bird" })), 60);
  });
});

describe("BGP roles of OpenBGPD", () => {
  /** `upper` has roles and a customer that leaks and has none. */
  const viaCustomer = (daemon: RouterDaemon): boolean => {
    const spec = limitedLab({ roles: true });
    const upper = { ...spec.nodes["upper"], daemon } as NodeSpec;
    const mixed: TopologySpec = { ...spec, nodes: { ...spec.nodes, upper } };
    return expectedRoutes(resolve(mixed)).routes.get("upper")?.get("192.0.2.0/24")?.from === "leaker";
  };

  test("mark and refuse only where both sides have them", () => {
    // What origin, which has roles, gave the leaker is marked: BIRD and FRR refuse it from a customer.
    expect(viaCustomer("bird")).toBe(false);
    expect(viaCustomer("frr")).toBe(false);
    expect(viaCustomer("openbgpd")).toBe(true);
  });
});
