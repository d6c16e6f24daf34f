/** A small internet with a registry and a name server, for tests of look-ups. */
import type { TopologySpec } from "../../topology/spec.ts";

/**
 * Two tier-1 networks, a transit network and two stubs below it; links have addresses of the provider's block but for
 * the one between the tier-1 networks. The host h1 is on stub s1, the registry on tier 1.
 */
export const lookupsLab: TopologySpec = {
  autonomousSystems: {
    t1: { asn: 64496, title: "Tier 1" },
    t2: { asn: 64497, title: "Other tier 1" },
    tr: { asn: 64501, title: "Transit" },
    s1: { asn: 65001, title: "Stub 1" },
    s2: { asn: 65002, title: 'Stub "2"' },
  },
  nodes: {
    t1: { kind: "router", as: "t1", originates: ["10.1.0.0/16", "2001:db8:1::/48"] },
    t2: { kind: "router", as: "t2", originates: ["10.2.0.0/15", "10.2.3.0/24", "2001:db8:2::/47"] },
    tr: { kind: "router", as: "tr", originates: ["10.11.0.0/16", "2001:db8:11::/48"] },
    s1: { kind: "router", as: "s1", originates: ["10.101.0.0/16", "2001:db8:101::/48"] },
    s2: {
      kind: "router",
      as: "s2",
      originates: ["10.102.0.0/16", "2001:db8:102::/48"],
      hijacks: [{ prefix: "10.101.128.0/17" }, { prefix: "10.1.64.0/18", behind: "t1" }],
    },
    h1: { kind: "host" },
    registry: {
      kind: "host",
      services: { registry: { kind: "registry" }, names: { kind: "dns", zones: {}, lookups: true } },
    },
  },
  links: [
    { ends: ["t1", "t2"] },
    { ends: ["t1", "tr"], ipv4: "10.1.0.0/31", ipv6: "2001:db8:1:0::/127" },
    { ends: ["tr", "s1"], ipv4: "10.11.0.0/31", ipv6: "2001:db8:11:0::/127" },
    { ends: ["tr", "s2"], ipv4: "10.11.0.2/31", ipv6: "2001:db8:11:0::2/127" },
    { ends: ["s1", "h1"], ipv4: "10.101.1.0/24", ipv6: "2001:db8:101:1::/64" },
    { ends: ["t1", "registry"], ipv4: "10.1.1.0/24", ipv6: "2001:db8:1:1::/64" },
  ],
  relations: [
    { kind: "peer", between: ["t1", "t2"] },
    { kind: "transit", provider: "t1", customer: "tr" },
    { kind: "transit", provider: "tr", customer: "s1" },
    { kind: "transit", provider: "tr", customer: "s2" },
  ],
  roas: [
    { prefix: "10.101.0.0/16", as: "s1" },
    { prefix: "2001:db8:101::/48", as: "s1" },
  ],
  names: { "whois.radb.net": "registry", "stat.ripe.net": "registry" },
  resolver: "registry",
};
