/** An internetwork with a victim, an attacker, and transits that validate and that don't. */
import type { ServiceSpec } from "../../topology/services/spec.ts";
import type {
  AutonomousSystemSpec,
  HostSpec,
  LinkSpec,
  NodeSpec,
  PolicySpec,
  RelationSpec,
  RouterSpec,
  SegmentSpec,
  TopologySpec,
} from "../../topology/spec.ts";

/** The setting `validating`: which of the networks that sell transit drop what the RPKI makes invalid. */
export const validatingChoices = ["none", "some", "all"] as const;
export type Validating = (typeof validatingChoices)[number];

/** The setting `rpki`: ROAs given to routers as they are, or signed, published, fetched and validated. */
export const rpkiChoices = ["light", "full"] as const;

export interface BgpSecuritySettings {
  readonly validating: string;
  readonly rpki: string;
  readonly families: string;
}

interface Network {
  readonly asn: number;
  readonly title: string;
  /** Everything of block n is in 10.n.0.0/16 and 2001:db8:n::/48. */
  readonly block: number;
}

/** AS numbers: RFC 5398 (documentation) for networks that sell transit, RFC 6996 (private) for the others. */
export const networks = {
  t1: { asn: 64496, title: "Tier 1 East", block: 1 },
  t2: { asn: 64497, title: "Tier 1 West", block: 2 },
  tra: { asn: 64501, title: "Transit A", block: 11 },
  trb: { asn: 64502, title: "Transit B", block: 12 },
  trc: { asn: 64503, title: "Transit C", block: 13 },
  victim: { asn: 65001, title: "Victim", block: 101 },
  attacker: { asn: 65066, title: "Attacker", block: 166 },
  leaker: { asn: 65010, title: "Multihomed customer", block: 110 },
  s1: { asn: 65011, title: "Stub 1", block: 111 },
  s2: { asn: 65012, title: "Stub 2", block: 112 },
  s3: { asn: 65013, title: "Stub 3", block: 113 },
  s4: { asn: 65014, title: "Stub 4", block: 114 },
  services: { asn: 64510, title: "Registries", block: 200 },
} as const satisfies Record<string, Network>;

export type NetworkName = keyof typeof networks;

export const transits = ["t1", "t2", "tra", "trb", "trc"] as const;

/** The transits that validate in each setting. */
export const validators: Readonly<Record<Validating, readonly (typeof transits)[number][]>> = {
  none: [],
  some: ["t1", "tra"],
  all: transits,
};

/** Hosts from which things are looked at: behind Transit A, B and C, and Tier 1 West. */
export const vantagePoints = ["h1", "h2", "h3", "h4"] as const;

export function prefixesOf(name: NetworkName): readonly [ipv4: string, ipv6: string] {
  const { block } = networks[name];
  return [`10.${block}.0.0/16`, `2001:db8:${block}::/48`];
}

/** A part of Stub 3's space, which Stub 4 announces since somebody mistyped a digit; the ROAs say it mustn't. */
export const mistyped = ["10.113.64.0/18", "2001:db8:113:4000::/50"] as const;

/** Address of the host in a network. */
export function hostAddresses(name: NetworkName): readonly [ipv4: string, ipv6: string] {
  const { block } = networks[name];
  return [`10.${block}.1.10`, `2001:db8:${block}:1::10`];
}

/** Who buys from whom, provider first. */
const sales: readonly (readonly [NetworkName, NetworkName])[] = [
  ["t1", "tra"],
  ["t1", "trb"],
  ["t2", "trb"],
  ["t2", "trc"],
  ["tra", "victim"],
  ["tra", "s1"],
  ["trb", "s2"],
  ["trc", "s3"],
  ["t2", "s4"],
  ["trc", "attacker"],
  ["trb", "leaker"],
  ["trc", "leaker"],
  ["t1", "services"],
];

