/** Gao–Rexford policy as OpenBGPD's filter rules, by the same numbers as BIRD's filters. */
import type { LocalSession } from "../bird/bgp.ts";
import { forwarderAddress, hasForwarder } from "../bird/forwarder.ts";
import { policyNeighbour } from "../bird/neighbour.ts";
import { exportFilter, localPreference, tagNumber } from "../bird/policy.ts";
import type { Policy, Router, Topology } from "../topology.ts";

type Kind = "customer" | "peer" | "provider";

/** Name of the group of neighbours that are treated alike. */
export function groupOf(policy: Policy, { near, far }: LocalSession): string {
  switch (near.neighbour) {
    case "customer":
    case "peer":
    case "provider":
    case "route-server": {
      const own = policy.localPreferences[far.asn] !== undefined;
      const alone = own || (policy.customerPrefixes && near.neighbour === "customer");
      const kind = near.neighbour.replaceAll("-", "_");
      return alone ? `${kind}_${far.asn}` : `${kind}s`;
    }
    case "sibling":
      return `sibling_${far.asn}`;
    case "route-server-client":
      return "clients";
    case "internal":
      // The daemons' features rule it out.
      throw new Error(`OpenBGPD can't have an internal session with ${far.router}`);
  }
}

/** Prefix sets, of both families, of what customers may send. */
export function coneSets(topology: Topology, policy: Policy, sessions: readonly LocalSession[]): string[] {
  const sets = new Map(
    sessions.flatMap((session): [number, readonly string[]][] => {
      const { asn, prefixes } = policyNeighbour(topology, policy, session);
      return prefixes === undefined || prefixes.length === 0 ? [] : [[asn, prefixes]];
    }),
  );
  return [...sets].flatMap(([asn, prefixes]) => [
    `# What AS ${asn} and its customers originate.`,
    `prefix-set cone_${asn} {${prefixes.map((prefix) => ` ${prefix}`).join("")} }`,
    "",
  ]);
}

/** The last rule that matches decides; what a rule sets is set at once. Without one everything is denied. */
export function renderFilters(
  topology: Topology,
  router: Router,
  policy: Policy,
  sessions: readonly LocalSession[],
): string[] {
  const own = (kind: keyof typeof tagNumber): string => `large-community ${router.asn}:1:${tagNumber[kind]}`;
  const set = (kind: Kind, preference: number): string => `set { localpref ${preference} ${own(kind)} }`;
  const groups = new Map(sessions.map((session) => [groupOf(policy, session), session]));
  const lines: string[] = [];
  if (policy.originValidation) lines.push("deny quick from ebgp ovs invalid");
  if (!router.routeServer)
    lines.push(
      "# Nobody else speaks in our name: what a route was learned from travels with it as a large community, AS:1:x.",
      `match from ebgp set large-community delete ${router.asn}:*:*`,
    );
  for (const [name, session] of groups) {
    const { near, far } = session;
    const from = `from group "${name}"`;
    // A set can't be empty.
    if (policyNeighbour(topology, policy, session).prefixes?.length === 0) continue;
    switch (near.neighbour) {
      case "customer":
      case "peer":
      case "provider":
      case "route-server": {
        const kind = near.neighbour === "route-server" ? "peer" : near.neighbour;
        const only = policy.customerPrefixes && kind === "customer" ? ` prefix-set cone_${far.asn}` : "";
        lines.push(`allow ${from}${only} ${set(kind, policy.localPreferences[far.asn] ?? localPreference[kind])}`);
        break;
      }
      case "sibling":
        for (const kind of ["provider", "peer", "customer"] as const) {
          const learned = kind === "customer" ? "" : ` large-community ${far.asn}:1:${tagNumber[kind]}`;
          lines.push(
            `allow quick ${from}${learned} set { localpref ${localPreference[kind]} ${own("sibling")} ${own(kind)} }`,
          );
        }
        break;
      case "route-server-client":
        lines.push(`allow ${from}`);
        break;
      case "internal":
        break;
    }
  }
  for (const [name, { near }] of groups) {
    const to = `to group "${name}"`;
    const filter = exportFilter(policy, { neighbour: near.neighbour });
    if (filter === "filter to_peer" || filter === "filter to_provider")
      lines.push(`allow ${to} ${own("originated")}`, `allow ${to} ${own("customer")}`);
    else lines.push(`allow ${to}`);
  }
  if (hasForwarder(router)) lines.push(`allow to ${forwarderAddress}`);
  return lines;
}
