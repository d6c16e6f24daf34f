/** Specs with mistakes, one topic each. Their golden files hold what the author is told. */
import type { TopologySpec } from "../../../topology/spec.ts";

const router = { kind: "router", as: "red" };
const routerOfBlue = { kind: "router", as: "blue" };
const host = { kind: "host" };
const autonomousSystems = { red: { asn: 64512 }, blue: { asn: 64513 } };
const peers = [{ kind: "peer", between: ["red", "blue"] }];
/** Two routers of two ASes that peer over a link; right as it is. */
const pair = {
  autonomousSystems,
  nodes: { r1: router, b1: routerOfBlue },
  links: [{ ends: ["r1", "b1"] }],
  relations: peers,
};
const twoHosts = { nodes: { h1: host, h2: host } };
const link = (settings: object): object => ({ ...twoHosts, links: [{ ends: ["h1", "h2"], ...settings }] });
const end = (settings: object, linkSettings: object = {}): unknown =>
  link({ ends: [{ node: "h1", ...settings }, "h2"], ...linkSettings });

/** Two hosts with a PKI. */
const pki = (authorities: object, certificates: object = {}, h1: object = {}): unknown => ({
  ...link({}),
  nodes: { h1: { ...host, ...h1 }, h2: host },
  pki: { authorities, certificates },
});