export function bgpSecurityTopology(settings: BgpSecuritySettings): TopologySpec {
  const validating = validators[settings.validating as Validating];
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {};
  const nodes: Record<string, NodeSpec> = {};
  const segments: Record<string, SegmentSpec> = {};
  for (const [name, { asn, title }] of Object.entries(networks) as [NetworkName, Network][]) {
    const validates = (validating as readonly string[]).includes(name);
    // Nobody here has roles yet: an exercise adds them.
    // Transit B knows its customers' prefixes: if both of the leaker's providers took the leak, BGP would have two
    // stable states, and which one came about would depend on what was before (a wedgie, RFC 4264).
    const policy: PolicySpec = {
      roles: false,
      ...(validates ? { originValidation: true } : {}),
      ...(name === "trb" ? { customerPrefixes: true } : {}),
    };
    autonomousSystems[name] = { asn, title, policy };
    nodes[name] = router(name);
  }
  const host = (
    node: string,
    network: NetworkName,
    spec: Omit<HostSpec, "kind">,
    address = hostAddresses(network),
  ): void => {
    const { block } = networks[network];
    const [ipv4, ipv6] = address;
    nodes[node] = { kind: "host", gateway: network, ...spec };
    const segment = segments[`lan-${network}`];
    segments[`lan-${network}`] = {
      members: [...(segment?.members ?? [network]), { node, ipv4: `${ipv4}/24`, ipv6: `${ipv6}/64` }],
      ipv4: `10.${block}.1.0/24`,
      ipv6: `2001:db8:${block}:1::/64`,
    };
  };
  host("web", "victim", { services: { web: { kind: "http", answer: "victim" } } });
  for (const [index, node] of vantagePoints.entries()) host(node, `s${index + 1}` as NetworkName, {});
  host("registry", "services", {
    services: { names: { kind: "dns", zones: {}, lookups: true }, registry: { kind: "registry" } },
  });
  const full = settings.rpki === "full";
  const rtr: ServiceSpec = full ? { kind: "relying-party", authority: "ca" } : { kind: "rtr" };
  // Their programs are the clone's own, which no image has.
  const runtime = full ? ({ runtime: "namespace" } as const) : {};
  host("rpki", "services", { services: { rtr }, ...runtime }, ["10.200.1.20", "2001:db8:200:1::20"]);
  if (full) {
    const services = { krill: { kind: "krill" } } as const;
    host("ca", "services", { services, ...runtime }, ["10.200.1.30", "2001:db8:200:1::30"]);
  }
  const misoriginated = nodes["s4"] as RouterSpec;
  nodes["s4"] = { ...misoriginated, hijacks: mistyped.map((prefix) => ({ prefix })) };
  return {
    families: settings.families === "ipv4" ? ["ipv4"] : ["ipv4", "ipv6"],
    // Links between ASes are nobody's block: 192.168 and fd00.
    addressing: { links4: "192.168.0.0/16", links6: "fd00:0:0:1::/64" },
    autonomousSystems,
    nodes,
    links: [{ ends: ["t1", "t2"] }, ...sales.map(([provider, customer]): LinkSpec => ({ ends: [provider, customer] }))],
    segments,
    relations: [
      { kind: "peer", between: ["t1", "t2"] },
      ...sales.map(([provider, customer]): RelationSpec => ({ kind: "transit", provider, customer })),
    ],
    // The victim has none yet.
    roas: (["s1", "s2", "s3", "services"] as const).flatMap((as) => prefixesOf(as).map((prefix) => ({ prefix, as }))),
    names: { "whois.radb.net": "registry", "stat.ripe.net": "registry", "www.victim.example": "web" },
    resolver: "registry",
  };
}

function router(name: NetworkName): RouterSpec {
  const { block } = networks[name];
  return {
    kind: "router",
    as: name,
    loopback: { ipv4: `10.${block}.255.1`, ipv6: `2001:db8:${block}:ffff::1` },
    originates: prefixesOf(name),
  };
}
