import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ring, grid } from "../../../topology/generators.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes, valleyFree } from "../../../topology/routes/index.ts";
import { internet, internets } from "./internets.ts";
import { slowRoutes } from "./slow.ts";

describe("expected routes", () => {
  test("are those of the slow fixed point, on random internets with siblings, anycast and an exchange", () => {
    fc.assert(
      fc.property(internets, (spec) => {
        const topology = resolve(spec);
        const expected = expectedRoutes(topology);
        const routers = topology.nodes.filter((node) => node.kind === "router");
        for (const prefix of new Set(routers.flatMap((router) => router.originates))) {
          const origins = routers.filter(({ originates }) => originates.includes(prefix)).map(({ asn }) => asn);
          const slow = slowRoutes(topology, "ipv4", origins);
          for (const router of routers) {
            if (router.routeServer) continue;
            const route = expected.get(router.name)?.get(prefix);
            const held = slow.get(router.asn);
            expect([prefix, router.name, route?.learnedFrom, route?.length]).toEqual([
              prefix,
              router.name,
              held?.kind,
              held?.path.length,
            ]);
            if (held !== undefined) expect(route?.accepts(held.path)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test("have only valley-free paths, each of which they accept", () => {
    fc.assert(
      fc.property(internets, (spec) => {
        const topology = resolve(spec);
        for (const [name, routes] of expectedRoutes(topology))
          for (const route of routes.values()) {
            const router = topology.nodes.find((node) => node.name === name);
            const own = router?.kind === "router" && !router.routeServer ? [router.asn] : [];
            expect(route.paths().length).toBeGreaterThan(0);
            for (const path of route.paths()) {
              expect(valleyFree(topology, [...own, ...path])).toBe(true);
              expect(route.accepts(path)).toBe(true);
              expect(route.accepts([...path, 1])).toBe(false);
              expect(route.acceptsBeginning(path.slice(0, -1))).toBe(true);
            }
          }
      }),
      { numRuns: 100 },
    );
  });

  test("of a route that a peer gave aren't there at another peer or at a provider", () => {
    // a0 is the provider of a1; a1 peers with a2 and a3; a4 is a1's customer.
    const edges = [
      { one: 0, other: 1, kind: "transit" },
      { one: 1, other: 2, kind: "peer" },
      { one: 1, other: 3, kind: "peer" },
      { one: 1, other: 4, kind: "transit" },
    ] as const;
    const expected = expectedRoutes(resolve(internet(5, edges, [], [2])));
    const path = (router: string, prefix: string) => expected.get(router)?.get(prefix)?.paths();
    expect(path("r1", "172.16.2.0/24")).toEqual([[64602]]);
    expect(path("r4", "172.16.2.0/24")).toEqual([[64601, 64602]]);
    expect(path("r0", "172.16.2.0/24")).toBeUndefined();
    expect(path("r3", "172.16.2.0/24")).toBeUndefined();
    expect(path("r3", "172.16.4.0/24")).toEqual([[64601, 64604]]);
  });

  test("at a route server are its clients' shortest", () => {
    const edges = [{ one: 0, other: 2, kind: "transit" }] as const;
    const expected = expectedRoutes(resolve(internet(3, edges, [0, 1, 2], [2])));
    expect(expected.get("rs")?.get("172.16.2.0/24")?.paths()).toEqual([[64602]]);
    expect(expected.get("r1")?.get("172.16.2.0/24")?.paths()).toEqual([[64602]]);
    expect(expected.get("r0")?.get("172.16.2.0/24")?.learnedFrom).toBe("customer");
  });

  test("of a grid are many, and listed up to a limit", () => {
    const route = expectedRoutes(resolve(grid(6, 6)))
      .get("r0")
      ?.get("172.16.35.0/24");
    expect(route?.length).toBe(10);
    expect(route?.paths(5)).toHaveLength(5);
  });

  test("of a ring of 200 take less than 0.3 seconds", () => {
    const topology = resolve(ring(200));
    expectedRoutes(resolve(ring(20)));
    const start = performance.now();
    const expected = expectedRoutes(topology);
    const took = performance.now() - start;
    expect(expected.get("r7")?.size).toBe(200);
    expect(took).toBeLessThan(300);
  });
});

describe("a path", () => {
  // a0 and a1 peer; each has a customer (a2, a3); a3 and a4 are siblings; a4 is a customer of a0 as well.
  const topology = resolve(
    internet(
      5,
      [
        { one: 0, other: 1, kind: "peer" },
        { one: 0, other: 2, kind: "transit" },
        { one: 1, other: 3, kind: "transit" },
        { one: 3, other: 4, kind: "sibling" },
        { one: 0, other: 4, kind: "transit" },
      ],
      [],
      [0],
    ),
  );
  const [a0, a1, a2, a3, a4] = [64600, 64601, 64602, 64603, 64604];
  test.each([
    [[a2, a0, a1, a3], true],
    [[a2, a0, a1, a3, a4], true],
    [[a2, a0, a0, a0, a1], true],
    [[], true],
    [[a2], true],
    [[a0, a4, a3, a1], false],
    [[a1, a3, a4, a0], false],
    [[a2, a1], false],
    [[a2, a0, a2], false],
    [[a2, 65000], false],
  ])("%j is valley-free: %s", (path, expected) => {
    expect(valleyFree(topology, path)).toBe(expected);
  });
});
