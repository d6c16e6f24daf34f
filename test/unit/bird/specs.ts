import type { TopologySpec } from "../../../topology/spec.ts";

/** Everything that a configuration can have: all relations, a route server, reflection, OSPF, LANs announced as they are. */
export const everything: TopologySpec = {
  autonomousSystems: {
    upstream: { asn: 64501 },
    core: { asn: 64510, title: "Core", ibgp: { kind: "route-reflectors", reflectors: ["core-rr"] } },
    customer: { asn: 64520 },
    partner: { asn: 64521 },
    member: { asn: 64522 },
    exchange: { asn: 64500 },
  },
  nodes: {
    upstream: { kind: "router", as: "upstream", originates: ["10.1.0.0/16", "2001:db8:1::/48"] },
    "core-rr": { kind: "router", as: "core" },
    "core-1": { kind: "router", as: "core", originates: ["10.10.1.0/24", "2001:db8:10::/48"] },
    "core-2": { kind: "router", as: "core" },
    customer: { kind: "router", as: "customer", originates: ["10.20.0.0/24", "2001:db8:20::/64"] },
    partner: { kind: "router", as: "partner", originates: ["10.21.0.0/16", "2001:db8:21::/48"] },
    member: { kind: "router", as: "member", originates: ["10.22.0.0/16", "2001:db8:22::/48"] },
    server: { kind: "router", as: "exchange", routeServer: true },
    host: { kind: "host" },
    "host-core": { kind: "host" },
  },
  links: [
    { ends: ["upstream", "core-1"] },
    { ends: ["core-rr", "core-1"] },
    { ends: ["core-2", "customer"] },
    { ends: ["core-2", "partner"] },
    { ends: ["core-1", "member"] },
  ],
  segments: {
    lan: { members: ["customer", "host"], ipv4: "10.20.0.0/24", ipv6: "2001:db8:20::/64" },
    "lan-core": { members: ["core-1", "host-core"], ipv4: "10.10.1.0/24", ipv6: "2001:db8:10:1::/64" },
    backbone: { members: ["core-rr", "core-1", "core-2"] },
    ix: { members: ["server", "core-2", "member"] },
  },
  relations: [
    { kind: "transit", provider: "upstream", customer: "core" },
    { kind: "transit", provider: "core", customer: "customer" },
    { kind: "sibling", between: ["core", "partner"] },
    { kind: "peer", between: ["core", "member"] },
    { kind: "route-server", server: "server", members: ["core", "member"] },
  ],
};

/** Everything that an AS's policy can have. */
export const policies: TopologySpec = {
  ...everything,
  autonomousSystems: {
    ...everything.autonomousSystems,
    core: {
      asn: 64510,
      title: "Core",
      policy: {
        originValidation: true,
        pathEnd: ["member", "customer"],
        customerPrefixes: true,
        maximumPrefixes: 10,
        localPreferences: { upstream: 150, member: 310 },
        multipath: true,
      },
    },
    customer: { asn: 64520, policy: { roles: false, leaks: true } },
    exchange: { asn: 64500, policy: { originValidation: true } },
  },
  nodes: {
    ...everything.nodes,
    upstream: {
      kind: "router",
      as: "upstream",
      originates: ["10.1.0.0/16", "2001:db8:1::/48"],
      services: { cache: { kind: "rtr" } },
    },
    partner: {
      kind: "router",
      as: "partner",
      originates: ["10.21.0.0/16", "10.99.0.0/16", "2001:db8:21::/48"],
      anycast: ["10.99.0.0/16"],
      addresses: ["10.99.0.1/32"],
      services: { health: { kind: "health-check", command: "ping -c 1 10.99.0.1", rise: 1, timeout: 0.5 } },
      hijacks: [{ prefix: "10.22.0.0/16", behind: "member" }, { prefix: "10.1.128.0/17" }],
    },
    member: {
      kind: "router",
      as: "member",
      originates: ["10.22.0.0/16", "10.99.0.0/16", "2001:db8:22::/48"],
      anycast: ["10.99.0.0/16"],
    },
  },
  roas: [
    { prefix: "10.22.0.0/16", as: "member" },
    { prefix: "2001:db8:22::/48", as: "member", maxLength: 56 },
  ],
};
