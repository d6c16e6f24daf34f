import type { AutonomousSystemSpec, NodeSpec, PolicySpec, RouterDaemon, TopologySpec } from "../../../topology/spec.ts";

const numbers = {
  upstream: 64501,
  middle: 64510,
  customer: 64520,
  second: 64521,
  peer: 64530,
  sibling: 64540,
  member: 64551,
  other: 64552,
  exchange: 64500,
  far: 64560,
} as const;

/**
 * A router of this daemon with a neighbour of each kind, all of them BIRD: a provider, two customers, a peer, a sibling,
 * and an exchange. The route server has the same daemon where that can be one.
 */
export function around(daemon: RouterDaemon, policy: PolicySpec = {}): TopologySpec {
  const names = Object.keys(numbers) as (keyof typeof numbers)[];
  const router = (as: keyof typeof numbers, settings: object = {}): NodeSpec => ({
    kind: "router",
    as,
    originates: [`10.${names.indexOf(as) + 1}.0.0/16`, `2001:db8:${names.indexOf(as) + 1}::/48`],
    ...settings,
  });
  return {
    autonomousSystems: Object.fromEntries(
      names.map((name): [string, AutonomousSystemSpec] => [
        name,
        { asn: numbers[name], ...(name === "middle" ? { policy } : {}) },
      ]),
    ),
    nodes: {
      ...Object.fromEntries(
        names
          .filter((name) => name !== "exchange")
          .map((name) => [name, router(name, name === "middle" ? { daemon } : {})]),
      ),
      server: { kind: "router", as: "exchange", routeServer: true, ...(daemon === "frr" ? {} : { daemon }) },
      near: { kind: "host" },
      away: { kind: "host" },
    },
    links: [
      { ends: ["upstream", "middle"] },
      { ends: ["middle", "customer"] },
      { ends: ["middle", "second"] },
      { ends: ["middle", "peer"] },
      { ends: ["middle", "sibling"] },
      { ends: ["upstream", "far"] },
      { ends: ["sibling", "far"] },
      { ends: ["customer", "second"] },
    ],
    segments: {
      lan: { members: ["middle", "near"], ipv4: "10.2.0.0/16", ipv6: "2001:db8:2:1::/64" },
      "lan-far": { members: ["far", "away"], ipv4: "10.10.1.0/24", ipv6: "2001:db8:10:1::/64" },
      ix: { members: ["server", "middle", "member", "other"] },
    },
    relations: [
      { kind: "transit", provider: "upstream", customer: "middle" },
      { kind: "transit", provider: "upstream", customer: "far" },
      { kind: "transit", provider: "middle", customer: "customer" },
      { kind: "transit", provider: "middle", customer: "second" },
      { kind: "peer", between: ["customer", "second"] },
      { kind: "peer", between: ["middle", "peer"] },
      { kind: "sibling", between: ["middle", "sibling"] },
      { kind: "transit", provider: "sibling", customer: "far" },
      { kind: "peer", between: ["member", "other"] },
      { kind: "route-server", server: "server", members: ["middle", "member", "other"] },
    ],
  };
}

/** The same with all of policy that the daemon has. */
export function withPolicies(daemon: Exclude<RouterDaemon, "bird">): TopologySpec {
  const common: PolicySpec = {
    customerPrefixes: true,
    maximumPrefixes: 10,
    localPreferences: { upstream: 150, peer: 310 },
  };
  const own: Readonly<Record<typeof daemon, PolicySpec>> = {
    frr: { ...common, originValidation: true, pathEnd: ["far", "customer"], multipath: true },
    gobgp: common,
    openbgpd: { ...common, originValidation: true },
  };
  const spec = around(daemon, own[daemon]);
  const behind = daemon === "openbgpd" ? {} : { behind: "far" };
  return {
    ...spec,
    nodes: {
      ...spec.nodes,
      middle: {
        ...spec.nodes["middle"],
        hijacks: [{ prefix: "10.10.128.0/17", ...behind }, { prefix: "2001:db8:10:8000::/49" }],
        addresses: ["192.0.2.1/32"],
      } as NodeSpec,
      near: { kind: "host", services: { cache: { kind: "rtr" } } },
    },
    roas: [{ prefix: "10.10.0.0/16", as: "far" }],
  };
}

/** An AS with routers of FRR and BIRD: OSPF over links, a LAN and a segment, with a reflector, beside a provider. */
export const inside: TopologySpec = {
  autonomousSystems: {
    upstream: { asn: 64501 },
    core: { asn: 64510, title: "Core", ibgp: { kind: "route-reflectors", reflectors: ["reflector"] } },
  },
  nodes: {
    upstream: { kind: "router", as: "upstream", originates: ["10.1.0.0/16", "2001:db8:1::/48"] },
    reflector: { kind: "router", as: "core", daemon: "frr" },
    border: {
      kind: "router",
      as: "core",
      daemon: "frr",
      originates: ["10.10.1.0/24", "2001:db8:10::/48"],
      addresses: ["10.10.9.1/32", "2001:db8:10:9::1/128"],
    },
    edge: { kind: "router", as: "core", daemon: "frr" },
    inner: { kind: "router", as: "core" },
    host: { kind: "host" },
  },
  links: [{ ends: ["upstream", "border"] }, { ends: ["border", "reflector"] }],
  segments: {
    backbone: { members: ["reflector", "edge", "inner"] },
    lan: { members: ["border", "host"], ipv4: "10.10.1.0/24", ipv6: "2001:db8:10:1::/64" },
  },
  relations: [{ kind: "transit", provider: "upstream", customer: "core" }],
};
