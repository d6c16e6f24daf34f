import { describe, expect, test } from "vitest";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Session } from "../../../topology/topology.ts";

/** `red1 provider:blue1_v4 -> blue1 customer:red1_v4 over red1--blue1`, what each takes the other for. */
function describeSession({ ends: [one, other], over }: Session): string {
  const end = (each: typeof one): string =>
    `${each.router} ${each.protocol} (${each.neighbour}${each.reflectorClient ? " client" : ""})`;
  return `${end(one)}, ${end(other)}${over === undefined ? "" : ` over ${over}`}`;
}

function sessionsOf(spec: TopologySpec): string[] {
  return resolve(spec).sessions.map(describeSession);
}

const router = (as: string, more: object = {}) => ({ kind: "router", as, ...more }) as const;
const autonomousSystems = { red: { asn: 64512 }, blue: { asn: 64513 }, ix: { asn: 64514 } };

describe("external sessions", () => {
  const base = { autonomousSystems, nodes: { "red-1": router("red"), b1: router("blue") } } as const;

  test("run over each link in each family; roles follow from the relation whichever way the link is written", () => {
    const relations = [{ kind: "transit", provider: "red", customer: "blue" }] as const;
    expect(sessionsOf({ ...base, relations, links: [{ ends: ["b1", "red-1"] }] })).toEqual([
      "red-1 b1_v4 (customer), b1 red_1_v4 (provider) over b1--red-1",
      "red-1 b1_v6 (customer), b1 red_1_v6 (provider) over b1--red-1",
    ]);
  });

  test("have names of their own on parallel links", () => {
    const relations = [{ kind: "peer", between: ["red", "blue"] }] as const;
    const links = [
      { ends: ["red-1", "b1"] },
      { ends: ["red-1", "b1"], ipv6: false },
      { ends: ["b1", "red-1"], ipv6: false },
    ] as const;
    expect(sessionsOf({ ...base, relations, links })).toEqual([
      "red-1 b1_v4 (peer), b1 red_1_v4 (peer) over red-1--b1",
      "red-1 b1_v6 (peer), b1 red_1_v6 (peer) over red-1--b1",
      "red-1 b1_v4_2 (peer), b1 red_1_v4_2 (peer) over red-1--b1#2",
      "red-1 b1_v4_3 (peer), b1 red_1_v4_3 (peer) over b1--red-1",
    ]);
  });

  test("carry the family of their addresses, with the far end's address and both AS numbers", () => {
    const relations = [{ kind: "sibling", between: ["red", "blue"] }] as const;
    const links = [{ ends: ["red-1", "b1"], ipv4: false, ipv6: "2001:db8::/127" }] as const;
    expect(resolve({ ...base, relations, links }).sessions).toEqual([
      {
        ends: [
          {
            router: "red-1",
            protocol: "b1_v6",
            address: "2001:db8::",
            asn: 64512,
            neighbour: "sibling",
            reflectorClient: false,
          },
          {
            router: "b1",
            protocol: "red_1_v6",
            address: "2001:db8::1",
            asn: 64513,
            neighbour: "sibling",
            reflectorClient: false,
          },
        ],
        kind: "external",
        over: "red-1--b1",
        transport: "ipv6",
        families: ["ipv6"],
      },
    ]);
  });

  test("of a route server go to its members' routers on its segments, and to nobody else", () => {
    const spec: TopologySpec = {
      families: ["ipv4"],
      autonomousSystems: { ...autonomousSystems, green: { asn: 64515 } },
      nodes: {
        rs1: router("ix", { routeServer: true }),
        rs2: router("ix", { routeServer: true }),
        r1: router("red"),
        b1: router("blue"),
        g1: router("green"),
      },
      segments: { lan: { members: ["rs1", "rs2", "r1", "b1", "g1"] } },
      relations: [
        { kind: "route-server", server: "rs1", members: ["red", "blue"] },
        { kind: "route-server", server: "rs2", members: ["blue"] },
      ],
    };
    expect(sessionsOf(spec)).toEqual([
      "rs1 r1_v4 (route-server-client), r1 rs1_v4 (route-server) over lan",
      "rs1 b1_v4 (route-server-client), b1 rs1_v4 (route-server) over lan",
      "rs2 b1_v4 (route-server-client), b1 rs2_v4 (route-server) over lan",
    ]);
    expect(resolve(spec).relations).toEqual([
      { kind: "route-server", a: "ix", b: "red" },
      { kind: "route-server", a: "ix", b: "blue" },
    ]);
    expect(resolve(spec).autonomousSystems[2]).toMatchObject({ ibgp: "none", igp: "none" });
  });
});

describe("internal sessions", () => {
  const nodes = { r1: router("red"), r2: router("red"), r3: router("red"), r4: router("red") };
  const lan = { segments: { lan: { members: Object.keys(nodes) } }, nodes, families: ["ipv4"] } as const;

  test("are a full mesh by default, between loopbacks", () => {
    const topology = resolve({ ...lan, autonomousSystems: { red: { asn: 64512 } } });
    expect(topology.autonomousSystems[0]).toMatchObject({ ibgp: "full-mesh", igp: "ospf" });
    expect(topology.sessions).toHaveLength(6);
    const loopbacks = new Map(topology.nodes.map((node) => [node.name, node.kind === "router" ? node.loopbacks : []]));
    for (const { ends, kind, over } of topology.sessions) {
      expect([kind, over]).toEqual(["internal", undefined]);
      for (const end of ends) expect(loopbacks.get(end.router)).toEqual([`${end.address}/32`]);
    }
  });

  test("join clients to reflectors, and reflectors to each other", () => {
    const ibgp = { kind: "route-reflectors", reflectors: ["r1", "r3"] } as const;
    expect(sessionsOf({ ...lan, autonomousSystems: { red: { asn: 64512, ibgp } } })).toEqual([
      "r1 r2_v4 (internal client), r2 r1_v4 (internal)",
      "r1 r3_v4 (internal), r3 r1_v4 (internal)",
      "r1 r4_v4 (internal client), r4 r1_v4 (internal)",
      "r2 r3_v4 (internal), r3 r2_v4 (internal client)",
      "r3 r4_v4 (internal client), r4 r3_v4 (internal)",
    ]);
  });
});

test("names of protocols are BIRD symbols of at most 64 characters, unique in a router, however long the names are", () => {
  const long = (last: string): string => `${"transit-".repeat(7)}${last}`;
  const nodes = Object.fromEntries(["a", "b", "c"].map((last) => [long(last), router("red")]));
  const segments = { lan: { members: Object.keys(nodes) } };
  const { sessions } = resolve({ autonomousSystems: { red: { asn: 64512 } }, nodes, segments });
  const names = sessions.flatMap(({ ends }) => ends.map((end) => `${end.router} ${end.protocol}`));
  expect(new Set(names).size).toBe(12);
  for (const { protocol } of sessions.flatMap(({ ends }) => ends)) expect(protocol).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
});