const cases: Readonly<Record<string, unknown>> = {
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
  "pki-form": pki(
    { root: { key: "rsa-1024", trusted: 2, subject: { organizationalUnit: 7 } } },
    { web: { issuer: "root", profile: "sever", mistakes: { usages: ["webAuth"] } }, db: { issuer: "root" } },
    { credentials: { "a.pem": { certificate: "web", content: "fullchain" }, "b.pem": { authority: "root" } } },
  ),
  "pki-names": pki(
    { "Root CA": {}, shared: {} },
    { shared: { issuer: "shared", profile: "client" }, "web.server": { issuer: "shared", profile: "client" } },
  ),
  "pki-issuers": pki(
    { root: {}, one: { issuer: "two" }, two: { issuer: "one" }, under: { issuer: "two" }, lost: { issuer: "rooot" } },
    {
      leaf: { issuer: "root", profile: "client" },
      below: { issuer: "leaf", profile: "client" },
      ring: { issuer: "under", profile: "client" },
      none: { issuer: "nobody", profile: "client" },
    },
  ),
  "pki-authorities": pki({
    root: { pathLength: 1, lifetime: "10y", subject: {}, revoked: "keyCompromise" },
    middle: { issuer: "root", generation: 0, trusted: [1.5], lifetime: "4000d", pathLength: -1 },
    issuing: { issuer: "middle", trusted: [], renewBefore: "1825d", revocationListLifetime: "a week" },
    deep: {
      issuer: "issuing",
      subject: { country: "Germany", commonName: "" },
      nameConstraints: {
        permitted: { names: ["*.lab"], addresses: ["10.0.0.1/8"] },
        excluded: { uris: ["https://lab"], emails: ["a@lab"] },
      },
    },
  }),
  "pki-certificates": pki(
    { root: { lifetime: "30d" }, lab: { issuer: "root", nameConstraints: { permitted: { names: ["lab.example"] } } } },
    {
      "wrong-kinds": {
        issuer: "root",
        profile: "server",
        names: ["10.0.0.1", "a_b..c", "ok.local", "ok.local"],
        addresses: ["server.local", "10.0.0.1/24"],
        uris: ["nowhere"],
        emails: ["somebody"],
      },
      "too-long": { issuer: "root", profile: "server", node: "h1", lifetime: "31d", renewBefore: "0s", generation: -1 },
      "renewed-always": { issuer: "root", profile: "client", lifetime: "2h", renewBefore: "2h" },
      nobody: { issuer: "root", profile: "client", subject: {} },
      nameless: { issuer: "root", profile: "server" },
      outside: { issuer: "lab", profile: "server", names: ["www.lab.example", "www.example"] },
      identity: { issuer: "root", profile: "spiffe", uris: ["https://lab.example/web"] },
      lost: { issuer: "root", profile: "server", node: "h3" },
      member: { issuer: "root", profile: "mongodb-member", names: ["db"], subject: { organization: "Lab" } },
      reader: { issuer: "root", profile: "mongodb-client", subject: { organization: "Lab", commonName: "reader" } },
      loose: { issuer: "root", profile: "mongodb-member", names: ["db2"], subject: { commonName: "db2" } },
    },
  ),
  "pki-credentials": pki(
    { root: {} },
    { web: { issuer: "root", profile: "server", node: "h1" } },
    {
      files: { "tls/web.pem": "mine" },
      credentials: {
        "/etc/web.pem": { certificate: "web", content: "chain" },
        "bird.pem": { certificate: "wb", content: "chain" },
        "tls/web.pem": { authority: "rot", content: "bundle" },
        "tls/web.key": { certificate: "web", content: "key" },
      },
      services: {
        web: { kind: "http", answer: "hi", tls: { certificate: "web/web.pem", key: "tls/web.key" } },
      },
    },
  ),
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
  "no-rtr-server": {
    ...pair,
    autonomousSystems: { ...autonomousSystems, red: { asn: 64512, policy: { originValidation: true } } },
  },
  "not-an-authority": {
    ...pair,
    nodes: {
      ...pair.nodes,
      ca: {
        kind: "host",
        services: {
          krill: { kind: "krill" },
          other: { kind: "krill" },
          rtr: { kind: "relying-party", authority: "ca" },
        },
      },
      validator: { kind: "host", services: { rtr: { kind: "relying-party", authority: "r1" } } },
    },
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
  "bad-extra-address": {
    ...pair,
    nodes: {
      ...pair.nodes,
      r1: { ...router, addresses: ["192.0.2.1", "192.0.2.1/32", "192.0.2.1/32", "ff02::1/128"] },
    },
  },
  services: {
    ...pair,
    nodes: {
      r1: {
        ...router,
        services: {
          bird: { kind: "rtr" },
          cache: { kind: "rtr", port: 0 },
          web: { kind: "http", port: 53, answer: "" },
          names: {
            kind: "dns",
            zones: {
              "example.com.": [{ name: "www", type: "A", value: "a\nb" }],
              com: [{ name: "a b", type: "TXT", value: "x" }],
            },
          },
          "any-thing": {
            kind: "daemon",
            command: [],
            files: { "../etc/passwd": "" },
            listens: [{ protocol: "tcp", port: 53 }],
          },
        },
      },
      b1: {
        ...routerOfBlue,
        services: {
          web: { kind: "htp" },
          other: { kind: "dns", zones: { com: [{ name: "a", type: "ANY", value: "" }] } },
        },
      },
    },
  },
  multicast: {
    nodes: {
      h1: {
        ...host,
        services: {
          one: {
            kind: "multicast",
            joins: [
              { group: "224.0.0.251", interface: "h2" },
              { group: "10.0.0.1", interface: "h2" },
            ],
            routes: [
              { group: "224.0.0.9", from: "h2", to: [] },
              { group: "ff02::1", from: "h2", to: ["h2"] },
            ],
          },
          two: { kind: "multicast" },
        },
        sysctls: { "kernel.hostname": "x", "net.ipv4.ip_forward": "1\n2" },
      },
      h2: host,
    },
    links: [{ ends: ["h1", "h2"] }],
  },
  "interfaces-of-services": {
    nodes: {
      h1: {
        ...host,
        services: {
          groups: {
            kind: "multicast",
            joins: [{ group: "ff05::1", interface: "h22" }],
            routes: [{ group: "233.252.0.1", from: "eth0", to: ["h2", "h3"] }],
          },
          any: { kind: "daemon", command: ["cat"], interfaces: ["h1"] },
        },
      },
      h2: host,
    },
    links: [{ ends: ["h1", "h2"] }],
  },
  "services-of-the-right-form": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        services: {
          bird: { kind: "rtr" },
          cache: { kind: "rtr", port: 0 },
          web: { kind: "http", port: 53, answer: "" },
          names: {
            kind: "dns",
            zones: {
              "example.com.": [{ name: "www", type: "A", value: "a\nb" }],
              com: [{ name: "a b", type: "TXT", value: "x" }],
            },
          },
          "any-thing": {
            kind: "daemon",
            command: [],
            files: { "../etc/passwd": "" },
            listens: [{ protocol: "tcp", port: 53 }],
          },
        },
      },
      b1: routerOfBlue,
    },
  },
  "health-checks": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        files: { "tools/ask.py": "", "../ask.py": "", "bird.conf": "", "health/state": "" },
        services: {
          health: { kind: "health-check", command: " ", interval: 0, timeout: 4000, rise: 0, fall: 1.5 },
          again: { kind: "health-check", command: "true" },
        },
      },
      b1: routerOfBlue,
    },
  },
  docker: {
    nodes: {
      machine: {
        kind: "host",
        ruleset: "table inet filter {}",
        iptables: "*filter\nCOMMIT",
        services: {
          web: { kind: "http", answer: "", port: 8080 },
          docker: {
            kind: "docker",
            bridge: { address: "fd00::1/64", mtu: 67 },
            networks: {
              shop: { subnet: "172.30.1.0/24", gateway: "172.30.2.1", mtu: 70_000 },
              office: { subnet: "172.30.1.128/25", gateway: "no" },
              bridge: { subnet: "172.30.3.1/24" },
              "a-long-name-of-it": { subnet: "172.30.4.0/30" },
            },
            containers: {
              front: { command: ["true"], network: "shp", ports: { 8080: 80, 70000: 0 }, dns: ["dns.example"] },
              back: { command: ["true"], ports: { 8081: 80 } },
              Side: { command: ["true"], ports: { 8081: 80 } },
            },
          },
          again: { kind: "docker" },
        },
      },
      other: { kind: "host" },
    },
    links: [{ ends: ["machine", "other"] }],
  },
  "docker-subnets": {
    nodes: {
      machine: {
        kind: "host",
        services: { docker: { kind: "docker", networks: { shop: { subnet: "10.1.2.0/24" } } } },
      },
      other: { kind: "host" },
    },
    links: [
      { ends: ["machine", "other"], ipv4: "10.1.2.128/25" },
      { ends: ["machine", "other"], ipv4: "172.17.9.0/24" },
    ],
  },
  postgresql: {
    segments: { lan: { members: ["db"] } },
    nodes: {
      db: {
        kind: "host",
        services: {
          first: {
            kind: "postgresql",
            port: 0,
            tls: { certificate: "/etc/server.pem", key: "../server.key", revocations: "crl.pem" },
            access: [
              {
                connection: "hostssl",
                roles: ["app", "postgres"],
                databases: ["shop", "store"],
                method: "cert",
                map: "apps",
              },
              { connection: "host", method: "trust", address: "anywhere", map: "app", clientName: "DN" },
              { connection: "hostnossl", method: "cert" },
            ],
            maps: {
              app: [
                { certificate: "a\nb", role: "ap" },
                { certificate: "/^(.*)$", role: "\\1" },
              ],
              "a b": [],
            },
            roles: ["app", "app", "pg_app", "postgres", "x y"],
            databases: {
              shop: { owner: "ape", statements: ["", "SELECT 1;"] },
              template1: {},
              "../shop": {},
            },
          },
          second: {
            kind: "postgresql",
            tls: { certificate: "server.pem", key: "server.key" },
            access: [{ connection: "hostssl", method: "cert" }],
          },
        },
      },
    },
  },
  proxies: {
    segments: { lan: { members: ["web", "orders"] } },
    nodes: {
      web: {
        kind: "host",
        services: {
          proxy: {
            kind: "proxy",
            tls: { certificate: "tls/web.pem", key: "web.key", authorities: "/etc/ca.pem" },
            inbound: {
              to: 70000,
              port: 9001,
              allows: [
                "shop.example/web",
                "spiffe://Shop.example/web",
                "spiffe://shop.example",
                "spiffe://shop.example/a/../b",
              ],
            },
            outbound: {
              orders: { port: 9001, node: "order", nodePort: 1.5, identity: "orders" },
              "Pay ments": { port: 9002, node: "orders", identity: "spiffe://shop.example/payments" },
            },
          },
        },
      },
      orders: { kind: "host" },
    },
  },
  machines: {
    nodes: {
      one: {
        kind: "machine",
        files: { "etc/motd": "", "/etc/../motd": "", "/run/motd": "", "/etc/": "" },
        environment: { "A-B": "", C: "\0" },
        setup: ["true", " "],
        after: ["two", "three", "tow", "host"],
      },
      two: { kind: "machine", after: ["one"] },
      three: { kind: "machine", after: ["three"] },
      host: { kind: "host" },
    },
    links: [
      {
        ends: [
          { node: "one", interface: "eth0", mac: "01:00:00:00:00:01" },
          { node: "host", mac: "2:0:0:0:0:1" },
        ],
      },
    ],
    segments: { lan: { members: ["one", "one", { node: "two", interface: "a" }, { node: "two", interface: "b" }] } },
  },
  "machine-of-the-right-form": {
    nodes: { m: { kind: "machine", services: { web: { kind: "http", answer: "" } }, ruleset: "", setup: "true" } },
  },
  "host-names": { ...pair, names: { "whois.example": "r9", b1: "r1", "Not A Name": "b1" }, resolver: "r1" },
  "route-server-on-a-link": {
    ...pair,
    nodes: { ...pair.nodes, b1: { ...routerOfBlue, routeServer: true } },
    relations: [{ kind: "route-server", server: "b1", members: ["red"] }],
  },
};

/** By the name of its golden file. The casts stand for authors whose compiler didn't look. */
export const errorCases: readonly (readonly [string, TopologySpec])[] = Object.entries(cases).map(
  ([name, spec]) => [name, spec as TopologySpec] as const,
);
