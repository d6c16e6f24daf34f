import { spawnSync } from "node:child_process";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bgpTopology } from "../../../labs/bgp/topology.ts";
import { drawDot, drawMermaid, drawSvg } from "../../../topology/drawings/index.ts";
import { grid, ring } from "../../../topology/generators.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Topology } from "../../../topology/topology.ts";
import { expectGolden } from "../../golden.ts";
import { all, parseXml, textOf } from "./well-formed.ts";
import { needs } from "../../requirements.ts";

const bgp = resolve(bgpTopology({ stubs: 5, families: "dual", holdTime: 90, keepaliveTime: 30 }));

/** An IPv6 session of t1a and tr1 down, one of s5 starting, one of s4 at the exchange not known, one of iBGP starting. */
const live = new Map(
  bgp.sessions.flatMap((session) => {
    const [one, other] = session.ends.map(({ router }) => router);
    const between = (a: string, b: string): boolean => (one === a && other === b) || (one === b && other === a);
    const ipv6 = session.transport === "ipv6";
    const state =
      ipv6 && between("t1a", "tr1-a")
        ? "Idle"
        : between("tr3", "s5")
          ? "Active        Socket: Connection refused"
          : ipv6 && between("tr1-rr", "tr1-a")
            ? "OpenSent"
            : "Established";
    return ipv6 && between("rs", "s4")
      ? []
      : session.ends.map(({ router, protocol }) => [`${router}/${protocol}`, state] as const);
  }),
);

const siblings: TopologySpec = {
  families: ["ipv4"],
  autonomousSystems: { one: { asn: 64496 }, two: { asn: 64497 }, three: { asn: 64498 } },
  nodes: {
    a: { kind: "router", as: "one" },
    b: { kind: "router", as: "two" },
    c: { kind: "router", as: "three" },
    h: { kind: "host" },
    i: { kind: "host" },
  },
  links: [{ ends: ["a", "b"] }],
  segments: { lan: { members: ["a", "h", "i"] }, ix: { members: ["a", "b", "c"] } },
  relations: [
    { kind: "sibling", between: ["one", "two"] },
    { kind: "peer", between: ["two", "three"] },
    { kind: "transit", provider: "one", customer: "three" },
  ],
};

const topologies: Readonly<Record<string, Topology>> = {
  bgp,
  siblings: resolve(siblings),
  ring: resolve(ring(5)),
  pair: resolve({ nodes: { a: { kind: "host" }, b: { kind: "host" } }, links: [{ ends: ["a", "b"] }] }),
};

/** Any topology, with names that nobody would give: drawings take them as they come. */
function renamed(topology: Topology, name: (given: string) => string): Topology {
  const names = new Map(
    [...topology.nodes, ...topology.segments, ...topology.links, ...topology.autonomousSystems].map((each) => [
      each.name,
      name(each.name),
    ]),
  );
  const rename = (given: string): string => names.get(given) ?? given;
  return {
    ...topology,
    autonomousSystems: topology.autonomousSystems.map((as) => ({
      ...as,
      name: rename(as.name),
      title: rename(as.name),
      routers: as.routers.map(rename),
      reflectors: as.reflectors.map(rename),
    })),
    nodes: topology.nodes.map((node) =>
      node.kind === "router"
        ? { ...node, name: rename(node.name), as: rename(node.as) }
        : { ...node, name: rename(node.name) },
    ),
    links: topology.links.map((link) => ({
      ...link,
      name: rename(link.name),
      ends: [
        { ...link.ends[0], node: rename(link.ends[0].node) },
        { ...link.ends[1], node: rename(link.ends[1].node) },
      ],
    })),
    segments: topology.segments.map((segment) => ({
      ...segment,
      name: rename(segment.name),
      members: segment.members.map((end) => ({ ...end, node: rename(end.node) })),
    })),
    relations: topology.relations.map((relation) => ({ ...relation, a: rename(relation.a), b: rename(relation.b) })),
    sessions: topology.sessions.map((session) => ({
      ...session,
      ...(session.over === undefined ? {} : { over: rename(session.over) }),
      ends: [
        { ...session.ends[0], router: rename(session.ends[0].router) },
        { ...session.ends[1], router: rename(session.ends[1].router) },
      ],
    })),
  };
}

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "end",
    "graph",
    "a--b",
    'x"];}',
    "</text>",
    "&lt;",
    "\\N",
    "\\",
    "#quot;",
    "`md`",
    "<b>",
    "a\nb",
    "%%",
    "]]>",
    "\u0000",
    "\ud800",
    "日本",
  ),
);

describe("drawings of labs", () => {
  for (const [name, topology] of Object.entries(topologies))
    test(`of ${name} are as they were`, async () => {
      expectGolden(`drawings/${name}.mmd`, drawMermaid(topology));
      expectGolden(`drawings/${name}.dot`, drawDot(topology));
      expectGolden(`drawings/${name}.svg`, await drawSvg(topology));
    });

  test("of bgp with the sessions' state are as they were", async () => {
    expectGolden("drawings/bgp-live.mmd", drawMermaid(bgp, live));
    expectGolden("drawings/bgp-live.dot", drawDot(bgp, live));
    expectGolden("drawings/bgp-live.svg", await drawSvg(bgp, live));
  });

  test("of bgp with addresses have every link's prefixes", async () => {
    const texts = all(parseXml(await drawSvg(bgp, undefined, { addresses: true })), "text").map(textOf);
    for (const { prefixes } of bgp.links) expect(texts).toEqual(expect.arrayContaining([...prefixes]));
  });
});

