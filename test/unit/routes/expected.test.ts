import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolve } from "../../../topology/resolve.ts";
import { announcedPrefixes, expectedRoutes, possibleRoutes } from "../../../topology/routes/index.ts";
import type { Expected, ExpectedRoute } from "../../../topology/routes/index.ts";
import type { Topology } from "../../../topology/topology.ts";
import { randomLabs } from "./random-labs.ts";
import { Slow, type SlowRoute, type SlowState } from "./slow.ts";

/** What is compared of a route. */
function seen(route: ExpectedRoute | undefined): unknown {
  if (route === undefined) return undefined;
  const { path, learnedFrom, protocol, from, nextHop, localPreference } = route;
  return { path, learnedFrom, protocol, from, nextHop, localPreference };
}

function seenSlow(route: SlowRoute | undefined): unknown {
  if (route === undefined) return undefined;
  const { path, kind, via, nextHop, localPreference } = route;
  return {
    path,
    learnedFrom: kind === "client" ? "route-server-client" : kind,
    protocol: via?.near.protocol ?? "",
    from: via?.far.router ?? "",
    nextHop,
    localPreference,
  };
}

function routerNames(topology: Topology): string[] {
  return topology.nodes.flatMap((node) => (node.kind === "router" ? [node.name] : []));
}

/** What the routers hold in one of the stable states. */
function asExpected(expected: Expected, names: readonly string[], prefix: string, state: number): unknown[] {
  return names.map((name) => seen(possibleRoutes(expected, name, prefix)[state]));
}

describe("expected routes", () => {
  test("are those in which the obvious computation rests, on random internets with ordinary preferences", () => {
    fc.assert(
      fc.property(randomLabs({ families: ["ipv4"], ases: 6, routers: 4, wild: false, validation: true }), (spec) => {
        const topology = resolve(spec);
        const expected = expectedRoutes(topology);
        expect(expected.unstable).toEqual([]);
        const names = routerNames(topology);
        for (const prefix of announcedPrefixes(topology)) {
          const slow = new Slow(topology, prefix).rest(100);
          expect([prefix, expected.alternatives.has(prefix)]).toEqual([prefix, false]);
          const held = names.map((name) => seen(expected.routes.get(name)?.get(prefix)));
          expect([prefix, ...held]).toEqual([prefix, ...names.map((name) => seenSlow(slow?.get(name)))]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("are stable by the obvious computation where preferences and leaks are wild, and hold what it finds", () => {
    fc.assert(
      fc.property(randomLabs({ families: ["ipv4"], ases: 5, routers: 2, wild: true, validation: true }), (spec) => {
        const topology = resolve(spec);
        const expected = expectedRoutes(topology);
        const names = routerNames(topology);
        const never = new Set(expected.unstable.flatMap(({ prefixes }) => prefixes));
        for (const prefix of announcedPrefixes(topology)) {
          const slow = new Slow(topology, prefix);
          const rest = slow.rest(60);
          const wanted = rest === undefined ? undefined : names.map((name) => seenSlow(rest.get(name)));
          if (never.has(prefix)) {
            expect(wanted).toBeUndefined();
            continue;
          }
          const states = possibleRoutes(expected, names[0] ?? "", prefix).map((_, state) =>
            asExpected(expected, names, prefix, state),
          );
          if (wanted !== undefined && !expected.perhapsMore.includes(prefix)) expect(states).toContainEqual(wanted);
          for (const state of states) expect(state).toEqual(afterRound(slow, names, state));
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** What the routers hold after a round that begins in `state`, which is brought about by letting only its sessions speak. */
function afterRound(slow: Slow, names: readonly string[], state: readonly unknown[]): unknown[] {
  const held = slow.along(
    new Map(names.map((name, index) => [name, (state[index] as { protocol: string } | undefined)?.protocol])),
  );
  const next: SlowState = slow.round(held);
  return names.map((name) => seenSlow(next.get(name)));
}
