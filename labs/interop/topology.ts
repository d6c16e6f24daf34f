/** Every pair of daemons has a session between peers, and one between a provider and its customer. */
import type {
  AutonomousSystemSpec,
  LinkSpec,
  NodeSpec,
  PolicySpec,
  RelationSpec,
  RouterDaemon,
  SegmentSpec,
  TopologySpec,
} from "../../topology/spec.ts";

export interface InteropSettings {
  readonly families: string;
}

interface Network {
  readonly asn: number;
  readonly title: string;
  /** Everything of block n is in 10.n.0.0/16 and 2001:db8:n::/48. */
  readonly block: number;
  /** With their daemons; the last one has the LAN. */
  readonly routers: readonly (readonly [name: string, daemon: RouterDaemon])[];
}

/** AS numbers: RFC 5398 (documentation) for those that peer, RFC 6996 (private) for their customers. */
export const networks = {
  bird: { asn: 64501, title: "BIRD", block: 1, routers: [["bird1", "bird"]] },
  frr: { asn: 64502, title: "FRR", block: 2, routers: [["frr1", "frr"]] },
  gobgp: { asn: 64503, title: "GoBGP", block: 3, routers: [["gobgp1", "gobgp"]] },
  openbgpd: { asn: 64504, title: "OpenBGPD", block: 4, routers: [["openbgpd1", "openbgpd"]] },
  c1: { asn: 65001, title: "Customer of BIRD", block: 101, routers: [["openbgpd2", "openbgpd"]] },
  c2: { asn: 65002, title: "Customer of FRR", block: 102, routers: [["gobgp2", "gobgp"]] },
  c3: { asn: 65003, title: "Customer of GoBGP", block: 103, routers: [["frr2", "frr"]] },
  c4: { asn: 65004, title: "Customer of OpenBGPD", block: 104, routers: [["bird2", "bird"]] },
  mixed: {
    asn: 65010,
    title: "BIRD and FRR in one AS",
    block: 110,
    routers: [
      ["bird3", "bird"],
      ["frr3", "frr"],
    ],
  },
} as const satisfies Record<string, Network>;

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as NetworkName[];

/** Networks that peer with each other. */
export const peers = ["bird", "frr", "gobgp", "openbgpd"] as const;

const policies: Partial<Record<NetworkName, PolicySpec>> = {
  // A customer may send twice as many as it has.
  frr: { maximumPrefixes: 2 },
  // GoBGP has no BGP roles, so it goes by lists of prefixes. The AS with two providers buys from OpenBGPD in reserve. Both
  // make a leak of that AS come to rest in one way: otherwise BGP would have two stable states (a wedgie, RFC 4264).
  gobgp: { customerPrefixes: true },
  mixed: { localPreferences: { gobgp: 150 } },
};

/** Who buys from whom, by router, provider first. */
const sales = [
  ["bird1", "openbgpd2"],
  ["frr1", "gobgp2"],
  ["gobgp1", "frr2"],
  ["openbgpd1", "bird2"],
  ["gobgp1", "bird3"],
  ["openbgpd1", "frr3"],
] as const;

export function prefixesOf(name: NetworkName): readonly [ipv4: string, ipv6: string] {
  const { block } = networks[name];
  return [`10.${block}.0.0/16`, `2001:db8:${block}::/48`];
}

/** The host of a network goes by its name: `h-bird`. */
export function hostOf(name: NetworkName): string {
  return `h-${name}`;
}

export function hostAddresses(name: NetworkName): readonly [ipv4: string, ipv6: string] {
  const { block } = networks[name];
  return [`10.${block}.1.10`, `2001:db8:${block}:1::10`];
}

export function interopTopology(settings: InteropSettings): TopologySpec {
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {};
  const nodes: Record<string, NodeSpec> = {};
  const segments: Record<string, SegmentSpec> = {};
  const asOf = new Map<string, string>();
  for (const [name, { asn, title, block, routers }] of Object.entries(networks) as [NetworkName, Network][]) {
    const policy = policies[name];
    autonomousSystems[name] = { asn, title, ...(policy === undefined ? {} : { policy }) };
    for (const [index, [router, daemon]] of routers.entries()) {
      asOf.set(router, name);
      const isLast = index === routers.length - 1;
      nodes[router] = {
        kind: "router",
        as: name,
        daemon,
        loopback: { ipv4: `10.${block}.255.${index + 1}`, ipv6: `2001:db8:${block}:ffff::${index + 1}` },
        ...(isLast ? { originates: prefixesOf(name) } : {}),
      };
    }
    const [ipv4, ipv6] = hostAddresses(name);
    nodes[hostOf(name)] = { kind: "host" };
    segments[`lan-${name}`] = {
      members: [routers.at(-1)?.[0] ?? "", { node: hostOf(name), ipv4: `${ipv4}/24`, ipv6: `${ipv6}/64` }],
      ipv4: `10.${block}.1.0/24`,
      ipv6: `2001:db8:${block}:1::/64`,
    };
  }
  const pairs = peers.flatMap((one, index) => peers.slice(index + 1).map((other) => [one, other] as const));
  return {
    families: settings.families === "ipv4" ? ["ipv4"] : ["ipv4", "ipv6"],
    // Links between ASes are nobody's block: 192.168 and fd00.
    addressing: { links4: "192.168.0.0/16", links6: "fd00:0:0:1::/64" },
    autonomousSystems,
    nodes,
    links: [
      ...pairs.map(([one, other]): LinkSpec => ({ ends: [`${one}1`, `${other}1`] })),
      ...sales.map(([provider, customer]): LinkSpec => ({ ends: [provider, customer] })),
      { ends: ["bird3", "frr3"] },
    ],
    segments,
    relations: [
      ...pairs.map(([one, other]): RelationSpec => ({ kind: "peer", between: [one, other] })),
      ...sales.map(([provider, customer]): RelationSpec => ({
        kind: "transit",
        provider: asOf.get(provider) ?? "",
        customer: asOf.get(customer) ?? "",
      })),
    ],
  };
}
