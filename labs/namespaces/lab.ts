/** Network namespaces and the pair of virtual Ethernet devices between two of them. */
import { all, doesNotPrint, exits, prints } from "../expect.ts";
import { defineLab } from "../lab.ts";
import type { Check } from "../lab.ts";
import { faults } from "./faults.ts";
import { sameDevice } from "./same-device.ts";

const addresses = { a: "10.0.0.1", b: "10.0.0.2" } as const;

export const namespaces = defineLab({
  name: "namespaces",
  title: "Network namespaces and a veth pair",
  summary: "Two hosts and one link: what a namespace sees, what a veth pair is, and what a firewall rule does to it.",
  runtimes: ["namespace"],
  settings: {},
  topology: () => ({
    families: ["ipv4"],
    nodes: { a: { kind: "host" }, b: { kind: "host" } },
    links: [
      {
        name: "pair",
        ends: [
          { node: "a", interface: "veth-a", ipv4: `${addresses.a}/24` },
          { node: "b", interface: "veth-b", ipv4: `${addresses.b}/24` },
        ],
        ipv4: "10.0.0.0/24",
      },
    ],
  }),
  checks: () => [newNamespace, pairByHand, firewall],
  faults,
  requires: ["nft"],
  convergesWithin: 10,
  tryNext: ["exec a ping -c 3 10.0.0.2", "exec a ip -d link show veth-a", "shell b"],
});

/** Names that no node has: the lab's nodes are namespaces of the same sandbox. */
const newNamespace: Check = {
  name: "new-namespace",
  title: "A new namespace sees its own loopback interface and nothing else",
  proves: ["ns-1"],
  steps: [
    { on: "sandbox", command: "ip netns add fresh", expect: exits(0) },
    { on: "sandbox", command: "ip netns list", expect: prints(/^fresh\b/m) },
    {
      on: "sandbox",
      command: "ip netns exec fresh ip addr show",
      expect: all(
        prints(/^1: lo: <LOOPBACK>/m),
        doesNotPrint(/^([2-9]|\d\d+): (?!(tunl|gre|gretap|erspan|ip_vti|ip6_vti|sit|ip6tnl|ip6gre)0@)/m),
      ),
    },
    { on: "sandbox", command: "ip netns delete fresh", expect: exits(0), always: true },
  ],
};

/** One end of a pair in a namespace, as the kernel describes it. */
function shown(namespace: string, device: string): string {
  return `ip -n ${namespace} -d link show ${device} && ip -n ${namespace} -4 addr show ${device}`;
}

const pairByHand: Check = {
  name: "pair-as-by-hand",
  title: "The declared pair is what ip link add, set netns, addr add and set up make",
  proves: ["ns-2"],
  within: 5,
  steps: [
    { on: "sandbox", command: "ip netns add hand-a && ip netns add hand-b", expect: exits(0) },
    { on: "sandbox", command: "ip link add veth-a type veth peer name veth-b", expect: exits(0) },
    { on: "sandbox", command: "ip link set veth-a netns hand-a && ip link set veth-b netns hand-b", expect: exits(0) },
    { on: "sandbox", command: `ip -n hand-a addr add ${addresses.a}/24 dev veth-a`, expect: exits(0) },
    { on: "sandbox", command: `ip -n hand-b addr add ${addresses.b}/24 dev veth-b`, expect: exits(0) },
    {
      on: "sandbox",
      command: "ip -n hand-a link set veth-a up && ip -n hand-b link set veth-b up",
      expect: exits(0),
    },
    ...["a", "b"].map((end) => ({
      on: "sandbox",
      command: `${shown(end, `veth-${end}`)} && echo --- && ${shown(`hand-${end}`, `veth-${end}`)}`,
      expect: sameDevice("the declared end and the one made by hand"),
    })),
    // The pair goes with the namespaces; what an interrupted run left in the sandbox itself goes too.
    {
      on: "sandbox",
      command: "ip netns delete hand-a; ip netns delete hand-b; ip link delete veth-a 2>/dev/null; true",
      expect: exits(0),
      always: true,
    },
  ],
};

const firewall: Check = {
  name: "firewall-drops",
  title: "Pings are answered, and no longer once a firewall rule drops them",
  proves: ["ns-3"],
  within: 10,
  steps: [
    { on: "a", command: `ping -c 1 -W 1 ${addresses.b}`, expect: prints(/ 1 received, 0% packet loss/) },
    {
      on: "b",
      command:
        "nft add table inet lesson && " +
        "nft 'add chain inet lesson input { type filter hook input priority 0; }' && " +
        "nft add rule inet lesson input icmp type echo-request counter drop",
      expect: exits(0),
    },
    {
      on: "a",
      command: `ping -c 1 -W 1 ${addresses.b}`,
      expect: all(exits(1), prints(/ 0 received, 100% packet loss/)),
    },
    { on: "b", command: "nft list table inet lesson", expect: prints(/counter packets 1 bytes 84 drop/) },
    { on: "b", command: "nft delete table inet lesson", expect: exits(0), always: true },
    { on: "a", command: `ping -c 1 -W 1 ${addresses.b}`, expect: prints(/ 1 received, 0% packet loss/) },
  ],
};
