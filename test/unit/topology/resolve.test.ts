import { describe, expect, test } from "vitest";
import { grid, ring } from "../../../topology/generators.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Topology } from "../../../topology/topology.ts";
import { expectGolden } from "../../golden.ts";

function interfacesOf(topology: Topology, name: string): string[] {
  return topology.nodes.find((node) => node.name === name)?.interfaces.map((each) => each.name) ?? [];
}

const host = { kind: "host" } as const;
const red = { autonomousSystems: { red: { asn: 64512 } } } as const;

/** A little of everything. */
const example: TopologySpec = {
  autonomousSystems: {
    backbone: { asn: 64512, title: "Backbone", ibgp: { kind: "route-reflectors", reflectors: ["bb1"] } },
    stub: { asn: 4200000001 },
    ix: { asn: 64514 },
  },
  nodes: {
    bb1: { kind: "router", as: "backbone", loopback: { ipv4: "192.0.2.1", ipv6: "2001:db8:0:0::1" } },
    bb2: { kind: "router", as: "backbone" },
    rs: { kind: "router", as: "ix", routeServer: true },
    edge: { kind: "router", as: "stub", originates: ["198.51.100.0/24", "2001:DB8:64::/48"] },
    web: { kind: "host", ruleset: "table inet filter {}" },
  },
  links: [
    { ends: ["bb1", "bb2"], impairments: { delay: 10, jitter: 2, loss: 0 } },
    { ends: ["bb2", { node: "edge", interface: "uplink" }], mtu: 9000, impairments: { rate: 10_000_000 } },
  ],
  segments: {
    "exchange-in-frankfurt": { members: ["rs", "bb1", "edge"] },
    lan: { members: ["edge", "web"], ipv4: "198.51.100.0/25", ipv6: "2001:db8:64:1::/64" },
  },
  relations: [
    { kind: "transit", provider: "backbone", customer: "stub" },
    { kind: "route-server", server: "rs", members: ["backbone", "stub"] },
  ],
  timers: { hold: 9 },
};

test("addresses, names and sessions of a topology stay what they were in earlier versions", () => {
  expectGolden("topology/resolved.json", `${JSON.stringify(resolve(example), null, 2)}\n`);
});

test("a topology may be empty", () => {
  expect(resolve({ nodes: {} })).toMatchObject({ families: ["ipv4", "ipv6"], nodes: [], links: [], sessions: [] });
});

describe("names of interfaces", () => {
  test("are the peer's or the segment's, numbered where there are several", () => {
    const links = [
      { ends: ["h1", "h2"] },
      { ends: ["h2", "h1"] },
      { ends: ["h1", { node: "h2", interface: "eth0" }] },
    ] as const;
    const topology = resolve({
      nodes: { h1: host, h2: host },
      links,
      segments: { lan: { members: ["h1"] }, h2: { members: ["h1"] } },
    });
    expect(interfacesOf(topology, "h1")).toEqual(["h2", "h2-2", "h2-3", "lan", "h2-4"]);
    expect(interfacesOf(topology, "h2")).toEqual(["h1", "h1-2", "eth0"]);
  });

  test("are shortened to 15 characters, and still differ", () => {
    const long = ["router-in-frankfurt-1", "router-in-frankfurt-2"] as const;
    const links = [{ ends: ["h1", long[0]] }, { ends: ["h1", long[1]] }, { ends: ["h1", long[0]] }] as const;
    const names = interfacesOf(resolve({ nodes: { h1: host, [long[0]]: host, [long[1]]: host }, links }), "h1");
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^router-i[a-z0-9-]{1,7}$/);
  });

  test("are never one that the kernel has already, nor one declared on the same node", () => {
    const links = [
      { ends: ["h1", "lo"] },
      { ends: ["h1", "all"] },
      { ends: ["h1", "h2"] },
      { ends: [{ node: "h1", interface: "h2" }, "lo"] },
    ] as const;
    const topology = resolve({ nodes: { h1: host, h2: host, lo: host, all: host }, links });
    expect(interfacesOf(topology, "h1")).toEqual(["lo-2", "all-2", "h2-2", "h2"]);
  });
});

