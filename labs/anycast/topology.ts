/** An internetwork of regions, each with a site of one anycast service. Numbers are chosen so that an address tells whose it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DnsSpec, HealthCheckSpec, RecordSpec } from "../../topology/services/spec.ts";
import type {
  AutonomousSystemSpec,
  ImpairmentsSpec,
  LinkSpec,
  NodeSpec,
  RelationSpec,
  RouterSpec,
  SegmentSpec,
  TopologySpec,
} from "../../topology/spec.ts";
import type { AnycastSettings } from "./settings.ts";

export interface Region {
  /** Also the name of its transit network and of that network's router. */
  readonly name: string;
  readonly title: string;
  /** The service's site, by the code of a near airport, as operators of anycast do. */
  readonly site: string;
  readonly city: string;
  /** The carrier that its transit network buys from. */
  readonly carrier: "carrier-a" | "carrier-b";
  /** Of the line to the carrier, one way, milliseconds. */
  readonly delay: number;
}

const allRegions: readonly Region[] = [
  { name: "eu", title: "Europe", site: "fra", city: "Frankfurt", carrier: "carrier-a", delay: 5 },
  { name: "na", title: "North America", site: "iad", city: "Washington", carrier: "carrier-a", delay: 10 },
  { name: "ap", title: "Asia", site: "sin", city: "Singapore", carrier: "carrier-b", delay: 15 },
  { name: "oc", title: "Oceania", site: "syd", city: "Sydney", carrier: "carrier-b", delay: 25 },
  { name: "sa", title: "South America", site: "gru", city: "São Paulo", carrier: "carrier-a", delay: 30 },
  { name: "af", title: "Africa", site: "jnb", city: "Johannesburg", carrier: "carrier-b", delay: 35 },
];

/** Transit networks that peer over an ocean, with the delay one way. */
const oceans: readonly (readonly [string, string, number])[] = [
  ["eu", "na", 40],
  ["ap", "oc", 45],
  ["sa", "af", 50],
];

/** Milliseconds one way, where there are delays at all. */
export const delays = { access: 4, uplink: 1, carriers: 35 } as const;

/** Bits a second of a site's line: small, so that an attack on it is small too. */
export const uplinkRate = 1_000_000;

export function regionsOf({ sites }: Pick<AnycastSettings, "sites">): readonly Region[] {
  return allRegions.slice(0, sites);
}

export function serversOf({ site }: Region, { servers }: Pick<AnycastSettings, "servers">): readonly string[] {
  return Array.from({ length: servers }, (_, index) => `${site}-${index + 1}`);
}

/** The service's addresses and the prefixes that are announced for them. */
export const anycast = {
  addresses: ["192.0.2.53", "2001:db8:53::53"],
  prefixes: ["192.0.2.0/24", "2001:db8:53::/48"],
} as const;

export const zone = "anycast.example";
export const release = "2";

/** Documentation ASNs (RFC 5398) for networks that sell transit and for sites, private ones (RFC 6996) for access networks. */
const asns = { carriers: 64496, transit: 64501, sites: 65541, access: 65001 } as const;

export function siteAsn(region: Region): number {
  return asns.sites + allRegions.indexOf(region);
}

export function transitAsn(region: Region): number {
  return asns.transit + allRegions.indexOf(region);
}

export function regionOf(name: "eu" | "na" | "ap"): Region {
  const region = allRegions.find((each) => each.name === name);
  if (region === undefined) throw new Error(`no region ${name}`);
  return region;
}

/** Everything of block n is in 10.n.0.0/16 and 2001:db8:n::/48 (the digits alike). */
const blocks = { carriers: 1, transit: 11, access: 21, sites: 31 } as const;

function router(as: string, block: number, number = 1): RouterSpec {
  const loopback = { ipv4: `10.${block}.255.${number}`, ipv6: `2001:db8:${block}:ffff::${number}` };
  return { kind: "router", as, loopback };
}

function originating(spec: RouterSpec, block: number): RouterSpec {
  return { ...spec, originates: [`10.${block}.0.0/16`, `2001:db8:${block}::/48`] };
}

const tool = readFileSync(join(import.meta.dirname, "queries.py"), "utf8");

/** A host that asks; its tool is /run/bird/queries.py there. */
const client: NodeSpec = { kind: "host", files: { "queries.py": tool } };

function server(region: Region, name: string, block: number, number: number): RouterSpec {
  const [ipv4, ipv6] = anycast.addresses;
  return {
    ...router(region.site, block, 10 + number),
    originates: anycast.prefixes,
    anycast: anycast.prefixes,
    addresses: [`${ipv4}/32`, `${ipv6}/128`],
    services: {
      dns: nameServer(region.site, release),
      http: { kind: "http", answer: `${region.site} (${name})` },
      health: healthCheck(`${asksNames(region.site)} && ${asksWeb}`),
    },
  };
}

