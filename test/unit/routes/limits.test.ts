import { expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { resolve } from "../../../topology/resolve.ts";
import { establishedSessions, expectedRoutes } from "../../../topology/routes/index.ts";
import type { PolicySpec } from "../../../topology/spec.ts";
import { limitedLab } from "./limited-lab.ts";

function shut(policy: PolicySpec): { readonly shut: readonly string[]; readonly path: readonly number[] | undefined } {
  const topology = resolve(limitedLab(policy));
  const expected = expectedRoutes(topology);
  return {
    shut: expected.shut.map(({ ends }) => ends.map(({ router }) => router).join(" ")),
    path: expected.routes.get("upper")?.get("192.0.2.0/24")?.path,
  };
}

test("a session is shut when a customer sends one prefix more than it may, and routes go round it", () => {
  // Its own prefix, that of its own customer, and by the leak the other provider's.
  expect(shut({ maximumPrefixes: 3 })).toEqual({ shut: [], path: [64502, 64503] });
  expect(shut({ maximumPrefixes: 2 })).toEqual({ shut: ["upper leaker"], path: [64504, 64503] });
});

test("what the import filter refuses counts too", () => {
  expect(shut({ maximumPrefixes: 3, customerPrefixes: true })).toEqual({ shut: [], path: [64504, 64503] });
  expect(shut({ maximumPrefixes: 2, customerPrefixes: true })).toEqual({
    shut: ["upper leaker"],
    path: [64504, 64503],
  });
});

test("nobody waits for a session that is shut", () => {
  const topology = resolve(limitedLab({ maximumPrefixes: 2 }));
  expect(establishedSessions(topology)).toHaveLength(topology.sessions.length - 1);
  const { readiness } = declare(topology, 60);
  const sessions = Object.fromEntries(readiness.routers.map((router) => [router.node, Object.keys(router.sessions)]));
  expect(sessions["upper"]).toEqual(["peer_v4"]);
  expect(sessions["leaker"]).not.toContain("upper_v4");
});
