import { describe, expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes, possibleRoutes } from "../../../topology/routes/index.ts";
import type { RelationSpec, TopologySpec } from "../../../topology/spec.ts";

/**
 * ASes in a ring of peers, each of which prefers the way through the next one to its own customer, who is the same for
 * all (Griffin and Wilfong's gadgets, by local preference).
 */
function gadget(count: number): TopologySpec {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const next = (index: number): string => `p${(index + 1) % count}`;
  const pairs = count === 2 ? [["p0", "p1"] as const] : names.map((name, index) => [name, next(index)] as const);
  return {
    families: ["ipv4"],
    autonomousSystems: {
      customer: { asn: 64500 },
      ...Object.fromEntries(
        names.map((name, index) => [
          name,
          { asn: 64501 + index, policy: { localPreferences: { [next(index)]: 350 } } },
        ]),
      ),
    },
    nodes: {
      customer: { kind: "router", as: "customer", originates: ["192.0.2.0/24", "198.51.100.0/24"] },
      ...Object.fromEntries(names.map((name) => [name, { kind: "router", as: name, originates: [] }])),
    },
    links: [...names.map((name) => ({ ends: [name, "customer"] as const })), ...pairs.map((ends) => ({ ends }))],
    relations: [
      ...names.map((provider): RelationSpec => ({ kind: "transit", provider, customer: "customer" })),
      ...pairs.map((between): RelationSpec => ({ kind: "peer", between })),
    ],
  };
}

describe("BAD GADGET", () => {
  const topology = resolve(gadget(3));
  const expected = expectedRoutes(topology);

  test("has no stable state, and its routers and their paths are named", () => {
    expect(expected.unstable).toHaveLength(1);
    const [unstable] = expected.unstable;
    expect(unstable?.prefixes).toEqual(["192.0.2.0/24", "198.51.100.0/24"]);
    expect(unstable?.exhaustive).toBe(true);
    expect(unstable?.routers.map(({ router }) => router)).toEqual(["p0", "p1", "p2"]);
    for (const [index, { paths }] of unstable?.routers.entries() ?? [])
      expect(new Set(paths.map((path) => path?.join(" ")))).toEqual(
        new Set(["64500", `${64501 + ((index + 1) % 3)} 64500`]),
      );
    expect(expected.routes.get("p0")?.has("192.0.2.0/24")).toBe(false);
  });

  test("isn't brought up", () => {
    expect(() => declare(topology, 60)).toThrow(ProblemsError);
    expect(() => declare(topology, 60)).toThrow(
      /routes to 192\.0\.2\.0\/24, 198\.51\.100\.0\/24: .*p0 between AS path/,
    );
  });

  test("of five has none either, and of four it has two", () => {
    expect(expectedRoutes(resolve(gadget(5))).unstable.map(({ exhaustive }) => exhaustive)).toEqual([true]);
    const four = expectedRoutes(resolve(gadget(4)));
    expect(four.unstable).toEqual([]);
    expect(possibleRoutes(four, "p0", "192.0.2.0/24")).toHaveLength(2);
  });
});

test("DISAGREE has two stable states, and a lab may come to either", () => {
  const topology = resolve(gadget(2));
  const expected = expectedRoutes(topology);
  expect(expected.unstable).toEqual([]);
  const paths = (router: string): string[] =>
    possibleRoutes(expected, router, "192.0.2.0/24").map((route) => route?.path.join(" ") ?? "none");
  expect(
    paths("p0")
      .map((path, state) => [path, paths("p1")[state]])
      .sort(),
  ).toEqual([
    ["64500", "64501 64500"],
    ["64502 64500", "64500"],
  ]);
  expect(() => declare(topology, 60)).not.toThrow();
});
