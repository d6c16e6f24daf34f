import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { insidePath } from "../../provider/sandbox/holder.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { needs } from "../requirements.ts";

/** Two ASes on a link, a third on a segment with both, and a host with a rule set behind the first. */
const spec: TopologySpec = {
  autonomousSystems: { one: { asn: 65001 }, two: { asn: 65002 }, three: { asn: 65003 } },
  nodes: {
    r1: { kind: "router", as: "one", originates: ["192.0.2.0/24", "2001:db8:1::/48"] },
    r2: { kind: "router", as: "two", originates: ["198.51.100.0/24", "2001:db8:2::/48"] },
    r3: { kind: "router", as: "three", originates: ["203.0.113.0/24", "2001:db8:3::/48"] },
    h1: {
      kind: "host",
      ruleset: "table inet filter { chain input { type filter hook input priority 0; tcp dport 9 drop; }; }",
    },
    h2: {
      kind: "host",
      iptables: "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 9 -m comment --comment discard -j DROP\nCOMMIT",
      ip6tables: "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 9 -j DROP\nCOMMIT",
    },
    g1: {
      kind: "host",
      services: {
        group: { kind: "multicast", joins: [{ group: "233.252.0.1", interface: "stub" }] },
        asks: { kind: "daemon", command: ["sleep", "1000000"], interfaces: ["stub"] },
      },
    },
  },
  links: [{ ends: ["r1", "r2"] }],
  segments: {
    lan: { members: ["r1", "r2", "r3"] },
    stub: {
      members: ["r1", "h1", "h2", "g1"],
      ipv4: "192.0.2.0/25",
      ipv6: "2001:db8:1::/64",
      multicastQuerier: true,
    },
  },
  relations: [
    { kind: "sibling", between: ["one", "two"] },
    { kind: "sibling", between: ["two", "three"] },
    { kind: "sibling", between: ["one", "three"] },
  ],
};

