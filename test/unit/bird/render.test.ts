import { describe, expect, test } from "vitest";
import { bgp } from "../../../labs/bgp/lab.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { policyOf } from "../../../topology/bird/neighbour.ts";
import { renderBird } from "../../../topology/bird/render.ts";
import { hostSysctls, routerSysctls } from "../../../topology/bird/sysctls.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Router } from "../../../topology/topology.ts";
import { expectGolden } from "../../golden.ts";
import { everything, policies } from "./specs.ts";

function configurations(spec: TopologySpec): ReadonlyMap<string, string> {
  const topology = resolve(spec);
  return new Map(
    topology.nodes.flatMap((node) =>
      node.kind === "router" ? [[node.name, renderBird(topology, node)] as const] : [],
    ),
  );
}

function configuration(spec: TopologySpec, router: string): string {
  return configurations(spec).get(router) ?? "";
}

describe("golden configurations", () => {
  test.each([...configurations(everything)])("of %s, in a topology with everything", (name, text) => {
    expectGolden(`bird/everything/${name}.conf`, text);
  });

  test.each([...configurations(policies)].filter(([name]) => /core|customer|partner|server/.test(name)))(
    "of %s, in a topology with every policy",
    (name, text) => {
      expectGolden(`bird/policies/${name}.conf`, text);
    },
  );

  test.each([...configurations(bgp.topology(resolveSettings(bgp, {})))])("of %s, in the bgp lab", (name, text) => {
    expectGolden(`bird/bgp/${name}.conf`, text);
  });
});

describe("a configuration", () => {
  test("has nothing of a family that isn't in use", () => {
    for (const text of configurations({ ...everything, families: ["ipv4"] }).values())
      expect(text).not.toMatch(/ipv6|2001:db8|ospf v3|kernel6/);
  });

  test("defines only what it uses", () => {
    for (const [name, text] of [...configurations(everything), ...configurations(policies)]) {
      const defined = [...text.matchAll(/^(?:define|filter) (\S+)/gm)].map((match) => match[1] ?? "");
      const unused = defined.filter((symbol) => text.split(new RegExp(`\\b${symbol}\\b`)).length < 3);
      expect([name, unused.filter((symbol) => !/^(FROM_PEER|FROM_PROVIDER|FROM_SIBLING)$/.test(symbol))]).toEqual([
        name,
        [],
      ]);
    }
  });

  test("has the timers of the topology, and no keepalive where the hold time is 0", () => {
    const timed = configuration({ ...everything, timers: { hold: 9, keepalive: 3, connectRetry: 2 } }, "member");
    expect(timed).toMatch(/hold time 9;\n\s+keepalive time 3;/);
    expect(timed).toContain("connect retry time 2;");
    const untimed = configuration({ ...everything, timers: { hold: 0 } }, "member");
    expect(untimed).toContain("hold time 0;");
    expect(untimed).not.toContain("keepalive time");
  });

  test("announces a connected LAN from its interface, and a wider prefix by a route that holds it", () => {
    const customer = configuration(everything, "customer");
    expect(customer).toMatch(/protocol direct lans4 \{[^}]*\}[^}]*interface "lan";/);
    expect(customer).not.toContain("route 10.20.0.0/24");
    expect(configuration(everything, "member")).toContain("route 10.22.0.0/16 unreachable;");
  });

  test("keeps a LAN out of OSPF where BGP announces it, for an OSPF route would hide BGP's", () => {
    const core = configuration(everything, "core-1");
    const [, v2 = "", v3 = ""] = core.split(/protocol ospf v\d/);
    expect(v2).not.toContain('interface "lan-core"');
    expect(v3).toContain('interface "lan-core" { stub; };');
  });
});

test("sysctls name no family that isn't in use", () => {
  const both = resolve(everything);
  const ipv4 = resolve({ ...everything, families: ["ipv4"] });
  const ordinary = policyOf(both, both.nodes.find((node) => node.kind === "router") as Router);
  expect(Object.keys(routerSysctls(both, ordinary)).some((name) => name.startsWith("net.ipv6."))).toBe(true);
  expect(Object.keys(routerSysctls(ipv4, ordinary)).some((name) => name.startsWith("net.ipv6."))).toBe(false);
  expect(Object.keys(hostSysctls(ipv4)).some((name) => name.startsWith("net.ipv6."))).toBe(false);
});
