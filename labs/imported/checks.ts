/** What must hold on any lab of autonomous systems. */
import { announcedPrefixes, establishedSessions, valleyFree } from "../../topology/routes/index.ts";
import type { Router, Topology } from "../../topology/topology.ts";
import { holdsRoutes, parseRoutes, sessionsEstablished } from "../birdc.ts";
import { expectation, seen } from "../expect.ts";
import type { Check, Expectation } from "../lab.ts";

/** Seconds for all routers together to get there. */
const within = 60;

export function importedChecks(topology: Topology): readonly Check[] {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const known = announcedPrefixes(topology);
  const protocols = protocolsOf(topology);
  const withSessions = routers.filter(({ name }) => protocols.has(name));
  const checks: readonly Check[] = [
    {
      name: "sessions-established",
      title: "Every BGP session on every router is Established",
      proves: ["bgp-1"],
      within,
      steps: withSessions.map(({ name }) => ({
        on: name,
        command: "birdc show protocols",
        expect: sessionsEstablished(protocols.get(name) ?? []),
      })),
    },
    {
      name: "tables-as-expected",
      title: "Every AS holds the prefixes that policy gives it, with their AS paths, and no others",
      proves: ["bgp-2"],
      within,
      steps: routers.map(({ name }) => ({
        on: name,
        command: "birdc show route primary all",
        expect: holdsRoutes(topology, name),
      })),
    },
    {
      name: "paths-valley-free",
      title: "No AS path on any router goes up or across once it has gone across or down",
      proves: ["bgp-7"],
      steps: routers.map((router) => ({
        on: router.name,
        command: "birdc show route all",
        expect: pathsValleyFree(topology, router, known),
      })),
    },
  ];
  return checks.filter(({ steps }) => steps.length > 0);
}

/** Of `birdc show route all`: every AS path to a prefix of the lab is valley-free, the routes not in use as well. */
export function pathsValleyFree(topology: Topology, router: Router, known: readonly string[]): Expectation {
  const prefixes = new Set(known);
  return expectation("valley-free AS paths alone", (result) => {
    const routes = parseRoutes(result.stdout).filter(({ prefix }) => prefixes.has(prefix));
    if (routes.length === 0) return seen(result);
    const failures = routes.flatMap(({ prefix, asPath = [] }) => {
      // A route server isn't on any path.
      const path = router.routeServer ? asPath : [router.asn, ...asPath];
      return valleyFree(topology, path) ? [] : [`${prefix} by AS path ${asPath.join(" ")}`];
    });
    if (failures.length === 0) return undefined;
    const rest = failures.length - 5;
    return failures.slice(0, 5).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  });
}

/** Names of BGP protocols by router. */
function protocolsOf(topology: Topology): ReadonlyMap<string, readonly string[]> {
  const protocols = new Map<string, string[]>();
  for (const { ends } of establishedSessions(topology))
    for (const { router, protocol } of ends) protocols.set(router, [...(protocols.get(router) ?? []), protocol]);
  return protocols;
}
