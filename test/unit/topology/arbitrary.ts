/** Random specs that are right: ASes in a chain, each with routers in a chain, and LANs with hosts. */
import fc from "fast-check";
import type { Family, LinkSpec, NodeSpec, RelationSpec, SegmentSpec, TopologySpec } from "../../../topology/spec.ts";

export interface Shape {
  readonly families: readonly Family[];
  /** Of each AS: how many routers, and of each how many hosts are in its LAN. */
  readonly systems: readonly (readonly number[])[];
  /** Parallel links between each AS and the next. */
  readonly parallel: number;
  /** Declare the first link's prefix, and the first router's loopback. */
  readonly explicit: boolean;
}

export const shape: fc.Arbitrary<Shape> = fc.record({
  families: fc.constantFrom<readonly Family[]>(["ipv4"], ["ipv6"], ["ipv4", "ipv6"]),
  systems: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 4,
  }),
  parallel: fc.integer({ min: 1, max: 3 }),
  explicit: fc.boolean(),
});

/** Pools hardly larger than needed, so that most names collide with others. */
export const smallPools = {
  links4: "10.0.0.0/25",
  links6: "fd00:1::/121",
  segments4: "10.1.0.0/19",
  segments6: "fd00:2::/59",
  loopbacks4: "10.2.0.0/27",
  loopbacks6: "fd00::/123",
};

export function specOf({ families, systems, parallel, explicit }: Shape): TopologySpec {
  const nodes: Record<string, NodeSpec> = {};
  const segments: Record<string, SegmentSpec> = {};
  const links: LinkSpec[] = [];
  const relations: RelationSpec[] = [];
  const router = (system: number, index: number): string => `router-${system}-${index}`;
  for (const [system, routers] of systems.entries()) {
    for (const [index, hosts] of routers.entries()) {
      const name = router(system, index);
      const loopback = explicit && system + index === 0 ? { loopback: { ipv4: "10.2.0.3", ipv6: "fd00::3" } } : {};
      nodes[name] = { kind: "router", as: `as-${system}`, ...loopback };
      if (index > 0) links.push({ ends: [router(system, index - 1), name] });
      const names = Array.from({ length: hosts }, (_, host) => `host-${system}-${index}-${host}`);
      for (const host of names) nodes[host] = { kind: "host" };
      if (hosts > 0) segments[`lan-${system}-${index}`] = { members: [name, ...names] };
    }
    if (system === 0) continue;
    for (let count = 0; count < parallel; count++) links.push({ ends: [router(system - 1, 0), router(system, 0)] });
    relations.push({ kind: "transit", provider: `as-${system - 1}`, customer: `as-${system}` });
  }
  if (explicit && links[0] !== undefined) links[0] = { ...links[0], ipv4: "10.0.0.8/29", ipv6: "fd00:1::10/124" };
  return {
    families,
    addressing: smallPools,
    autonomousSystems: Object.fromEntries(systems.map((_, system) => [`as-${system}`, { asn: 64512 + system }])),
    nodes,
    links,
    segments,
    relations,
  };
}
