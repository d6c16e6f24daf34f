/** What may be broken in the lab, for exercises. */
import type { NodeSpec, TopologySpec } from "../../topology/spec.ts";
import type { ServiceSpec } from "../../topology/services/spec.ts";
import { prints } from "../expect.ts";
import type { Fault } from "../lab.ts";
import { counted, multicast, offers, portOf } from "./checks.ts";
import { addressIn, dhcpServer, forwards, groups, joins } from "./topology.ts";

function withQuerier(topology: TopologySpec, multicastQuerier: boolean): TopologySpec {
  const { west } = topology.segments ?? {};
  if (west === undefined) return topology;
  return { ...topology, segments: { ...topology.segments, west: { ...west, multicastQuerier } } };
}

/** The node with another service of that name; undefined: without it. */
function withService(
  topology: TopologySpec,
  node: string,
  name: string,
  service: ServiceSpec | undefined,
): TopologySpec {
  const spec = topology.nodes[node] as NodeSpec;
  const { [name]: _, ...others } = spec.services ?? {};
  const services = service === undefined ? others : { ...others, [name]: service };
  return { ...topology, nodes: { ...topology.nodes, [node]: { ...spec, services } } };
}

const otherGroup = { ipv4: "233.252.0.2", ipv6: "ff05::db8:0:2" };
const proves = ["any-6"];

export const faults: readonly Fault[] = [
  {
    name: "floods",
    title:
      "Nobody on the west LAN asks who is in which group, so its switch sends every group's packets to every port.",
    hints: [
      "All members get what is for them. Who else does? Capture at a port whose host is in no group: `lab capture delivery w3:west`.",
      "A switch learns members from their reports, and those come as answers to queries. `lab capture delivery west igmp or icmp6`: does anybody ask?",
      "`ip -d link show west` in the sandbox: look for mcast_querier.",
    ],
    breaks: (healthy) => withQuerier(healthy, false),
    symptoms: ({ families }) => [
      {
        name: "group-at-every-port",
        title: "The group's packets go out of every port of the west LAN",
        proves,
        steps: counted(
          families.map((family) => {
            const { flow, steps } = multicast(family);
            return { flow: { ...flow, expected: [...flow.expected, ...["w3", "site-west"].map(portOf)] }, steps };
          }),
        ),
      },
    ],
    fails: ["multicast-group", "broadcast-arp", "who-receives"],
    solutions: [{ name: "querier", title: "The switch asks again.", solves: (broken) => withQuerier(broken, true) }],
  },
  {
    name: "member-misses",
    title: "w2 is in another group than the one that the source sends to.",
    hints: [
      "Ping the group from the source: who answers, and who of the members doesn't?",
      "w2 answers pings to its own address. Its switch sends it none of the group's packets, as it hasn't asked for them.",
      "`ip maddr show dev west` on w1 and on w2.",
    ],
    breaks: (healthy) => withService(healthy, "w2", "multicast", joins("west", otherGroup)),
    symptoms: ({ families }) => [
      {
        name: "other-membership",
        title: "w2 neither gets the group's packets nor answers, and says itself that it is in another group",
        proves,
        steps: [
          ...counted(families.map((family) => multicast(family, ["w1", "e1"]))),
          ...families.map((family) => ({
            on: "w2",
            command: "ip maddr show dev west",
            expect: prints(new RegExp(` ${otherGroup[family].replaceAll(".", "\\.")}\\b`)),
          })),
        ],
      },
    ],
    fails: ["multicast-group", "who-receives"],
    solutions: [
      {
        name: "right-group",
        title: "w2 joins the group that the source sends to.",
        solves: (broken) => withService(broken, "w2", "multicast", joins("west")),
      },
      {
        name: "both-groups",
        title: "w2 joins that group too.",
        solves: (broken) =>
          withService(broken, "w2", "multicast", {
            kind: "multicast",
            joins: [...Object.values(groups), ...Object.values(otherGroup)].map((group) => ({
              group,
              interface: "west",
            })),
          }),
      },
    ],
  },
  {
    name: "east-silent",
    title: "r-core has no multicast route to the east: its route names r-west only.",
    hints: [
      "Ping the group from the source: which site is silent? Unicast reaches it.",
      "Follow the packets: `ip -s mroute show` on each router while the ping runs tells what came in and where it went.",
      "`cat /run/nodes/r-core/multicast/smcroute.conf` in the sandbox.",
    ],
    breaks: (healthy) => withService(healthy, "r-core", "multicast", forwards("source", "r-west")),
    symptoms: ({ families }) => [
      {
        name: "west-only",
        title: "The group's packets reach the west only; r-core passes them to r-west and nowhere else",
        proves,
        steps: [
          ...counted(families.map((family) => multicast(family, ["w1", "w2"]))),
          {
            on: "r-core",
            command: "ip -4 mroute show",
            expect: prints(/\(10\.3\.0\.2, ?233\.252\.0\.1\)\s+Iif: source\s+Oifs: r-west\s+State: resolved/),
          },
        ],
      },
    ],
    fails: ["multicast-group", "who-receives"],
    solutions: [
      {
        name: "route-to-east",
        title: "The multicast route of r-core names r-east too.",
        solves: (broken) => withService(broken, "r-core", "multicast", forwards("source", "r-west", "r-east")),
      },
    ],
  },
  {
    name: "odd-leases",
    title: "w3 runs a DHCP server of its own, which names w3 as the default gateway.",
    hints: [
      "Hosts get addresses, but not always from the same range. A discover goes to everybody: who answers?",
      "`lab capture delivery west -c 12 udp port 67 or udp port 68` while `busybox udhcpc -f -n -q -i west -s /bin/true` runs on w1: look at the senders of the offers.",
      "Which host of the west LAN listens on UDP port 67? `ss -lun`.",
    ],
    breaks: (healthy) => {
      const address = addressIn("west", "ipv4", 13);
      return withService(healthy, "w3", "dhcp", dhcpServer("west", "w3", address, address, 150));
    },
    symptoms: () => [
      {
        name: "two-offers",
        title: "Two servers make w1 an offer",
        proves,
        steps: counted([offers(["site-west", "w3"])]),
      },
    ],
    fails: ["broadcast-dhcp"],
    solutions: [
      {
        name: "stop-it",
        title: "w3 runs no server any more.",
        solves: (broken) => withService(broken, "w3", "dhcp", undefined),
      },
    ],
  },
];
