/** Each step of BGP's decision, on a topology where nothing before it decides. */
import { describe, expect, test } from "vitest";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes } from "../../../topology/routes/index.ts";
import type { ExpectedRoute } from "../../../topology/routes/index.ts";
import type { LinkSpec, NodeSpec, RelationSpec, TopologySpec } from "../../../topology/spec.ts";

const prefix = "192.0.2.0/24";

interface Sketch {
  /** AS numbers by name. */
  readonly ases: Readonly<Record<string, number>>;
  /** Routers with their AS, and what is said besides. */
  readonly routers: Readonly<Record<string, Partial<NodeSpec> & { readonly as: string }>>;
  /** `a-b`. */
  readonly links: readonly string[];
  /** `provider>customer`, `a=b` for peers, `a~b` for siblings. */
  readonly relations: readonly string[];
  readonly more?: Partial<TopologySpec>;
}

function lab({ ases, routers, links, relations, more = {} }: Sketch): TopologySpec {
  return {
    families: ["ipv4"],
    autonomousSystems: Object.fromEntries(Object.entries(ases).map(([name, asn]) => [name, { asn }])),
    nodes: Object.fromEntries(
      Object.entries(routers).map(([name, router]) => [name, { kind: "router", ...router } as NodeSpec]),
    ),
    links: links.map((text): LinkSpec => ({ ends: text.split("-") as [string, string] })),
    relations: relations.map((text): RelationSpec => {
      const [one = "", other = ""] = text.split(/[>=~]/);
      if (text.includes(">")) return { kind: "transit", provider: one, customer: other };
      return { kind: text.includes("=") ? "peer" : "sibling", between: [one, other] };
    }),
    ...more,
  };
}

function routeOf(sketch: Sketch, router: string): ExpectedRoute | undefined {
  return expectedRoutes(resolve(lab(sketch)))
    .routes.get(router)
    ?.get(prefix);
}

const origin = { as: "o", originates: [prefix] };