/** What somebody breaks by hand, with a node's network (or the sandbox's) or inside a node, and what must be said of it. */
const breakages: readonly { name: string; on?: string; inside?: string; script: string; seen: RegExp }[] = [
  {
    name: "an address taken away",
    on: "r1",
    script: "ip -4 addr flush dev r2",
    seen: /links: r1--r2: r2 of r1: address .* missing/,
  },
  {
    name: "an IPv6 address taken away",
    on: "r1",
    script: "ip -6 addr flush dev r2 scope global",
    seen: /links: r1--r2: r2 of r1: address .*:.* missing/,
  },
  {
    name: "an address added",
    on: "r2",
    script: "ip addr add 203.0.113.77/32 dev lan",
    seen: /segment lan: lan of r2: address 203\.0\.113\.77\/32 not declared/,
  },
  {
    name: "a loopback address taken away",
    on: "r3",
    script: "ip -4 addr flush dev lo scope global",
    seen: /node r3: lo: address .* missing/,
  },
  { name: "an interface set down", on: "r1", script: "ip link set r2 down", seen: /links: r1--r2: r2 of r1: down/ },
  {
    name: "an MTU changed",
    on: "r2",
    script: "ip link set r1 mtu 1300",
    seen: /links: r1--r2: r1 of r2: MTU 1300, declared 1500/,
  },
  { name: "a link deleted", on: "r1", script: "ip link del r2", seen: /links: r1--r2: .*missing/ },
  { name: "a segment's member unplugged", on: "r3", script: "ip link del lan", seen: /segment lan: .*missing/ },
  { name: "a bridge deleted", script: "ip link del lan", seen: /segment lan: bridge lan: missing/ },
  {
    name: "a port taken off its bridge",
    script: "ip link set lan.r3 nomaster",
    seen: /segment lan: port lan\.r3: not a port of lan/,
  },
  {
    name: "the default route taken away",
    on: "h1",
    script: "ip route del default",
    seen: /segment stub: stub of h1: route 0\.0\.0\.0\/0 via .* missing/,
  },
  {
    name: "a route added",
    on: "h1",
    script: "ip route add 10.99.0.0/16 via 192.0.2.1",
    seen: /route 10\.99\.0\.0\/16 via 192\.0\.2\.1 not declared/,
  },
  {
    name: "a blackhole route added",
    on: "h1",
    script: "ip route add blackhole 10.98.0.0/16",
    seen: /node h1: route blackhole 10\.98\.0\.0\/16 not declared/,
  },
  {
    name: "a sysctl changed",
    on: "r1",
    script: "echo 0 >/proc/sys/net/ipv4/ip_forward",
    seen: /node r1: sysctl net\.ipv4\.ip_forward: 0, declared 1/,
  },
  {
    name: "a firewall rule added where none is declared",
    on: "r1",
    script: "nft 'add table inet x; add chain inet x y { type filter hook forward priority 0; policy drop; }'",
    seen: /node r1: rule set: changed/,
  },
  { name: "a declared rule set flushed", on: "h1", script: "nft flush ruleset", seen: /node h1: rule set: changed/ },
  {
    name: "a rule of iptables added",
    on: "h2",
    script: "iptables-nft -I INPUT -p icmp -j DROP",
    seen: /node h2: rule set: changed/,
  },
  {
    name: "the rules of ip6tables flushed",
    on: "h2",
    script: "ip6tables-nft -F",
    seen: /node h2: rule set: changed/,
  },
  {
    name: "a querier turned off",
    script: "ip link set stub type bridge mcast_querier 0",
    seen: /segment stub: bridge stub: multicast querier off/,
  },
  {
    name: "multicast snooping turned off, and a querier on",
    script: "ip link set lan type bridge mcast_snooping 0 mcast_querier 1",
    seen: /segment lan: bridge lan: multicast snooping off\n.*segment lan: bridge lan: multicast querier on, declared off/,
  },
  {
    name: "an interface that a service holds made anew",
    on: "g1",
    script: "ip link del stub",
    seen: /node g1: daemon group: stub isn't what it was at its start/,
  },
  {
    name: "a configuration edited",
    script: "sed -i 's/router id .*/router id 9.9.9.9;/' /run/nodes/r2/bird.conf",
    seen: /node r2: file bird\.conf: edited/,
  },
  {
    name: "a file opened to others",
    script: "chmod 644 /run/nodes/r1/bird.conf",
    seen: /node r1: file bird\.conf: mode is 644, declared 600/,
  },
  // A user's sandbox has nobody else to give it to.
  ...(process.getuid?.() === 0
    ? [
        {
          name: "a file given to another",
          script: "chown 1 /run/nodes/r1/bird.conf",
          seen: /node r1: file bird\.conf: owner is user 1, declared 0/,
        },
      ]
    : []),
  {
    name: "a daemon killed",
    inside: "r2",
    script: "kill -9 $(cat /run/bird/bird.pid)",
    seen: /node r2: daemon bird: not running/,
  },
  { name: "a session disabled", on: "r1", script: "birdc disable r2_v4", seen: /readiness: r1: session r2_v4 is/ },
  {
    name: "a node's namespace deleted",
    script: "ip netns del h1",
    seen: /node h1: (missing|container: not plugged in)/,
  },
];

describe.each([
  { runtime: "namespace", where: "namespaces", needed: needs("namespaces", "bird", "nft") },
  { runtime: "container", where: "containers", needed: needs("root", "nft", "docker", "mmdebstrap") },
] as const)("a lab in $where that somebody breaks by hand", ({ runtime, needed }) => {
  describe("drift", { ...needed, timeout: 60_000 }, () => {
    let lab: TestLab;
    beforeAll(async () => {
      lab = await bringUp({ ...spec, runtime });
    }, 300_000);
    afterAll(async () => {
      await lab?.down();
    });

    test("shows no drift before", async () => {
      expect(await lab.drift()).toEqual([]);
    });

    test.each(breakages)("$name is found, and repaired by the next up", async ({ on, inside, script, seen }) => {
      const daemon = await pidOf(lab, "r1");
      await (inside === undefined ? lab.run(script, on) : lab.exec(inside, script));
      const drift = await lab.drift();
      expect(drift.join("\n")).toMatch(seen);
      await lab.up();
      expect(await lab.drift()).toEqual([]);
      expect(await pidOf(lab, "r1"), "a daemon that was right is left alone").toBe(daemon);
    });
  });
});

async function pidOf(lab: TestLab, node: string): Promise<string> {
  return readFile(insidePath(lab.holder, `/run/nodes/${node}/bird.pid`), "utf8");
}