describe("SVG", () => {
  test("is well-formed, and everything in it lies within it", async () => {
    for (const topology of Object.values(topologies)) {
      const root = parseXml(await drawSvg(topology));
      const [width, height] = [Number(root.attributes["width"]), Number(root.attributes["height"])];
      for (const { attributes } of all(root, "rect").slice(1)) {
        expect(Number(attributes["x"]) + Number(attributes["width"])).toBeLessThanOrEqual(width);
        expect(Number(attributes["y"]) + Number(attributes["height"])).toBeLessThanOrEqual(height);
      }
      expect(await drawSvg(topology)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test("names every node, segment of three or more, and AS", async () => {
    const texts = all(parseXml(await drawSvg(bgp)), "text").map(textOf);
    const systems = bgp.autonomousSystems.flatMap(({ title, asn }) => [title, `AS${asn}`]);
    expect(texts).toEqual(expect.arrayContaining([...bgp.nodes.map(({ name }) => name), ...systems, "ix"]));
  });

  test("providers are above their customers, and those without a provider side by side", async () => {
    const rects = new Map<string, number>();
    const texts = all(parseXml(await drawSvg(bgp)), "text");
    for (const text of texts) rects.set(textOf(text), Number(text.attributes["y"]));
    const height = (name: string): number => rects.get(name) ?? 0;
    for (const [upper, lower] of [
      ["t1a", "tr2"],
      ["t1b", "tr2"],
      ["t1a", "tr1-a"],
      ["tr2", "tr3"],
      ["tr3", "s4"],
      ["tr1-b", "s1"],
      ["s1", "h1"],
    ] as const)
      expect(height(upper), `${upper} above ${lower}`).toBeLessThan(height(lower));
    expect(height("t1a")).toBe(height("t1b"));
  });

  test("says what a session does that isn't up, and of which family", async () => {
    const texts = all(parseXml(await drawSvg(bgp, live)), "text").map(textOf);
    expect(texts).toEqual(expect.arrayContaining(["IPv6 Idle", "Active", "IPv6 unknown", "iBGP 5 of 6 up"]));
    expect(texts).toEqual(expect.arrayContaining(["session up", "session starting", "session down", "not known"]));
  });

  test("says that a link is down", async () => {
    const name = bgp.links[0]?.name ?? "";
    const state = new Map([...live, [name, "DOWN"]]);
    expect(all(parseXml(await drawSvg(bgp, state)), "text").map(textOf)).toContain("link DOWN");
  });

  test("a ring and a grid of 200 routers are drawn", async () => {
    for (const spec of [ring(200), grid(10, 20)]) {
      const texts = all(parseXml(await drawSvg(resolve(spec))), "text").map(textOf);
      expect(texts.filter((text) => /^r\d+$/.test(text))).toHaveLength(200);
    }
  }, 20_000);

  test("the same topology gives the same drawing", async () => {
    expect(await drawSvg(bgp, live)).toBe(await drawSvg(structuredClone(bgp), new Map(live)));
  });
});

describe("names of any kind", () => {
  test("leave SVG well-formed and DOT readable by Graphviz, and are shown", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 4, maxLength: 4 }), async (chosen) => {
        let index = 0;
        const topology = renamed(resolve(siblings), (given) => `${chosen[index++ % chosen.length]}${given}`);
        const shown = all(parseXml(await drawSvg(topology)), "text").map(textOf);
        for (const { name } of topology.nodes)
          expect(shown).toContain(
            name.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD"),
          );
        // A fresh one, as for every drawing.
        Graphviz.unload();
        const graphviz = await Graphviz.load();
        const laidOut = JSON.parse(graphviz.layout(drawDot(topology), "json", "dot")) as {
          objects: unknown[];
          edges: unknown[];
        };
        expect(laidOut.objects.length).toBeGreaterThanOrEqual(
          topology.nodes.length + topology.autonomousSystems.length,
        );
        for (const line of drawMermaid(topology).split("\n")) expect(line).toMatch(mermaidLine);
      }),
      { numRuns: 25 },
    );
  });

  /** Every text in quotes, without quotes or anything else in it that means something to Mermaid. */
  const text = String.raw`"[\p{L}\p{N} .,:/()_+#;-]*(?:<br/>[\p{L}\p{N} .,:/()_+#;-]*)*"`;
  const mermaidLine = new RegExp(
    String.raw`^(?:|flowchart TB|  end|  subgraph \w+\[${text}\]|  +\w+(?:\[${text}\]|\(\[${text}\]\)|\{\{${text}\}\})|  \w+ (?:-->|-\.-|===|---)(?:\|${text}\|)? \w+)$`,
    "u",
  );

  test("that differ in signs alone stay apart in Mermaid and DOT", () => {
    const topology = renamed(resolve(siblings), (given) => (given === "h" ? "a-b" : given === "i" ? "a_b" : given));
    expect(new Set(drawMermaid(topology).match(/\w+\(\[/g))).toHaveProperty("size", 2);
    expect(drawDot(topology)).toContain('"node%20a-b"');
    expect(drawDot(topology)).toContain('"node%20a_b"');
  });
});

test("Graphviz lays out every DOT drawing", async () => {
  const graphviz = await Graphviz.load();
  for (const topology of Object.values(topologies))
    expect(graphviz.layout(drawDot(topology, live), "svg", "dot")).toContain("</svg>");
});

test("the machine's own dot takes them without a word", needs("dot"), () => {
  for (const topology of Object.values(topologies)) {
    const { status, stderr } = spawnSync("dot", ["-Tsvg"], { input: drawDot(topology, live), encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  }
});
