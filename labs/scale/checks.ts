import type { Topology } from "../../topology/topology.ts";
import { parseRoutes, sessionsEstablished } from "../birdc.ts";
import { expectation, seen } from "../expect.ts";
import type { Check, Expectation } from "../lab.ts";

export function scaleChecks(topology: Topology): readonly Check[] {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const prefixes = routers.flatMap(({ originates }) => originates);
  const sessions = new Map<string, string[]>(routers.map(({ name }) => [name, []]));
  for (const { router, protocol } of topology.sessions.flatMap(({ ends }) => ends))
    sessions.get(router)?.push(protocol);
  return [
    {
      name: "sessions-established",
      title: "Every BGP session on every router is Established",
      proves: [],
      within: 30,
      steps: routers.map(({ name }) => ({
        on: name,
        command: "birdc show protocols",
        expect: sessionsEstablished(sessions.get(name) ?? []),
      })),
    },
    {
      name: "tables-full",
      title: "Every router holds a route to every router's prefix",
      proves: [],
      within: 30,
      steps: routers.map(({ name }) => ({
        on: name,
        command: "birdc show route primary",
        expect: holdsEvery(prefixes),
      })),
    },
  ];
}

/** Of `birdc show route primary`: there is a route to each of them. */
export function holdsEvery(prefixes: readonly string[]): Expectation {
  return expectation(`routes to all ${prefixes.length} prefixes`, (result) => {
    const held = new Set(parseRoutes(result.stdout).map(({ prefix }) => prefix));
    if (held.size === 0) return seen(result);
    const missing = prefixes.filter((prefix) => !held.has(prefix));
    if (missing.length === 0) return undefined;
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    return `none to ${missing.slice(0, 5).join(", ")}${more}`;
  });
}
