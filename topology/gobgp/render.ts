/** A router's configuration for GoBGP 3: gobgpd.toml. Pure. */
import { sessionsOf, type LocalSession } from "../bird/bgp.ts";
import { birdProcess, forwarderAddress, hasForwarder, renderForwarder, speakerAddress } from "../bird/forwarder.ts";
import { policyNeighbour, policyOf } from "../bird/neighbour.ts";
import type { RenderedRouter } from "../daemons/rendered.ts";
import type { Family } from "../spec.ts";
import type { Policy, Router, Topology } from "../topology.ts";
import { renderPolicies } from "./policy.ts";
import { table, type Values } from "./toml.ts";

const file = "gobgp/gobgpd.toml";

export function renderGobgp(topology: Topology, router: Router): RenderedRouter {
  const forwards = hasForwarder(router);
  return {
    files: {
      [file]: configuration(topology, router),
      // GoBGP's own prefixes come from BIRD too: its file has no place for them.
      ...(forwards ? { [birdProcess.reads[0]]: renderForwarder(topology, router, true) } : {}),
    },
    processes: [
      ...(forwards ? [birdProcess] : []),
      {
        name: "gobgpd",
        command: [
          ...["gobgpd", "-f", file, "-p", "--pprof-disable"],
          // The first is where `gobgp` looks for it.
          ...["--api-hosts", "127.0.0.1:50051,unix:///run/gobgp/api.sock"],
        ],
        reads: [file],
        reload: { kind: "signal", signal: "HUP" },
        socket: "gobgp-run/api.sock",
      },
    ],
    mounts: { "/run/gobgp": "gobgp-run" },
  };
}

function configuration(topology: Topology, router: Router): string {
  const policy = policyOf(topology, router);
  const sessions = sessionsOf(topology, router);
  const forwards = hasForwarder(router);
  const neighbours = sessions.map((each) => ({
    ...policyNeighbour(topology, policy, each),
    address: each.far.address,
    family: each.session.transport,
  }));
  const lines = [
    `# ${router.name}: AS ${router.asn}`,
    ...table("global.config", { as: router.asn, "router-id": router.routerId }),
    "# The lowest identifier decides last, not the age of a route.",
    ...table("global.route-selection-options.config", { "external-compare-router-id": true }),
    ...sessions.flatMap((each) => renderNeighbour(topology, policy, each)),
    ...(forwards
      ? [
          "# BIRD, which puts the routes into the kernel and has the router's own.",
          ...renderPeer(
            { "neighbor-address": forwarderAddress, "peer-as": router.asn, description: "kernel" },
            { "local-address": speakerAddress, "passive-mode": true },
            topology,
            topology.families,
          ),
        ]
      : []),
    ...(router.routeServer ? [] : renderPolicies(topology, router, policy, neighbours)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function renderNeighbour(topology: Topology, policy: Policy, { session, near, far }: LocalSession): string[] {
  const limit = near.neighbour === "customer" ? policy.maximumPrefixes : undefined;
  return [
    ...renderPeer(
      { "neighbor-address": far.address, "peer-as": far.asn, description: near.protocol },
      {
        "local-address": near.address,
        ...(waitsFor(topology, near.router, far.router) ? { "passive-mode": true } : {}),
      },
      topology,
      session.families,
      limit,
    ),
    ...(near.neighbour === "route-server-client"
      ? table("neighbors.route-server.config", { "route-server-client": true })
      : []),
  ];
}

/**
 * One side connects: where both do at once, GoBGP keeps the connection that it had first, the other side perhaps the one
 * that RFC 4271 (6.8) says, and both wait in OpenSent for four minutes.
 */
function waitsFor({ nodes }: Topology, near: string, far: string): boolean {
  const other = nodes.find(({ name }) => name === far);
  return other?.kind !== "router" || other.daemon !== "gobgp" || near > far;
}

function renderPeer(
  config: Values,
  transport: Values,
  { timers }: Topology,
  families: readonly Family[],
  limit?: number,
): string[] {
  return [
    "[[neighbors]]",
    ...table("neighbors.config", config),
    ...table("neighbors.transport.config", transport),
    ...table("neighbors.timers.config", {
      "connect-retry": timers.connectRetry,
      "hold-time": timers.hold,
      ...(timers.hold === 0 ? {} : { "keepalive-interval": timers.keepalive }),
    }),
    ...families.flatMap((family) => [
      "[[neighbors.afi-safis]]",
      ...table("neighbors.afi-safis.config", { "afi-safi-name": `${family}-unicast` }),
      ...(limit === undefined ? [] : table("neighbors.afi-safis.prefix-limit.config", { "max-prefixes": limit })),
    ]),
  ];
}