/** A site's name server; `version` is the same everywhere once the operator has brought it to all sites. */
export function nameServer(site: string, version: string): DnsSpec {
  const [ipv4, ipv6] = anycast.addresses;
  const records: RecordSpec[] = [
    { name: "@", type: "A", value: ipv4 },
    { name: "@", type: "AAAA", value: ipv6 },
    { name: "ns", type: "A", value: ipv4 },
    { name: "ns", type: "AAAA", value: ipv6 },
    { name: "whoami", type: "TXT", value: site },
    { name: "release", type: "TXT", value: version },
  ];
  return { kind: "dns", zones: { [zone]: records } };
}

export function healthCheck(command: string): HealthCheckSpec {
  return { kind: "health-check", command, interval: 0.5, rise: 2, fall: 3 };
}

/** Commands of a site's health check: what its clients ask. */
export function asksNames(site: string): string {
  return `dig +short +time=1 +tries=1 @${anycast.addresses[0]} TXT whoami.${zone} | grep -q '"${site}"'`;
}

export const asksWeb = `curl --silent --fail --max-time 1 --output /dev/null http://${anycast.addresses[0]}/`;

export function anycastTopology(settings: AnycastSettings): TopologySpec {
  const regions = regionsOf(settings);
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {};
  const nodes: Record<string, NodeSpec> = {};
  const links: LinkSpec[] = [];
  const relations: RelationSpec[] = [];
  const segments: Record<string, SegmentSpec> = {};
  const connect = (one: string, other: string, delay: number, rate?: number): void => {
    const impairments: ImpairmentsSpec = {
      ...(settings.shape === "delay" ? { delay } : {}),
      ...(rate === undefined ? {} : { rate }),
    };
    links.push({ ends: [one, other], ...(Object.keys(impairments).length === 0 ? {} : { impairments }) });
  };

  for (const [index, name] of ["carrier-a", "carrier-b"].entries()) {
    const block = blocks.carriers + index;
    autonomousSystems[name] = { asn: asns.carriers + index, title: `Carrier ${index === 0 ? "A" : "B"}` };
    nodes[name] = originating(router(name, block), block);
  }
  connect("carrier-a", "carrier-b", delays.carriers);
  relations.push({ kind: "peer", between: ["carrier-a", "carrier-b"] });

  for (const [index, region] of regions.entries()) {
    const { name, title, site, city, carrier, delay } = region;
    const isp = `${name}-isp`;
    const lan = blocks.access + index;
    autonomousSystems[name] = { asn: transitAsn(region), title: `Transit ${title}` };
    autonomousSystems[isp] = { asn: asns.access + index, title: `Access ${title}` };
    autonomousSystems[site] = { asn: siteAsn(region), title: `Site ${city}`, policy: { multipath: true } };
    nodes[name] = originating(router(name, blocks.transit + index), blocks.transit + index);
    nodes[isp] = originating(router(isp, lan), lan);
    nodes[`${name}-client`] = client;
    nodes[site] = originating(router(site, blocks.sites + index), blocks.sites + index);
    connect(carrier, name, delay);
    connect(name, isp, delays.access);
    connect(name, site, delays.uplink, uplinkRate);
    relations.push(
      { kind: "transit", provider: carrier, customer: name },
      { kind: "transit", provider: name, customer: isp },
      { kind: "transit", provider: name, customer: site },
    );
    for (const [number, each] of serversOf(region, settings).entries()) {
      nodes[each] = server(region, each, blocks.sites + index, number + 1);
      links.push({ ends: [site, each] });
    }
    if (index === 0) nodes["attacker"] = client;
    segments[`${name}-lan`] = {
      members: [isp, `${name}-client`, ...(index === 0 ? ["attacker"] : [])],
      ipv4: `10.${lan}.1.0/24`,
      ipv6: `2001:db8:${lan}:1::/64`,
    };
  }
  for (const [one, other, delay] of oceans)
    if (nodes[one] !== undefined && nodes[other] !== undefined) {
      connect(one, other, delay);
      relations.push({ kind: "peer", between: [one, other] });
    }
  return {
    // Links between networks are nobody's block: 192.168 and fd00.
    addressing: { links4: "192.168.0.0/16", links6: "fd00:0:0:1::/64" },
    autonomousSystems,
    nodes,
    links,
    segments,
    relations,
  };
}
