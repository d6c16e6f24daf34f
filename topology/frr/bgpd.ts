/** bgpd.conf: sessions and originated prefixes. */
import { sessionsOf, type LocalSession } from "../bird/bgp.ts";
import { policyNeighbour, policyOf } from "../bird/neighbour.ts";
import { familyOf } from "../bird/text.ts";
import { rtrServers } from "../services/rtr.ts";
import type { Family } from "../spec.ts";
import type { Neighbour, Policy, Router, Topology } from "../topology.ts";
import { exportMap, importMap, renderPolicy } from "./policy.ts";

export function renderBgpd(topology: Topology, router: Router): string[] {
  const sessions = sessionsOf(topology, router);
  if (sessions.length === 0 && router.originates.length + router.hijacks.length === 0) return [];
  const policy = policyOf(topology, router);
  const neighbours = sessions.map((each) => ({
    ...policyNeighbour(topology, policy, each),
    family: each.session.transport,
  }));
  return [
    ...(policy.originValidation ? renderRpki(topology) : []),
    // Changed filters are applied after a second, not five.
    "bgp route-map delay-timer 1",
    ...renderPolicy(topology, router, policy, neighbours),
    "!",
    `router bgp ${router.asn}`,
    ` bgp router-id ${router.routerId}`,
    " bgp log-neighbor-changes",
    // What waits for a second to go out with other routes may be lost meanwhile, and isn't always withdrawn.
    " coalesce-time 0",
    " no bgp default ipv4-unicast",
    " ! The lowest identifier decides last, not the age of a route.",
    " bgp bestpath compare-routerid",
    ...(policy.multipath ? [" bgp bestpath as-path multipath-relax"] : []),
    ...renderTimers(topology),
    ...sessions.flatMap((each) => [" !", ...renderNeighbour(topology, policy, each)]),
    ...topology.families.flatMap((family) => renderFamily(topology, router, policy, sessions, family)),
    "exit",
  ];
}

function renderTimers({ timers: { hold, keepalive } }: Topology): string[] {
  return [` timers bgp ${hold === 0 ? 0 : keepalive} ${hold}`];
}

function renderNeighbour(topology: Topology, policy: Policy, { near, far }: LocalSession): string[] {
  const at = ` neighbor ${far.address}`;
  const role = roles[near.neighbour];
  return [
    `${at} remote-as ${far.asn}`,
    `${at} description ${near.protocol}`,
    `${at} update-source ${near.address}`,
    `${at} timers connect ${topology.timers.connectRetry}`,
    // A neighbour that left itself out of a path could pass for the origin.
    ...(near.neighbour === "internal" || near.neighbour === "route-server" ? [] : [`${at} enforce-first-as`]),
    ...(role !== undefined && policy.roles ? [`${at} local-role ${role}`] : []),
  ];
}

/** RFC 9234, by what the neighbour is. */
const roles: Readonly<Record<Neighbour, string | undefined>> = {
  provider: "customer",
  customer: "provider",
  peer: "peer",
  "route-server": "rs-client",
  "route-server-client": "rs-server",
  sibling: undefined,
  internal: undefined,
};

function renderFamily(
  topology: Topology,
  router: Router,
  policy: Policy,
  sessions: readonly LocalSession[],
  family: Family,
): string[] {
  const isOfFamily = (prefix: string): boolean => familyOf(prefix) === family;
  return [
    " !",
    ` address-family ${family} unicast`,
    ...router.originates.filter(isOfFamily).map((prefix) => `  network ${prefix} route-map announce`),
    ...router.hijacks
      .filter(({ prefix }) => isOfFamily(prefix))
      .map(
        ({ prefix, behind }) =>
          `  network ${prefix} route-map announce${behind === undefined ? "" : `_behind_${behind}`}`,
      ),
    // FRR's own default is as many as there are.
    ...["", " ibgp"].map((kind) => `  maximum-paths${kind} ${policy.multipath ? 64 : 1}`),
    ...sessions
      .filter(({ session }) => session.families.includes(family))
      .flatMap((each) => renderActivation(topology, policy, each, family)),
    " exit-address-family",
  ];
}

function renderActivation(topology: Topology, policy: Policy, local: LocalSession, family: Family): string[] {
  const { near, far, session } = local;
  const at = `  neighbor ${far.address}`;
  const neighbour = { ...policyNeighbour(topology, policy, local), family };
  const [incoming, outgoing] = [importMap(policy, neighbour), exportMap(policy, neighbour)];
  const limit = near.neighbour === "customer" ? policy.maximumPrefixes : undefined;
  const overSegment = topology.segments.some(({ name }) => name === session.over);
  // What came is kept, to be judged anew when ROAs change, or to be counted though it was refused.
  const keeps = session.kind === "external" && (rtrServers(topology).length > 0 || limit !== undefined);
  return [
    `${at} activate`,
    ...(near.neighbour === "internal" || overSegment ? [`${at} next-hop-self`] : []),
    ...(near.reflectorClient ? [`${at} route-reflector-client`] : []),
    ...(keeps ? [`${at} soft-reconfiguration inbound`] : []),
    ...(limit === undefined ? [] : [`${at} maximum-prefix ${limit} force`]),
    ...(incoming === undefined ? [] : [`${at} route-map ${incoming} in`]),
    ...(outgoing === undefined ? [] : [`${at} route-map ${outgoing} out`]),
  ];
}

/** RTR (RFC 8210), by bgpd's module. */
function renderRpki(topology: Topology): string[] {
  return [
    "!",
    "rpki",
    " rpki polling_period 10",
    " rpki retry_interval 1",
    ...rtrServers(topology).map(({ address, port }, index) => ` rpki cache ${address} ${port} preference ${index + 1}`),
    "exit",
  ];
}
