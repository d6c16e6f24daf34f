import type { NodeSpec, PolicySpec, RouterDaemon, TopologySpec } from "../../../topology/spec.ts";

/**
 * A provider (`upper`, with this policy) whose customer `leaker` gives it what another provider, `origin`, told it: the
 * customer's own prefix, that of the customer's customer, and the provider's.
 */
export function limitedLab(policy: PolicySpec): TopologySpec {
  return {
    families: ["ipv4"],
    autonomousSystems: {
      upper: { asn: 64501, policy: { roles: false, ...policy } },
      leaker: { asn: 64502, policy: { roles: false, leaks: true } },
      origin: { asn: 64503 },
      peer: { asn: 64504 },
      small: { asn: 64505 },
    },
    nodes: {
      upper: { kind: "router", as: "upper" },
      leaker: { kind: "router", as: "leaker", originates: ["198.51.100.0/24"] },
      origin: { kind: "router", as: "origin", originates: ["192.0.2.0/24"] },
      peer: { kind: "router", as: "peer" },
      small: { kind: "router", as: "small", originates: ["203.0.113.0/24"] },
    },
    links: [
      { ends: ["upper", "leaker"] },
      { ends: ["leaker", "origin"] },
      { ends: ["upper", "peer"] },
      { ends: ["peer", "origin"] },
      { ends: ["leaker", "small"] },
    ],
    relations: [
      { kind: "transit", provider: "upper", customer: "leaker" },
      { kind: "transit", provider: "origin", customer: "leaker" },
      { kind: "peer", between: ["upper", "peer"] },
      { kind: "transit", provider: "peer", customer: "origin" },
      { kind: "transit", provider: "leaker", customer: "small" },
    ],
  };
}

/** The same with daemons of these kinds, and a prefix of the provider's own, which some customers give back. */
export function withTurnedBackRoute(
  policy: PolicySpec,
  daemons: { readonly upper: RouterDaemon; readonly leaker: RouterDaemon },
): TopologySpec {
  const spec = limitedLab(policy);
  const { upper, leaker } = spec.nodes;
  return {
    ...spec,
    nodes: {
      ...spec.nodes,
      upper: { ...upper, daemon: daemons.upper, originates: ["198.18.0.0/24"] } as NodeSpec,
      leaker: { ...leaker, daemon: daemons.leaker } as NodeSpec,
    },
  };
}
