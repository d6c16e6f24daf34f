/** What may be broken in the lab, for exercises. */
import type { HostSpec, TopologySpec } from "../../topology/spec.ts";
import { all, exits, prints } from "../expect.ts";
import type { Fault } from "../lab.ts";

const pings = { on: "a", command: "ping -c 1 -W 1 10.0.0.2" } as const;

/** `input` of a rule set that hosts have against strangers, with these rules in it. */
const ruleset = (...rules: readonly string[]): string =>
  [
    "table inet filter {",
    "  chain input {",
    "    type filter hook input priority filter; policy accept;",
    ...rules.map((rule) => `    ${rule}`),
    "  }",
    "}",
  ].join("\n");

const drop = "icmp type echo-request counter drop";

function withRuleset(topology: TopologySpec, text: string): TopologySpec {
  const b: HostSpec = { ...(topology.nodes["b"] as HostSpec), ruleset: text };
  return { ...topology, nodes: { ...topology.nodes, b } };
}

const noReplies: Fault = {
  name: "no-replies",
  title: "A rule on b drops echo requests.",
  hints: [
    "The link carries: `ip neigh show` on a tells b's hardware address, so b answers ARP.",
    "What arrives can be seen on b: `tcpdump -n -i veth-b icmp` while a pings. Requests come, and no replies go.",
    "Between an interface and what would answer stand a node's rules: `nft list ruleset` on b.",
  ],
  breaks: (healthy) => withRuleset(healthy, ruleset(drop)),
  symptoms: () => [
    {
      name: "pings-unanswered",
      title: "Pings from a to b get no reply, though a knows b's hardware address",
      proves: ["ns-3"],
      steps: [
        { ...pings, expect: all(exits(1), prints(/ 0 received, 100% packet loss/)) },
        { on: "a", command: "ip neigh show 10.0.0.2", expect: prints(/^10\.0\.0\.2 dev veth-a lladdr /) },
      ],
    },
  ],
  fails: ["firewall-drops"],
  solutions: [
    {
      name: "without-rules",
      title: "b has no rule set any more.",
      solves: (broken) => withRuleset(broken, ""),
    },
    {
      name: "accept-neighbour",
      title: "A rule before the one that drops accepts echo requests of a.",
      solves: (broken) => withRuleset(broken, ruleset("ip saddr 10.0.0.1 icmp type echo-request counter accept", drop)),
    },
  ],
};

function withMtu(topology: TopologySpec, mtu: number): TopologySpec {
  return { ...topology, links: (topology.links ?? []).map((link) => ({ ...link, mtu })) };
}

const whole = "ping -c 1 -W 1 -M do -s 1472 10.0.0.2";

const largePackets: Fault = {
  name: "large-packets",
  title: "The pair's MTU is 1280 instead of 1500.",
  hints: [
    "Small packets pass. How large may one be? `ping -M do -s SIZE` on a forbids to take it apart.",
    "A packet has 28 bytes more than ping's SIZE: 20 of IPv4 and 8 of ICMP. Ping says which limit it met.",
    "`ip link show veth-a` on a, and the same on b, tell the MTU.",
  ],
  breaks: (healthy) => withMtu(healthy, 1280),
  symptoms: () => [
    {
      name: "whole-packets-refused",
      title: "A small ping is answered, one of 1500 bytes is too long for the interface",
      proves: [],
      steps: [
        { ...pings, expect: prints(/ 1 received, 0% packet loss/) },
        { on: "a", command: `${whole} 2>&1`, expect: all(exits(1), prints(/message too long, mtu=1280/)) },
      ],
    },
  ],
  fails: ["pair-as-by-hand"],
  solutions: [
    {
      name: "usual-mtu",
      title: "The pair has the usual MTU of 1500 again.",
      solves: (broken) => withMtu(broken, 1500),
    },
  ],
};

export const faults = [noReplies, largePackets];
