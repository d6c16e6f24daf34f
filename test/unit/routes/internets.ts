/** Small internets, made up or at random. */
import fc from "fast-check";
import type { AutonomousSystemSpec, LinkSpec, NodeSpec, RelationSpec, TopologySpec } from "../../../topology/spec.ts";

/** ASes a0, a1, … with one router each; a provider has a smaller number than its customers, so that nobody is its own customer. */
export function internet(
  count: number,
  edges: readonly { readonly one: number; readonly other: number; readonly kind: "transit" | "peer" | "sibling" }[],
  members: readonly number[],
  originators: readonly number[],
): TopologySpec {
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {};
  const nodes: Record<string, NodeSpec> = {};
  for (let index = 0; index < count; index++) {
    autonomousSystems[`a${index}`] = { asn: 64600 + index };
    const anycast = originators.includes(index) ? ["192.0.2.0/24"] : [];
    nodes[`r${index}`] = { kind: "router", as: `a${index}`, originates: [...anycast, `172.16.${index}.0/24`], anycast };
  }
  const links: LinkSpec[] = [];
  const relations: RelationSpec[] = [];
  for (const { one, other, kind } of edges) {
    links.push({ ends: [`r${one}`, `r${other}`] });
    relations.push(
      kind === "transit"
        ? { kind, provider: `a${one}`, customer: `a${other}` }
        : { kind, between: [`a${one}`, `a${other}`] },
    );
  }
  if (members.length < 2) return { families: ["ipv4"], autonomousSystems, nodes, links, relations };
  autonomousSystems["rs"] = { asn: 64599 };
  nodes["rs"] = { kind: "router", as: "rs", routeServer: true };
  relations.push({ kind: "route-server", server: "rs", members: members.map((index) => `a${index}`) });
  const segments = { exchange: { members: ["rs", ...members.map((index) => `r${index}`)] } };
  return { families: ["ipv4"], autonomousSystems, nodes, links, relations, segments };
}

export const internets = fc.integer({ min: 2, max: 9 }).chain((count) => {
  const pairs = Array.from({ length: count }, (_, one) =>
    Array.from({ length: count - one - 1 }, (_, more) => ({ one, other: one + more + 1 })),
  ).flat();
  const indices = Array.from({ length: count }, (_, index) => index);
  return fc
    .record({
      kinds: fc.array(fc.constantFrom("transit", "transit", "peer", "sibling", undefined, undefined), {
        minLength: pairs.length,
        maxLength: pairs.length,
      }),
      members: fc.subarray(indices),
      originators: fc.subarray(indices, { minLength: 1 }),
    })
    .map(({ kinds, members, originators }) =>
      internet(
        count,
        pairs.flatMap((pair, index) => {
          const kind = kinds[index];
          return kind === undefined ? [] : [{ ...pair, kind }];
        }),
        members,
        originators,
      ),
    );
});