describe("the decision", () => {
  test("is for the router's own prefix, whatever it hears", () => {
    const own = { originates: [prefix], anycast: [prefix] };
    const route = routeOf(
      {
        ases: { a: 1, b: 2 },
        routers: { a: { as: "a", ...own }, b: { as: "b", ...own } },
        links: ["a-b"],
        relations: ["a>b"],
      },
      "a",
    );
    expect(route).toMatchObject({ learnedFrom: "originated", path: [], protocol: "", from: "", nextHop: "a" });
  });

  test("is by local preference: a long way through customers before a short one over a peer", () => {
    const sketch: Sketch = {
      ases: { a: 1, b: 2, c: 3, o: 9 },
      routers: { a: { as: "a" }, b: { as: "b" }, c: { as: "c" }, o: origin },
      links: ["a-b", "b-c", "c-o", "a-o"],
      relations: ["a>b", "b>c", "c>o", "a=o"],
    };
    expect(routeOf(sketch, "a")).toMatchObject({ path: [2, 3, 9], learnedFrom: "customer", localPreference: 300 });
  });

  test("then by the length of the AS path", () => {
    const sketch: Sketch = {
      ases: { a: 1, b: 2, c: 3, d: 4, o: 9 },
      routers: { a: { as: "a" }, b: { as: "b" }, c: { as: "c" }, d: { as: "d" }, o: origin },
      links: ["a-b", "b-c", "c-o", "a-d", "d-o"],
      relations: ["a>b", "b>c", "c>o", "a>d", "d>o"],
    };
    expect(routeOf(sketch, "a")).toMatchObject({ path: [4, 9] });
  });

  // Two border routers of AS t each hear of o by a customer of its own; t3 hears of both inside.
  const borders: Sketch = {
    ases: { t: 1, b: 2, c: 3, o: 9 },
    routers: {
      t1: { as: "t", loopback: { ipv4: "10.255.0.1" } },
      t2: { as: "t", loopback: { ipv4: "10.255.0.2" } },
      t3: { as: "t", loopback: { ipv4: "10.255.0.3" } },
      b: { as: "b" },
      c: { as: "c" },
      o: origin,
    },
    links: ["t1-t3", "t3-t2", "t1-b", "t2-c", "b-o", "c-o"],
    relations: ["t>b", "t>c", "b>o", "c>o"],
  };

  test("then for what came from another AS before what came from inside", () => {
    expect(routeOf(borders, "t1")).toMatchObject({ path: [2, 9], protocol: "b_v4", nextHop: "b" });
    expect(routeOf(borders, "t2")).toMatchObject({ path: [3, 9], protocol: "c_v4", nextHop: "c" });
  });

  test("then by OSPF's cost of the way to the border router", () => {
    const further: Sketch = {
      ...borders,
      routers: { ...borders.routers, t4: { as: "t", loopback: { ipv4: "10.255.0.4" } } },
      links: ["t1-t4", "t4-t3", "t3-t2", "t1-b", "t2-c", "b-o", "c-o"],
    };
    expect(routeOf(further, "t3")).toMatchObject({ path: [3, 9], from: "t2", nextHop: "t2" });
    expect(routeOf(further, "t4")).toMatchObject({ path: [2, 9], from: "t1", nextHop: "t1" });
  });

  test("then by the lower BGP identifier of the neighbour", () => {
    expect(routeOf(borders, "t3")).toMatchObject({ path: [2, 9], from: "t1" });
    const { t1, t2, ...others } = borders.routers;
    const swapped = {
      ...borders,
      routers: { ...others, t1: { ...t1, ...t2 }, t2: { ...t2, ...t1 } } as Sketch["routers"],
    };
    expect(routeOf(swapped, "t3")).toMatchObject({ path: [3, 9], from: "t2" });
  });

  /** `t3` is a client of the reflectors. */
  const reflected = (reflectors: readonly string[], routers: Sketch["routers"], links: readonly string[]): Sketch => ({
    ...borders,
    routers: { ...borders.routers, ...routers },
    links: [...links, "t1-b", "t2-c", "b-o", "c-o"],
    more: {
      autonomousSystems: {
        t: { asn: 1, ibgp: { kind: "route-reflectors", reflectors } },
        b: { asn: 2 },
        c: { asn: 3 },
        o: { asn: 9 },
      },
    },
  });

  test("then, where a reflector passed it on, by the identifier of who brought it into the AS", () => {
    // Seen from the reflector both borders are equally far; 10.255.0.1 is t1's.
    const sketch = reflected(["r"], { r: { as: "t", loopback: { ipv4: "10.255.0.9" } } }, ["t1-r", "t2-r", "t3-r"]);
    expect(routeOf(sketch, "r")).toMatchObject({ from: "t1" });
    expect(routeOf(sketch, "t3")).toMatchObject({ path: [2, 9], from: "r", nextHop: "t1" });
  });

  test("then by the fewer reflectors on its way", () => {
    // Each reflector has the route from the border router itself and from the other reflector: same originator.
    const reflectors = {
      r: { as: "t", loopback: { ipv4: "10.255.0.9" } },
      q: { as: "t", loopback: { ipv4: "10.255.0.8" } },
    };
    const sketch = reflected(["r", "q"], reflectors, ["t1-r", "t2-r", "t3-r", "r-q", "q-t1"]);
    expect(routeOf(sketch, "r")).toMatchObject({ from: "t1" });
    expect(routeOf(sketch, "q")).toMatchObject({ from: "t1" });
  });

  test("last by the lower address of the neighbour", () => {
    const sketch: Sketch = {
      ases: { a: 1, o: 9 },
      routers: { a: { as: "a" }, o: origin },
      links: [],
      relations: ["a>o"],
      more: {
        links: [
          { ends: ["a", "o"], ipv4: "198.51.100.8/31" },
          { ends: ["a", "o"], ipv4: "198.51.100.2/31" },
          { ends: ["a", "o"], ipv4: "198.51.100.10/31" },
        ],
      },
    };
    expect(routeOf(sketch, "a")).toMatchObject({ path: [9], protocol: "o_v4_2" });
  });
});
