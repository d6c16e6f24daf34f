import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pool } from "../../../topology/addressing/pool.ts";
import {
  formatPrefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  prefixOf,
  type Prefix,
} from "../../../topology/addressing/prefix.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Topology } from "../../../topology/topology.ts";
import { shape, specOf } from "./arbitrary.ts";

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}

/** `<node> <link or segment> <interface>` and `<node> lo`: their addresses. */
function addressesByPlace(topology: Topology): Map<string, readonly string[]> {
  return new Map(
    topology.nodes.flatMap((node) => [
      ...node.interfaces.map((each) => [`${node.name} ${each.attachedTo} ${each.name}`, each.addresses] as const),
      ...(node.kind === "router" ? [[`${node.name} lo`, node.loopbacks] as const] : []),
    ]),
  );
}

function withMore(spec: TopologySpec): TopologySpec {
  return {
    ...spec,
    nodes: {
      ...spec.nodes,
      "late-router": { kind: "router", as: "as-0", originates: ["192.0.2.0/24"] },
      "late-host": { kind: "host", gateway: "late-router" },
    },
    links: [
      ...(spec.links ?? []),
      { ends: ["late-router", "router-0-0"] },
      { ends: ["router-0-0", "router-1-0"] },
      { ends: ["late-router", "router-0-0"], ipv4: "198.51.100.0/30" },
    ],
    segments: { ...spec.segments, "late-lan": { members: ["late-router", "late-host"] } },
  };
}

describe("addresses that are given out", () => {
  test("no two are the same, and each family in use is there at each end", () => {
    fc.assert(
      fc.property(shape, (each) => {
        const topology = resolve(specOf(each));
        const places = addressesByPlace(topology);
        const all = [...places.values()].flat().map((text) => text.split("/")[0]);
        expect(new Set(all).size).toBe(all.length);
        for (const [place, addresses] of places) expect(addresses.length, place).toBe(topology.families.length);
      }),
    );
  });

  test("each lies in its link's or segment's prefix and has its length", () => {
    fc.assert(
      fc.property(shape, (each) => {
        const topology = resolve(specOf(each));
        const ends = [
          ...topology.links.map((link) => [link.prefixes, link.ends] as const),
          ...topology.segments.map((segment) => [segment.prefixes, segment.members] as const),
        ];
        for (const [prefixes, members] of ends) {
          for (const text of members.flatMap((end) => end.addresses)) {
            const address = parseInterfaceAddress(text);
            expect(
              address && prefixes.includes(formatPrefix(prefixOf(address))),
              `${text} in ${prefixes.join(" ")}`,
            ).toBe(true);
          }
        }
      }),
    );
  });

  test("the same spec gives the same topology, which JSON holds whole", () => {
    fc.assert(
      fc.property(shape, (each) => {
        const topology = resolve(specOf(each));
        expect(resolve(specOf(each))).toEqual(topology);
        expect(JSON.parse(JSON.stringify(topology))).toEqual(topology);
      }),
    );
  });

  test("a link, a router, a host and a segment that are appended change none, and no interface's name", () => {
    fc.assert(
      fc.property(shape, (each) => {
        const before = addressesByPlace(resolve(specOf(each)));
        const after = addressesByPlace(resolve(withMore(specOf(each))));
        for (const [place, addresses] of before) expect(after.get(place), place).toEqual(addresses);
      }),
    );
  });

  test("turning IPv6 on changes no IPv4 address", () => {
    fc.assert(
      fc.property(shape, (each) => {
        const only4 = addressesByPlace(resolve(specOf({ ...each, families: ["ipv4"] })));
        const both = addressesByPlace(resolve(specOf({ ...each, families: ["ipv4", "ipv6"] })));
        for (const [place, addresses] of only4) expect(both.get(place)?.slice(0, 1), place).toEqual(addresses);
      }),
    );
  });

  test("ends of a link take the prefix's addresses in order, the lower first; in a wider one not the network's", () => {
    const nodes = { h1: { kind: "host" }, h2: { kind: "host" } } as const;
    const ends = ["h1", "h2"] as const;
    const links = [
      { ends, ipv4: "192.0.2.0/31", ipv6: "2001:db8::/127" },
      { ends, ipv4: "192.0.2.4/30", ipv6: "2001:db8:1::/64" },
    ];
    const [narrow, wide] = resolve({ nodes, links }).links.map((link) => link.ends.map((end) => end.addresses));
    expect(narrow).toEqual([
      ["192.0.2.0/31", "2001:db8::/127"],
      ["192.0.2.1/31", "2001:db8::1/127"],
    ]);
    expect(wide).toEqual([
      ["192.0.2.5/30", "2001:db8:1::1/64"],
      ["192.0.2.6/30", "2001:db8:1::2/64"],
    ]);
  });

  test("members of a segment get .1, .2 and so on around those declared, which may imply the prefix", () => {
    const host = { kind: "host" } as const;
    const nodes = { h1: host, h2: host, h3: host, h4: host };
    const declared = [
      { node: "h2", ipv4: "192.0.2.1/24" },
      { node: "h4", ipv4: "192.0.2.2/24" },
    ];
    const segments = { lan: { members: ["h1", ...declared, "h3"], ipv6: false } } as const;
    const [lan] = resolve({ nodes, segments }).segments;
    expect(lan?.prefixes).toEqual(["192.0.2.0/24"]);
    expect(lan?.members.map((end) => `${end.node} ${end.addresses.join()}`)).toEqual([
      "h1 192.0.2.3/24",
      "h2 192.0.2.1/24",
      "h4 192.0.2.2/24",
      "h3 192.0.2.4/24",
    ]);
  });

  test("what is declared of a family not in use is left out", () => {
    const topology = resolve({
      families: ["ipv4"],
      autonomousSystems: { red: { asn: 64512 } },
      nodes: { r1: { kind: "router", as: "red", originates: ["2001:db8::/48", "192.0.2.0/24"] }, h1: { kind: "host" } },
      links: [{ ends: ["r1", { node: "h1", ipv6: "2001:db8::2/64" }], ipv4: "192.0.2.0/24" }],
    });
    expect(topology.nodes[0]).toMatchObject({ originates: ["192.0.2.0/24"] });
    expect(topology.links[0]?.prefixes).toEqual(["192.0.2.0/24"]);
  });
});

describe("a pool", () => {
  test("gives out each slot once, none that is reserved, and then no more", () => {
    const reserved = fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 8 });
    fc.assert(
      fc.property(reserved, fc.infiniteStream(fc.string()), (slots, names) => {
        const declared = slots.map((slot) => prefix(`192.0.2.${slot * 4}/32`));
        const pool = new Pool(prefix("192.0.2.0/24"), 30, declared);
        const given: Prefix[] = [];
        for (const name of names) {
          const taken = pool.take(name);
          if (taken === undefined) break;
          given.push(taken);
        }
        expect(given.length).toBe(64 - new Set(slots).size);
        expect(new Set(given.map(formatPrefix)).size).toBe(given.length);
        for (const each of given) {
          expect(declared.some((one) => prefixContains(each, one))).toBe(false);
          expect(prefixContains(prefix("192.0.2.0/24"), each)).toBe(true);
        }
      }),
    );
  });

  test("has nothing to give where a declared prefix covers it", () => {
    expect(new Pool(prefix("192.0.2.0/24"), 31, [prefix("192.0.0.0/16")]).take("r1")).toBeUndefined();
  });
});
