/** A router's configuration for OpenBGPD 7.7: bgpd.conf. Pure. */
import { sessionsOf, type LocalSession } from "../bird/bgp.ts";
import { birdProcess, forwarderAddress, hasForwarder, renderForwarder, speakerAddress } from "../bird/forwarder.ts";
import { policyOf } from "../bird/neighbour.ts";
import { localPreference, tagNumber } from "../bird/policy.ts";
import { block } from "../bird/text.ts";
import type { RenderedRouter } from "../daemons/rendered.ts";
import { rtrServers } from "../services/rtr.ts";
import type { Neighbour, Policy, Router, Topology } from "../topology.ts";
import { coneSets, groupOf, renderFilters } from "./filters.ts";

/** In the node's directory. */
export const openbgpdFile = "openbgpd/bgpd.conf";

export function renderOpenbgpd(topology: Topology, router: Router): RenderedRouter {
  const forwards = hasForwarder(router);
  return {
    files: {
      [openbgpdFile]: configuration(topology, router),
      ...(forwards ? { [birdProcess.reads[0]]: renderForwarder(topology, router, false) } : {}),
    },
    processes: [
      ...(forwards ? [birdProcess] : []),
      {
        name: "openbgpd",
        // It isn't FRR's daemon of the same name.
        command: ["/usr/sbin/bgpd", "-d", "-v", "-f", openbgpdFile],
        reads: [openbgpdFile],
        reload: { kind: "signal", signal: "HUP" },
        // With the number of a routing domain.
        socket: "openbgpd-run/bgpd.sock.0",
        changesUser: true,
      },
    ],
    mounts: { "/run/openbgpd": "openbgpd-run" },
  };
}

function configuration(topology: Topology, router: Router): string {
  const policy = policyOf(topology, router);
  const sessions = sessionsOf(topology, router);
  const { hold, connectRetry } = topology.timers;
  const forwards = hasForwarder(router);
  const groups = new Map<string, LocalSession[]>();
  for (const session of sessions) {
    const name = groupOf(policy, session);
    groups.set(name, [...(groups.get(name) ?? []), session]);
  }
  const lines = [
    `# ${router.name}: AS ${router.asn}`,
    `AS ${router.asn}`,
    `router-id ${router.routerId}`,
    "fib-update no",
    `holdtime ${hold}`,
    `connect-retry ${connectRetry}`,
    ...(router.routeServer ? ["transparent-as yes"] : []),
    "",
    ...(policy.originValidation
      ? rtrServers(topology).flatMap(({ address, port }) => [...block(`rtr ${address}`, [`port ${port}`]), ""])
      : []),
    ...coneSets(topology, policy, sessions),
    ...[...router.originates, ...router.hijacks.map(({ prefix }) => prefix)].map(
      (prefix) =>
        `network ${prefix} set { localpref ${localPreference.originated} large-community ${router.asn}:1:${tagNumber.originated} }`,
    ),
    "",
    ...[...groups].flatMap(([name, members]) => [
      ...block(
        `group "${name}"`,
        members.flatMap((each) => renderNeighbour(topology, policy, each)),
      ),
      "",
    ]),
    ...(forwards
      ? [
          "# BIRD, which puts the routes into the kernel.",
          ...block(`neighbor ${forwarderAddress}`, [
            `remote-as ${router.asn}`,
            "passive",
            'descr "kernel"',
            `local-address ${speakerAddress}`,
            "announce IPv4 unicast",
            "announce IPv6 unicast",
          ]),
          "",
        ]
      : []),
    ...renderFilters(topology, router, policy, sessions),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function renderNeighbour(topology: Topology, policy: Policy, { session, near, far }: LocalSession): string[] {
  const role = roles[near.neighbour];
  const limit = near.neighbour === "customer" ? policy.maximumPrefixes : undefined;
  const overSegment = topology.segments.some(({ name }) => name === session.over);
  return block(`neighbor ${far.address}`, [
    `remote-as ${far.asn}`,
    `descr "${near.protocol}"`,
    `local-address ${near.address}`,
    ...(role !== undefined && policy.roles ? [`announce policy ${role}`] : []),
    ...(limit === undefined ? [] : [`max-prefix ${limit}`]),
    ...(near.neighbour === "route-server" ? ["enforce neighbor-as no"] : []),
    ...(near.neighbour === "route-server-client"
      ? ["rde evaluate all", "set nexthop no-modify"]
      : overSegment
        ? ["set nexthop self"]
        : []),
  ]);
}

/** RFC 9234, by what the neighbour is. */
const roles: Readonly<Record<Neighbour, string | undefined>> = {
  provider: "customer",
  customer: "provider",
  peer: "peer",
  "route-server": "rs-client",
  "route-server-client": "rs",
  sibling: undefined,
  internal: undefined,
};
