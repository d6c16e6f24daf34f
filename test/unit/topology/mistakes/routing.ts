/** Mistakes in ASes, relations, policies and routing daemons. */
import { autonomousSystems, host, pair, peers, router, routerOfBlue } from "./parts.ts";

export const routingMistakes: Readonly<Record<string, unknown>> = {
  "asn-out-of-range": {
    autonomousSystems: Object.fromEntries(
      [0, -1, 1.5, 23456, 65535, 4294967295].map((asn, index) => [`as${index}`, { asn }]),
    ),
    nodes: {},
  },
  "duplicate-asn": { ...pair, autonomousSystems: { red: { asn: 64512 }, blue: { asn: 64512 } } },
  "no-reflectors": {
    autonomousSystems: { red: { asn: 64512, ibgp: { kind: "route-reflectors", reflectors: [] } } },
    nodes: { r1: router, r2: router },
    links: [{ ends: ["r1", "r2"] }],
  },
  "reflector-outside-as": {
    ...pair,
    autonomousSystems: {
      ...autonomousSystems,
      red: { asn: 64512, ibgp: { kind: "route-reflectors", reflectors: ["r1", "b1"] } },
    },
  },
  "duplicate-origin": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        originates: ["192.0.2.0/24", "2001:db8::/48", "2001:DB8:0::/48", "198.51.100.0/24"],
        anycast: ["198.51.100.0/24"],
      },
      b1: { ...routerOfBlue, originates: ["192.0.2.0/24", "198.51.100.0/24"] },
    },
  },
  "anycast-not-originated": { ...pair, nodes: { ...pair.nodes, r1: { ...router, anycast: ["192.0.2.0/24"] } } },
  "relation-with-itself": { ...pair, relations: [...peers, { kind: "sibling", between: ["red", "red"] }] },
  "duplicate-relation": { ...pair, relations: [...peers, { kind: "peer", between: ["blue", "red"] }] },
  "contradictory-relation": {
    ...pair,
    relations: [
      { kind: "transit", provider: "red", customer: "blue" },
      { kind: "transit", provider: "blue", customer: "red" },
      ...peers,
    ],
  },
  "relation-without-link": { ...pair, links: [{ ends: ["r1", "b1"], ipv4: false, ipv6: false }] },
  "link-without-relation": { ...pair, relations: [] },
  "unreachable-next-hop": {
    autonomousSystems: { red: { asn: 64512 }, blue: { asn: 64513, igp: "none" } },
    nodes: { r1: router, r2: router, r3: router, b1: routerOfBlue, b2: routerOfBlue },
    links: [{ ends: ["r1", "r2"], ipv6: false }, { ends: ["b1", "b2"] }],
  },
  "not-a-route-server": {
    ...pair,
    relations: [...peers, { kind: "route-server", server: "r1", members: ["blue"] }],
  },
  "route-server-in-relation": { ...pair, nodes: { ...pair.nodes, b1: { ...routerOfBlue, routeServer: true } } },
  "leak-with-roles": {
    ...pair,
    autonomousSystems: { ...autonomousSystems, red: { asn: 64512, policy: { leaks: true } } },
  },
  "unsupported-by-daemon": {
    autonomousSystems: {
      red: {
        asn: 64512,
        igp: "ospf",
        policy: { roles: true, originValidation: true, pathEnd: ["blue"], multipath: true },
      },
      blue: { asn: 64513, policy: { pathEnd: ["red"], multipath: true } },
      green: { asn: 64514 },
      exchange: { asn: 64515 },
    },
    nodes: {
      r1: { ...router, daemon: "gobgp" },
      b1: {
        ...routerOfBlue,
        daemon: "openbgpd",
        hijacks: [{ prefix: "192.0.2.0/24", behind: "red" }],
        services: { cache: { kind: "rtr" } },
      },
      g1: { kind: "router", as: "green", daemon: "openbgpd" },
      g2: { kind: "router", as: "green" },
      server: { kind: "router", as: "exchange", routeServer: true, daemon: "frr" },
    },
    links: [{ ends: ["r1", "b1"] }, { ends: ["g1", "g2"] }],
    segments: { ix: { members: ["server", "r1", "b1"] }, second: { members: ["server", "b1"] } },
    relations: [...peers, { kind: "route-server", server: "server", members: ["red", "blue"] }],
    timers: { hold: 30, keepalive: 5 },
  },
  "unsupported-by-daemon-inside": {
    autonomousSystems: { ...autonomousSystems, green: { asn: 64514 } },
    nodes: {
      r1: { ...router, daemon: "frr" },
      r2: router,
      b1: { ...routerOfBlue, hijacks: [{ prefix: "192.0.2.0/24" }] },
      g1: { kind: "router", as: "green" },
      g2: { kind: "router", as: "green" },
      h1: host,
    },
    links: [{ ends: ["r1", "b1"] }],
    segments: {
      backbone: { members: ["r1", "r2", "g1", "g2"] },
      lan: { members: ["r2", "h1"], ipv4: "192.0.2.0/24" },
    },
    relations: peers,
  },
  "limit-out-of-range": {
    ...pair,
    autonomousSystems: { ...autonomousSystems, red: { asn: 64512, policy: { maximumPrefixes: 0 } } },
  },
  "preference-out-of-range": {
    ...pair,
    autonomousSystems: {
      ...autonomousSystems,
      red: { asn: 64512, policy: { localPreferences: { blue: -1, green: 100 }, pathEnd: ["bleu"] } },
    },
  },
  "bad-max-length": {
    ...pair,
    roas: [24, 15, 33].map((maxLength) => ({ prefix: "10.0.0.0/16", as: "red", maxLength })),
  },
  "duplicate-roa": { ...pair, roas: ["red", "blue", "red"].map((as) => ({ prefix: "2001:db8::/32", as })) },
  "duplicate-hijack": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        originates: ["192.0.2.0/24"],
        hijacks: [{ prefix: "192.0.2.0/24" }, { prefix: "192.0.2.1/24" }],
      },
      b1: { ...routerOfBlue, hijacks: [{ prefix: "198.51.100.0/24" }, { prefix: "198.51.100.0/24", behind: "red" }] },
    },
  },
  "hijack-behind-nobody": {
    ...pair,
    nodes: { ...pair.nodes, r1: { ...router, hijacks: [{ prefix: "192.0.2.0/24", behind: "rde" }] } },
  },
  "route-server-on-a-link": {
    ...pair,
    nodes: { ...pair.nodes, b1: { ...routerOfBlue, routeServer: true } },
    relations: [{ kind: "route-server", server: "b1", members: ["red"] }],
  },
};
