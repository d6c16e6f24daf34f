/** Mistakes in the form of a topology, its names, links and addresses. */
import { autonomousSystems, end, host, link, pair, router, routerOfBlue, twoHosts } from "./parts.ts";

export const topologyMistakes: Readonly<Record<string, unknown>> = {
  "wrong-type-of-everything": "a topology",
  "wrong-type": {
    families: ["ipv4", "ipx"],
    autonomousSystems: { red: { asn: "64512", ibgp: { kind: "mesh" } }, blue: null },
    nodes: { r1: { kind: "ruter", as: "red" }, r2: { ...router, originates: "10.0.0.0/8" }, "R 3": 3 },
    links: [{ ends: ["r1"] }, { ends: [7, "r2"], mtu: Number.NaN, ipv4: true }, undefined],
    segments: [],
    relations: [{ kind: "peer", between: ["red", "blue", "green"] }, {}],
    timers: { hold: 10n },
  },
  "missing-property": { autonomousSystems: { red: {} }, segments: { lan: {} }, links: [{ ends: [{}, "r1"] }] },
  "unknown-property": { nodes: { r1: { ...router, orginates: [] }, h1: { ...host, colour: "red" } }, relation: [] },
  "bad-name": {
    autonomousSystems: { "red-": { asn: 64512 } },
    nodes: {
      R1: { ...router, as: "red-" },
      "a b": { kind: "router", as: "red-" },
      ["x".repeat(64)]: { kind: "router", as: "red-" },
    },
    segments: { "1st": { members: [] } },
    links: [{ name: "to the left", ends: ["R1", "a b"] }],
  },
  "container-form": {
    nodes: { h1: { ...host, runtime: "vm" }, h2: { ...host, container: { privileged: true, memory: "64M" } } },
  },
  "container-limits": {
    runtime: "container",
    nodes: { h1: { ...host, container: { image: "the router", memory: 5.5, cpus: 0 } } },
  },
  "no-container": {
    runtime: "container",
    nodes: {
      ca: { ...host, services: { krill: { kind: "krill" } } },
      v: { ...host, services: { rtr: { kind: "relying-party", authority: "ca" } } },
      m: { kind: "machine" },
      server: { ...host, services: { docker: { kind: "docker" } } },
    },
    links: [{ ends: ["ca", "v"] }, { ends: ["v", "m"] }, { ends: ["m", "server"] }],
  },
  "reserved-name": { nodes: { sandbox: host, h1: host }, links: [{ ends: ["sandbox", "h1"] }] },
  "bad-title": { autonomousSystems: { red: { asn: 64512, title: "Red\nprotocol static {}" } }, nodes: {} },
  "unknown-reference": {
    autonomousSystems: {
      ...autonomousSystems,
      green: { asn: 64514, ibgp: { kind: "route-reflectors", reflectors: ["r9"] } },
    },
    nodes: {
      r1: { ...router, as: "rad" },
      r2: router,
      h1: { ...host, gateway: "r11" },
      constructor: { ...router, as: "toString" },
    },
    links: [{ ends: ["r1", "constuctor"] }, { ends: ["r2", { node: "printer" }] }],
    segments: { lan: { members: ["h1", "h2"] } },
    relations: [
      { kind: "transit", provider: "red", customer: "blu" },
      { kind: "sibling", between: ["gren", "valueOf"] },
      { kind: "route-server", server: "rs", members: ["red", "magenta"] },
    ],
  },
  "duplicate-link-name": {
    nodes: { h1: host, h2: host },
    links: [{ ends: ["h1", "h2"] }, { name: "h1--h2", ends: ["h1", "h2"] }, { name: "lan", ends: ["h1", "h2"] }],
    segments: { lan: { members: ["h1", "h2"] } },
  },
  "self-link": link({ ends: ["h1", { node: "h1" }] }),
  "duplicate-member": { ...twoHosts, segments: { lan: { members: ["h1", "h2", { node: "h1" }] } } },
  "interface-name-too-long": end({ interface: "to-the-second-host" }),
  "bad-interface-name": {
    nodes: { h1: host, h2: host },
    links: ["", "lo", "eth0/1", "eth 0", "all", "-a"].map((name) => ({
      ends: [{ node: "h1", interface: name }, "h2"],
    })),
  },
  "duplicate-interface": {
    nodes: { h1: host, h2: host },
    links: [1, 2].map(() => ({ ends: [{ node: "h1", interface: "eth0" }, "h2"] })),
  },
  "host-without-link": { nodes: { h1: host } },
  "gateway-not-a-router": { nodes: { h1: host, h2: { ...host, gateway: "h1" } }, links: [{ ends: ["h1", "h2"] }] },
  "unreachable-gateway": {
    ...pair,
    nodes: { ...pair.nodes, h1: { ...host, gateway: "b1" } },
    links: [...pair.links, { ends: ["r1", "h1"] }],
  },
  "ambiguous-gateway": {
    ...pair,
    nodes: { ...pair.nodes, h1: host },
    links: [...pair.links, { ends: ["r1", "h1"] }, { ends: ["b1", "h1"] }],
  },
  "duplicate-reference": {
    ...pair,
    autonomousSystems: {
      ...autonomousSystems,
      red: { asn: 64512, ibgp: { kind: "route-reflectors", reflectors: ["r1", "r1"] } },
    },
  },
  "no-families": { ...pair, families: [] },
  "mtu-out-of-range": {
    nodes: { h1: host, h2: host },
    links: [576, 65536, 1500.5].map((mtu) => ({ ends: ["h1", "h2"], mtu })),
    segments: { lan: { members: ["h1"], mtu: 0 } },
  },
  "rate-out-of-range": link({ impairments: { rate: 0.5 } }),
  "loss-out-of-range": link({ impairments: { loss: 5 } }),
  "delay-out-of-range": link({ impairments: { delay: -1 } }),
  "clock-out-of-range": { nodes: { h1: { ...host, clock: 1.5 }, h2: { ...host, clock: -400_000_000 } } },
  "jitter-out-of-range": link({ impairments: { delay: 10, jitter: 20 } }),
  "hold-time-out-of-range": { ...pair, timers: { hold: 2 } },
  "timer-out-of-range": {
    ...pair,
    timers: { hold: 9, keepalive: 9, connectDelay: 0, connectRetry: -1, ospfHello: 0.5 },
  },
  "bad-prefix": {
    ...pair,
    addressing: { links4: "10.0.0.0" },
    links: [{ ends: ["r1", "b1"], ipv4: "10.0.0/8", ipv6: "fd00::/129" }],
    nodes: { ...pair.nodes, r1: { ...router, originates: ["010.0.0.0/8", ""] } },
  },
  "bad-address": {
    ...pair,
    links: [
      {
        ends: [
          { node: "r1", ipv4: "192.0.2.1" },
          { node: "b1", ipv6: "fe80::1%eth0/64" },
        ],
      },
    ],
    nodes: { ...pair.nodes, r1: { ...router, loopback: { ipv4: "192.0.2.1/32", ipv6: "1::2::3" } } },
  },
  "host-bits-set": {
    ...pair,
    links: [{ ends: ["r1", "b1"], ipv6: "2001:db8::1/64" }],
    nodes: { ...pair.nodes, r1: { ...router, originates: ["192.0.2.1/24"] } },
  },
  "wrong-family": {
    ...pair,
    addressing: { loopbacks6: "192.0.2.0/24" },
    links: [{ ends: ["r1", { node: "b1", ipv6: "192.0.2.1/24" }], ipv4: "2001:db8::/64" }],
    nodes: { ...pair.nodes, r1: { ...router, loopback: { ipv4: "2001:db8::1" } } },
  },
  "special-prefix": {
    ...pair,
    links: [{ ends: ["r1", "b1"], ipv4: "0.0.0.0/0", ipv6: "fe80::/64" }],
    nodes: { ...pair.nodes, r1: { ...router, originates: ["224.0.0.0/24"], loopback: { ipv4: "127.0.0.1" } } },
  },
  "family-turned-off": end({ ipv6: "2001:db8::1/64" }, { ipv6: false }),
  "address-outside-prefix": {
    nodes: { h1: host, h2: host },
    links: [
      { ends: [{ node: "h1", ipv4: "192.0.2.1/24" }, "h2"], ipv4: "198.51.100.0/24" },
      { ends: [{ node: "h1", ipv4: "192.0.2.1/25" }, "h2"], ipv4: "192.0.2.0/24" },
      {
        ends: [
          { node: "h1", ipv4: "203.0.113.1/30" },
          { node: "h2", ipv4: "203.0.113.5/30" },
        ],
      },
    ],
  },
  "unusable-address": {
    nodes: { h1: host, h2: host },
    links: [
      {
        ends: [
          { node: "h1", ipv4: "192.0.2.0/24", ipv6: "2001:db8::/64" },
          { node: "h2", ipv4: "192.0.2.255/24" },
        ],
      },
    ],
  },
  "duplicate-address": {
    ...pair,
    links: [
      {
        ends: [
          { node: "r1", ipv4: "192.0.2.1/24" },
          { node: "b1", ipv4: "192.0.2.1/24" },
        ],
      },
    ],
    nodes: {
      r1: { ...router, loopback: { ipv4: "192.0.2.1", ipv6: "2001:db8::1" } },
      b1: { ...routerOfBlue, loopback: { ipv6: "2001:db8:0::1" } },
    },
  },
  "overlapping-prefixes": {
    nodes: { h1: host, h2: host, r1: router },
    autonomousSystems,
    links: [
      { ends: ["h1", "h2"], ipv4: "192.0.2.0/30" },
      { ends: ["h1", "h2"], ipv4: "192.0.2.0/24" },
    ],
    segments: {
      lan: { members: ["h1", "r1"], ipv4: "192.0.0.0/16", ipv6: "2001:db8::/64" },
      lan2: { members: [], ipv6: "2001:db8::/64" },
    },
  },
  "overlapping-pools": { ...pair, addressing: { links4: "10.128.0.0/9", loopbacks6: "fd00:2:0:1::/64" } },
  "pool-too-small": { ...pair, addressing: { segments4: "192.0.2.0/25" } },
  "pool-exhausted": {
    nodes: { h1: host, h2: host },
    addressing: { links4: "192.0.2.0/30" },
    links: [1, 2, 3, 4].map(() => ({ ends: ["h1", "h2"], ipv6: false })),
  },
  "prefix-too-small": {
    nodes: { h1: host, h2: host, h3: host },
    segments: { lan: { members: ["h1", "h2", "h3"], ipv4: "192.0.2.0/30" } },
    links: [{ ends: ["h1", "h2"], ipv4: "198.51.100.1/32" }],
  },
  "bad-extra-address": {
    ...pair,
    nodes: {
      ...pair.nodes,
      r1: { ...router, addresses: ["192.0.2.1", "192.0.2.1/32", "192.0.2.1/32", "ff02::1/128"] },
    },
  },
  "host-names": { ...pair, names: { "whois.example": "r9", b1: "r1", "Not A Name": "b1" }, resolver: "r1" },
};
