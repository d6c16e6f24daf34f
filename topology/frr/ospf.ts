/** OSPF inside an AS by ospfd (RFC 2328) and ospf6d (RFC 5340), with the costs and timers that BIRD's side has. */
import { loopback } from "../bird/origins.ts";
import { ospfInterfaces, type OspfInterface } from "../bird/ospf.ts";
import { familyOf } from "../bird/text.ts";
import type { Router, Topology } from "../topology.ts";

/** BIRD's default, which is not FRR's. */
const cost = 10;

export function renderOspfd(topology: Topology, router: Router): string[] {
  const { ospfHello } = topology.timers;
  const interfaces = ospfInterfaces(topology, router, "ipv4");
  return [
    ...["lo", ...interfaces.map(({ name }) => name)].flatMap((name) => {
      const found = interfaces.find((each) => each.name === name);
      return [
        "!",
        `interface ${name}`,
        ` ip ospf cost ${cost}`,
        ...(found === undefined || found.kind === "stub"
          ? []
          : [
              ` ip ospf network ${found.kind === "ptp" ? "point-to-point" : "broadcast"}`,
              ` ip ospf hello-interval ${ospfHello}`,
              ` ip ospf dead-interval ${4 * ospfHello}`,
              ` ip ospf retransmit-interval 2`,
            ]),
        ...(found?.kind === "stub" ? [" ip ospf passive"] : []),
        "exit",
      ];
    }),
    "!",
    "! Ways to the AS's own routers and LANs; routes of other ASes come by BGP.",
    "router ospf",
    ` ospf router-id ${router.routerId}`,
    // Changes are told at once, not five seconds after the one before.
    " timers throttle lsa all 100",
    " timers lsa min-arrival 100",
    ...router.loopbacks.filter((each) => familyOf(each) === "ipv4").map((each) => ` network ${each} area 0`),
    ...interfaces.flatMap(({ prefixes }) => prefixes.map((prefix) => ` network ${prefix} area 0`)),
    "exit",
  ];
}

export function renderOspf6d(topology: Topology, router: Router): string[] {
  const own = loopback(router, "ipv6");
  const interfaces = ospfInterfaces(topology, router, "ipv6");
  const others = router.addresses.some((each) => familyOf(each) === "ipv6");
  return [
    ...(others
      ? [
          "!",
          "! Other addresses on the loopback are BGP's matter.",
          `ipv6 prefix-list loopback seq 10 permit ${own}/128`,
        ]
      : []),
    "!",
    "interface lo",
    " ipv6 ospf6 area 0",
    ` ipv6 ospf6 cost ${cost}`,
    ...(others ? [" ipv6 ospf6 advertise prefix-list loopback"] : []),
    "exit",
    ...interfaces.flatMap((each) => ["!", `interface ${each.name}`, ...interface6(topology, each), "exit"]),
    "!",
    "router ospf6",
    ` ospf6 router-id ${router.routerId}`,
    " timers lsa min-arrival 100",
    "exit",
  ];
}

function interface6({ timers }: Topology, { kind }: OspfInterface): string[] {
  const common = [" ipv6 ospf6 area 0", ` ipv6 ospf6 cost ${cost}`];
  if (kind === "stub") return [...common, " ipv6 ospf6 passive"];
  return [
    ...common,
    ` ipv6 ospf6 network ${kind === "ptp" ? "point-to-point" : "broadcast"}`,
    ` ipv6 ospf6 hello-interval ${timers.ospfHello}`,
    ` ipv6 ospf6 dead-interval ${4 * timers.ospfHello}`,
    " ipv6 ospf6 retransmit-interval 2",
  ];
}
