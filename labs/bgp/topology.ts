/** The lab's small internet. Numbers are chosen so that an address tells whose it is. */
import type {
  AutonomousSystemSpec,
  LinkSpec,
  NodeSpec,
  RelationSpec,
  SegmentSpec,
  TopologySpec,
} from "../../topology/spec.ts";

export interface BgpSettings {
  readonly stubs: number;
  readonly families: string;
  readonly holdTime: number;
  readonly keepaliveTime: number;
}

/** AS numbers: RFC 5398 (documentation) for networks that sell transit, RFC 6996 (private) for the stubs. */
export const asn = { t1a: 64496, t1b: 64497, tr1: 64501, tr2: 64502, tr3: 64503, rs: 64511 } as const;

export function stubAsn(stub: number): number {
  return 65000 + stub;
}

/** Everything of block n is in 10.n.0.0/16 and 2001:db8:n::/48 (the digits alike): tier 1 from 1, transit from 11, stubs from 101. */
const blocks = { t1a: 1, t1b: 2, tr1: 11, tr2: 12, tr3: 13 } as const;

export function prefixesOf(name: keyof typeof blocks): readonly [ipv4: string, ipv6: string] {
  return blockPrefixes(blocks[name]);
}

export function stubPrefixes(stub: number): readonly [ipv4: string, ipv6: string] {
  return blockPrefixes(100 + stub);
}

export function hostAddresses(stub: number): readonly [ipv4: string, ipv6: string] {
  return [`10.${100 + stub}.1.10`, `2001:db8:${100 + stub}:1::10`];
}

function blockPrefixes(block: number): readonly [string, string] {
  return [`10.${block}.0.0/16`, `2001:db8:${block}::/48`];
}

function router(as: string, block: number, number: number, originates: boolean): NodeSpec {
  return {
    kind: "router",
    as,
    loopback: { ipv4: `10.${block}.255.${number}`, ipv6: `2001:db8:${block}:ffff::${number}` },
    ...(originates ? { originates: blockPrefixes(block) } : {}),
  };
}

/** Routers that stubs after the fifth buy from, in turn. */
const sellers = [
  { as: "tr1", router: "tr1-b" },
  { as: "tr2", router: "tr2" },
  { as: "tr3", router: "tr3" },
  { as: "tr1", router: "tr1-a" },
  { as: "tr3", router: "tr3" },
] as const;

/** Two tier-1 networks, three transit networks, an exchange with a route server, and stubs with a host each. */
export function bgpTopology(settings: BgpSettings): TopologySpec {
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {
    t1a: { asn: asn.t1a, title: "Tier 1 A" },
    t1b: { asn: asn.t1b, title: "Tier 1 B" },
    tr1: { asn: asn.tr1, title: "Transit 1", ibgp: { kind: "route-reflectors", reflectors: ["tr1-rr"] }, igp: "ospf" },
    tr2: { asn: asn.tr2, title: "Transit 2" },
    tr3: { asn: asn.tr3, title: "Transit 3" },
    rs: { asn: asn.rs, title: "Exchange" },
  };
  const nodes: Record<string, NodeSpec> = {
    t1a: router("t1a", blocks.t1a, 1, true),
    t1b: router("t1b", blocks.t1b, 1, true),
    "tr1-rr": router("tr1", blocks.tr1, 1, true),
    "tr1-a": router("tr1", blocks.tr1, 2, false),
    "tr1-b": router("tr1", blocks.tr1, 3, false),
    "tr1-c": router("tr1", blocks.tr1, 4, false),
    tr2: router("tr2", blocks.tr2, 1, true),
    tr3: router("tr3", blocks.tr3, 1, true),
    rs: { kind: "router", as: "rs", routeServer: true },
  };
  const links: LinkSpec[] = [
    { ends: ["t1a", "t1b"] },
    { ends: ["t1a", "tr1-a"] },
    { ends: ["t1a", "tr2"] },
    { ends: ["t1b", "tr2"] },
    { ends: ["tr2", "tr3"] },
    { ends: ["tr1-rr", "tr1-a"] },
    { ends: ["tr1-rr", "tr1-b"] },
    { ends: ["tr1-rr", "tr1-c"] },
    { ends: ["tr1-a", "tr1-b"] },
  ];
  const relations: RelationSpec[] = [
    { kind: "peer", between: ["t1a", "t1b"] },
    { kind: "transit", provider: "t1a", customer: "tr1" },
    { kind: "transit", provider: "t1a", customer: "tr2" },
    { kind: "transit", provider: "t1b", customer: "tr2" },
    { kind: "transit", provider: "tr2", customer: "tr3" },
    { kind: "route-server", server: "rs", members: ["tr1", "tr2", "s3", "s4"] },
  ];
  const segments: Record<string, SegmentSpec> = {
    ix: { members: ["rs", "tr1-c", "tr2", "s3", "s4"], ipv4: "192.0.2.0/24", ipv6: "2001:db8:ffff::/64" },
  };

  for (let stub = 1; stub <= settings.stubs; stub++) {
    const name = `s${stub}`;
    const block = 100 + stub;
    autonomousSystems[name] = { asn: stubAsn(stub), title: `Stub ${stub}` };
    nodes[name] = router(name, block, 1, true);
    nodes[`h${stub}`] = { kind: "host" };
    const [ipv4, ipv6] = hostAddresses(stub);
    segments[`lan${stub}`] = {
      members: [name, { node: `h${stub}`, ipv4: `${ipv4}/24`, ipv6: `${ipv6}/64` }],
      ipv4: `10.${block}.1.0/24`,
      ipv6: `2001:db8:${block}:1::/64`,
    };
    for (const seller of providersOf(stub)) {
      links.push({ ends: [seller.router, name] });
      relations.push({ kind: "transit", provider: seller.as, customer: name });
    }
  }
  return {
    families: settings.families === "ipv4" ? ["ipv4"] : ["ipv4", "ipv6"],
    // Links between ASes are nobody's block: 192.168 and fd00.
    addressing: { links4: "192.168.0.0/16", links6: "fd00:0:0:1::/64" },
    autonomousSystems,
    nodes,
    links,
    segments,
    relations,
    timers: { hold: settings.holdTime, keepalive: settings.keepaliveTime },
  };
}

/** The first five show something each; those after them make the internet bigger. */
function providersOf(stub: number): readonly { readonly as: string; readonly router: string }[] {
  switch (stub) {
    case 1:
      return [{ as: "tr1", router: "tr1-b" }];
    case 2:
      return [
        { as: "tr1", router: "tr1-c" },
        { as: "tr3", router: "tr3" },
      ];
    case 3:
      return [{ as: "t1b", router: "t1b" }];
    case 4:
      return [{ as: "tr3", router: "tr3" }];
    case 5:
      return [
        { as: "t1a", router: "t1a" },
        { as: "tr3", router: "tr3" },
      ];
    default: {
      const first = sellers[stub % sellers.length] ?? sellers[0];
      const second = sellers[(stub + 1) % sellers.length] ?? sellers[0];
      return stub % 4 === 0 && first.as !== second.as ? [first, second] : [first];
    }
  }
}
