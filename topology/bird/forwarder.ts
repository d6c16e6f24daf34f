/**
 * BIRD beside a daemon that has no hand in the kernel (OpenBGPD on Linux, GoBGP): it hears that daemon's routes by iBGP
 * over the loopback and puts them into the kernel, with the prefixes that the router holds.
 */
import type { RouterProcess } from "../daemons/rendered.ts";
import type { Family, RouterDaemon } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";
import { policyOf } from "./neighbour.ts";
import { loopback, renderKernel, renderOrigins } from "./origins.ts";
import { renderPolicy } from "./policy.ts";
import { block, familyDigit } from "./text.ts";

/** Addresses of the two ends of the session; BIRD's is its identifier too. */
export const speakerAddress = "127.0.0.1";
export const forwarderAddress = "127.0.0.2";
/** What BIRD listens on, for nobody: BGP's own is the daemon's, on every address. */
export const forwarderPort = 1790;

export const forwarderFile = "bird.conf";

/** A route server forwards nothing. */
export function hasForwarder(router: Router): boolean {
  return (router.daemon === "gobgp" || router.daemon === "openbgpd") && !router.routeServer;
}

/** Name of BIRD's protocol for the daemon. */
export function speakerProtocol(daemon: RouterDaemon): string {
  return daemon;
}

/**
 * `announces`: whether the daemon has the router's own prefixes from BIRD, as by redistribution, for want of a
 * configuration of its own for them.
 */
export function renderForwarder(topology: Topology, router: Router, announces: boolean): string {
  const originates = router.originates.length + router.hijacks.length > 0;
  const policy = policyOf(topology, router);
  const channel = (family: Family): string[] => {
    const own = loopback(router, family);
    return block(
      family,
      [
        `igp table connected${familyDigit(family)};  # where next hops are looked up`,
        "import all;",
        announces ? "export where source ~ [RTS_STATIC, RTS_DEVICE];" : "export none;",
        ...(announces && own !== undefined ? [`next hop address ${own};`] : []),
      ],
      ";",
    );
  };
  const lines = [
    `# ${router.name}: the routes of ${router.daemon} go into the kernel`,
    `router id ${forwarderAddress};`,
    "log stderr all;",
    "debug protocols { states };",
    "",
    ...renderPolicy(router.asn, policy, [], {
      originates,
      behind: [...new Set(router.hijacks.flatMap(({ behind }) => behind ?? []))],
      pathEnds: new Map(),
      families: topology.families,
    }),
    "protocol device {}",
    "",
    ...topology.families.map((family) => `${family} table connected${familyDigit(family)};`),
    ...block(
      "protocol direct connected",
      topology.families.map((family) => `${family} { table connected${familyDigit(family)}; };`),
    ),
    "",
    ...renderKernel(topology, router),
    ...renderOrigins(topology, router),
    ...block(`protocol bgp ${speakerProtocol(router.daemon)}`, [
      `local ${forwarderAddress} port ${forwarderPort} as ${router.asn};`,
      `neighbor ${speakerAddress} as ${router.asn};`,
      "multihop;",
      "strict bind;",
      "connect delay time 1;",
      "connect retry time 1;",
      "error wait time 1, 4;",
      ...topology.families.flatMap(channel),
    ]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

export const birdProcess = {
  name: "bird",
  command: ["bird", "-f", "-c", forwarderFile, "-s", "bird.ctl"],
  reads: [forwarderFile],
  reload: { kind: "bird" },
  socket: "bird.ctl",
} as const satisfies RouterProcess;
