import { describe, expect, test } from "vitest";
import { bgp } from "../../../labs/bgp/lab.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { resolve } from "../../../topology/resolve.ts";
import { captured, expectedRoutes, forward } from "../../../topology/routes/index.ts";
import type { TopologySpec } from "../../../topology/spec.ts";

describe("a packet in the bgp lab", () => {
  const topology = resolve(bgp.topology(resolveSettings(bgp, {})));
  const expected = expectedRoutes(topology);
  const way = (from: string, to: string): string => {
    const { hops, end } = forward(topology, expected, from, to);
    return `${hops.map(({ node }) => node).join(" ")}: ${end}`;
  };

  test("goes from host to host as the routes say, inside an AS by OSPF", () => {
    expect(way("h3", "10.101.1.10")).toBe("h3 s3 tr1-c tr1-rr tr1-b s1 h1: delivered");
    expect(way("h3", "2001:db8:101:1::10")).toBe("h3 s3 tr1-c tr1-rr tr1-b s1 h1: delivered");
  });

  test("is delivered to a router's own address, and to the router that announces its prefix", () => {
    expect(way("tr1-a", "10.11.255.4")).toBe("tr1-a tr1-rr tr1-c: delivered");
    expect(way("t1a", "10.101.200.1")).toBe("t1a tr1-a tr1-b s1: delivered");
    expect(way("h1", "10.101.1.10")).toBe("h1: delivered");
  });

  test("is lost where nothing leads", () => {
    expect(way("h3", "203.0.113.9")).toBe("h3 s3: unreachable");
    expect(way("rs", "10.101.1.10")).toBe("rs: unreachable");
  });
});

/** `thief` announces half of what `victim` announces; `near` and `far` have both as neighbours at some distance. */
const hijack: TopologySpec = {
  families: ["ipv4"],
  autonomousSystems: {
    victim: { asn: 64501 },
    thief: { asn: 64502 },
    near: { asn: 64503 },
    far: { asn: 64504 },
  },
  nodes: {
    victim: { kind: "router", as: "victim", originates: ["192.0.2.0/24", "198.51.100.0/24"] },
    thief: { kind: "router", as: "thief", hijacks: [{ prefix: "192.0.2.128/25" }, { prefix: "198.51.100.0/24" }] },
    near: { kind: "router", as: "near" },
    far: { kind: "router", as: "far" },
  },
  links: [{ ends: ["victim", "near"] }, { ends: ["near", "far"] }, { ends: ["far", "thief"] }],
  relations: [
    { kind: "transit", provider: "near", customer: "victim" },
    { kind: "peer", between: ["near", "far"] },
    { kind: "transit", provider: "far", customer: "thief" },
  ],
};

describe("traffic that a hijacker attracts", () => {
  const topology = resolve(hijack);
  const expected = expectedRoutes(topology);

  test("is all of it where its prefix is more specific", () => {
    expect(captured(topology, expected, "192.0.2.200")).toEqual([
      { end: "delivered", as: "thief", share: 1, from: ["victim", "thief", "near", "far"] },
    ]);
    expect(captured(topology, expected, "192.0.2.0/24").map(({ as, share }) => [as, share])).toEqual([["victim", 1]]);
  });

  test("is that of the nearer ASes where both announce the same", () => {
    expect(captured(topology, expected, "198.51.100.0/24")).toEqual([
      { end: "delivered", as: "victim", share: 0.5, from: ["victim", "near"] },
      { end: "delivered", as: "thief", share: 0.5, from: ["thief", "far"] },
    ]);
  });
});
