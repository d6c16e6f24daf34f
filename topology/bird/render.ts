/** A router's configuration for BIRD 2 (2.0.11 or newer). Pure: text out of the topology. */
import type { Router, Topology } from "../topology.ts";
import { renderSession, renderTemplate, sessionsOf } from "./bgp.ts";
import { renderOspf } from "./ospf.ts";
import { renderKernel, renderOrigins } from "./origins.ts";
import { renderPolicy } from "./policy.ts";

/**
 * The text of `bird.conf` for one router: BGP sessions with Gao–Rexford policy, OSPF inside the AS, originated
 * prefixes, and the kernel's tables. For `bird -f -c bird.conf`: it logs to standard error.
 */
export function renderBird(topology: Topology, router: Router): string {
  const sessions = sessionsOf(topology, router);
  const neighbours = sessions.map(({ near, far }) => ({ neighbour: near.neighbour, asn: far.asn }));
  const title = topology.autonomousSystems.find(({ name }) => name === router.as)?.title ?? router.as;
  const lines = [
    `# ${router.name}: AS ${router.asn}, ${title}`,
    `router id ${router.routerId};`,
    "log stderr all;",
    "debug protocols { states };",
    "",
    ...(router.routeServer ? renderSortedTables(topology) : []),
    ...renderPolicy(router.asn, neighbours, { originates: router.originates.length > 0 }),
    "protocol device {}",
    "",
    ...renderKernel(topology, router),
    ...renderOrigins(topology, router),
    ...renderOspf(topology, router),
    ...(sessions.length > 0 ? renderTemplate(topology.timers) : []),
    ...sessions.flatMap((session) => [...renderSession(topology, session), ""]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function renderSortedTables(topology: Topology): string[] {
  return [
    "# All routes in order of preference, so that each client can be given the best one that isn't its own.",
    ...topology.families.map((family) => `${family} table ${family === "ipv4" ? "master4" : "master6"} sorted;`),
    "",
  ];
}
