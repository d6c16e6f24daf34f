/** BGP sessions (RFC 4271), with roles (RFC 9234), route reflection (RFC 4456) and route servers (RFC 7947). */
import { rtrServers } from "../services/rtr.ts";
import type { Neighbour, Policy, Router, Session, SessionEnd, Timers, Topology } from "../topology.ts";
import { policyNeighbour } from "./neighbour.ts";
import { exportFilter, importFilter, role } from "./policy.ts";
import { block } from "./text.ts";

/** A session as one of its routers sees it. */
export interface LocalSession {
  readonly session: Session;
  readonly near: SessionEnd;
  readonly far: SessionEnd;
}

export function sessionsOf(topology: Topology, router: Router): LocalSession[] {
  return topology.sessions.flatMap((session) => {
    const [a, b] = session.ends;
    if (a.router === router.name) return [{ session, near: a, far: b }];
    if (b.router === router.name) return [{ session, near: b, far: a }];
    return [];
  });
}

/** What all sessions of the router share. */
export function renderTemplate(timers: Timers): string[] {
  const times = [`hold time ${timers.hold};`];
  if (timers.hold > 0) times.push(`keepalive time ${timers.keepalive};`);
  return [
    ...block("template bgp session", [
      ...times,
      `connect delay time ${timers.connectDelay};`,
      `connect retry time ${timers.connectRetry};`,
      "error wait time 1, 4;",
    ]),
    "",
  ];
}

export function renderSession(topology: Topology, policy: Policy, local: LocalSession): string[] {
  const { session, near, far } = local;
  const overSegment = topology.segments.some(({ name }) => name === session.over);
  const body = [
    `description "${described(near.neighbour)} ${far.router}, AS ${far.asn}";`,
    `local ${near.address} as ${near.asn};`,
    `neighbor ${far.address} as ${far.asn};`,
  ];
  // A neighbour that left itself out of a path could pass for the origin.
  if (session.kind === "external" && near.neighbour !== "route-server") body.push("enforce first as on;");
  const ownRole = role(near.neighbour);
  if (ownRole !== undefined && policy.roles) body.push(`local role ${ownRole};`);
  if (near.neighbour === "route-server-client") body.push("rs client;  # stays out of the AS path");
  if (near.neighbour === "internal") {
    if (session.over === undefined) body.push("multihop;  # between loopbacks");
    if (near.reflectorClient) body.push("rr client;  # gets routes of other internal routers too (RFC 4456)");
  }
  for (const family of session.families) {
    const neighbour = policyNeighbour(topology, policy, local);
    const channel = [`import ${importFilter(policy, neighbour)};`, `export ${exportFilter(policy, neighbour)};`];
    const limit = near.neighbour === "customer" ? policy.maximumPrefixes : undefined;
    // Also where nobody validates yet: to set it later restarts the session.
    if (session.kind === "external" && rtrServers(topology).length > 0)
      channel.push("import table on;  # what came is kept, to be judged anew when ROAs change");
    else if (limit !== undefined) channel.push("import table on;  # what the filter refuses counts too");
    if (limit !== undefined) channel.push(`receive limit ${limit} action disable;`);
    if (near.neighbour === "internal")
      channel.push("next hop self ebgp;  # others inside needn't know the links to other ASes");
    else if (near.neighbour === "route-server-client")
      channel.push("secondary;  # the next best route for the client that the best one came from");
    else if (overSegment) channel.push("next hop self;  # packets go the way the AS path says");
    body.push(...block(family, channel, ";"));
  }
  return block(`protocol bgp ${near.protocol} from session`, body);
}

function described(neighbour: Neighbour): string {
  return neighbour === "route-server" || neighbour === "route-server-client"
    ? neighbour.replaceAll("-", " ")
    : neighbour === "internal"
      ? "internal router"
      : neighbour;
}
