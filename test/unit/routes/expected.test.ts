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

/** A stable state of `expected`, made of whatever `slow` says of these routes when it looks again and again. */
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
          // Reflectors may give several stable states.
          const states = possibleRoutes(expected, names[0] ?? "", prefix).map((_, state) =>
            asExpected(expected, names, prefix, state),
          );
          const wanted = slow === undefined ? undefined : names.map((name) => seenSlow(slow.get(name)));
          if (states.length === 1) expect([prefix, ...(states[0] ?? [])]).toEqual([prefix, ...(wanted ?? [])]);
          else if (wanted !== undefined) expect(states).toContainEqual(wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("are stable by the obvious computation where preferences and leaks are wild, and all that it finds", () => {
    let several = 0;
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
          several += states.length - 1;
          if (states.length === 1 && wanted !== undefined) expect(states[0]).toEqual(wanted);
          for (const state of states) expect(state).toEqual(afterRound(slow, names, state));
        }
      }),
      { numRuns: 300 },
    );
    expect(several).toBeGreaterThan(0);
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