describe("a host's default routes", () => {
  const nodes = { r1: { kind: "router", as: "red" }, r2: { kind: "router", as: "red" }, h1: host } as const;
  const lan = { members: ["r1", "r2", "h1"], ipv4: "192.0.2.0/24", ipv6: "2001:db8::/64" } as const;
  const routesOf = (spec: TopologySpec): unknown =>
    resolve(spec).nodes.flatMap((node) => (node.kind === "host" ? node.routes : []));

  test("go through the gateway declared, in each family", () => {
    const declared = { ...nodes, h1: { kind: "host", gateway: "r2" } } as const;
    expect(routesOf({ ...red, nodes: declared, segments: { lan } })).toEqual([
      { destination: "0.0.0.0/0", via: "192.0.2.2", interface: "lan" },
      { destination: "::/0", via: "2001:db8::2", interface: "lan" },
    ]);
  });

  test("go through the only router there, in the families that both have", () => {
    const links = [{ ends: ["h1", "r1"], ipv4: "192.0.2.0/31", ipv6: false }, { ends: ["r1", "r2"] }] as const;
    expect(routesOf({ ...red, nodes, links })).toEqual([
      { destination: "0.0.0.0/0", via: "192.0.2.1", interface: "r1" },
    ]);
  });

  test("are none where there is no router", () => {
    expect(routesOf({ nodes: { h1: host, h2: host }, links: [{ ends: ["h1", "h2"] }] })).toEqual([]);
  });
});

describe("router ids", () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`r${index}`, { kind: "router", as: "red" } as const]),
  );
  const segments = { lan: { members: Object.keys(nodes) } };
  const routersOf = (families: readonly ("ipv4" | "ipv6")[]) =>
    resolve({ ...red, families, nodes, segments }).nodes.flatMap((node) => (node.kind === "router" ? [node] : []));

  test("are the IPv4 loopbacks", () => {
    for (const { routerId, loopbacks } of routersOf(["ipv6", "ipv4"])) expect(loopbacks[0]).toBe(`${routerId}/32`);
  });

  test("are unique unicast numbers where IPv4 isn't in use", () => {
    const ids = routersOf(["ipv6"]).map((router) => router.routerId);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(Number(id.split(".")[0])).toSatisfy((octet: number) => octet >= 1 && octet < 224);
  });
});

test("timers have their defaults, keepalive a third of the hold time", () => {
  const timers = (spec: TopologySpec["timers"]) => resolve({ nodes: {}, ...(spec && { timers: spec }) }).timers;
  expect(timers(undefined)).toEqual({ hold: 90, keepalive: 30, connectDelay: 1, connectRetry: 1, ospfHello: 1 });
  expect(timers({ hold: 10 }).keepalive).toBe(3);
  expect(timers({ hold: 0 }).keepalive).toBe(0);
});

describe("generators", () => {
  test("a ring has a router, a link and a session for each count", () => {
    const topology = resolve(ring(20));
    expect([topology.nodes.length, topology.links.length, topology.sessions.length]).toEqual([20, 20, 20]);
  });

  test("a grid joins each router to those beside and below it", () => {
    const topology = resolve(grid(3, 4, { families: ["ipv4", "ipv6"] }));
    expect([topology.nodes.length, topology.links.length, topology.sessions.length]).toEqual([12, 17, 34]);
    expect(interfacesOf(topology, "r5").sort()).toEqual(["r1", "r4", "r6", "r9"]);
    expect(topology.nodes[5]).toMatchObject({ asn: 64517, originates: ["172.16.5.0/24", "fd10:0:5::/48"] });
  });

  test("more than 1,000 routers have AS numbers of 32 bits", () => {
    expect(resolve(ring(1001)).autonomousSystems[1000]?.asn).toBe(4200001000);
  });

  test("the largest resolve", () => {
    const { nodes, links, sessions } = resolve(ring(4096, { families: ["ipv4", "ipv6"] }));
    expect([nodes.length, links.length, sessions.length]).toEqual([4096, 4096, 8192]);
  });
});
