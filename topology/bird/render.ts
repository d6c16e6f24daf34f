/** A router's configuration for BIRD 2 (2.0.11 or newer). Pure: text out of the topology. */
import type { Router, Topology } from "../topology.ts";
import { renderSession, renderTemplate, sessionsOf } from "./bgp.ts";
import { renderOspf } from "./ospf.ts";
import { renderKernel, renderOrigins } from "./origins.ts";
import { neighbouringAses } from "../routing/cone.ts";
import { policyNeighbour, policyOf } from "./neighbour.ts";
import { renderPolicy } from "./policy.ts";
import { renderRtr } from "./rtr.ts";

/**
 * The text of `bird.conf` for one router: BGP sessions with Gao–Rexford policy, OSPF inside the AS, originated
 * prefixes, and the kernel's tables. For `bird -f -c bird.conf`: it logs to standard error.
 */
export function renderBird(topology: Topology, router: Router): string {
  const sessions = sessionsOf(topology, router);
  const policy = policyOf(topology, router);
  const neighbours = sessions.map((session) => policyNeighbour(topology, policy, session));
  const title = topology.autonomousSystems.find(({ name }) => name === router.as)?.title ?? router.as;
  const lines = [
    `# ${router.name}: AS ${router.asn}, ${title}`,
    `router id ${router.routerId};`,
    "log stderr all;",
    "debug protocols { states };",
    "",
    ...(router.routeServer ? renderSortedTables(topology) : []),
    ...renderRtr(topology, policy),
    ...renderPolicy(router.asn, policy, neighbours, {
      originates: router.originates.length + router.hijacks.length > 0,
      behind: [...new Set(router.hijacks.flatMap(({ behind }) => behind ?? []))],
      pathEnds: new Map(policy.pathEnd.map((asn) => [asn, [...neighbouringAses(topology, asn)]])),
      families: topology.families,
    }),
    "protocol device {}",
    "",
    ...renderKernel(topology, router),
    ...renderOrigins(topology, router),
    ...renderOspf(topology, router),
    ...(sessions.length > 0 ? renderTemplate(topology.timers) : []),
    ...sessions.flatMap((session) => [...renderSession(topology, policy, session), ""]),
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
