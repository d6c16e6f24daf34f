/** A source, three routers, and two sites with a LAN and an anycast service each. */
import type { HostSpec, NodeSpec, RouterSpec, SegmentSpec, TopologySpec } from "../../topology/spec.ts";
import type { MulticastSpec } from "../../topology/services/spec.ts";

export interface DeliverySettings {
  readonly families: string;
}

/** Set aside for documentation: RFC 6676. */
export const groups = { ipv4: "233.252.0.1", ipv6: "ff05::db8:0:1" } as const;
export const anycast = { ipv4: "192.0.2.53", ipv6: "2001:db8:53::53" } as const;

/** Hosts of the LANs in their order, each with the last part of its addresses; members are in the group. */
export const lans = {
  west: { number: 1, hosts: { w1: 11, w2: 12, w3: 13 }, members: ["w1", "w2"] },
  east: { number: 2, hosts: { e1: 11, e2: 12 }, members: ["e1"] },
} as const;
export type Site = keyof typeof lans;

export const members: readonly string[] = Object.values(lans).flatMap((lan) => lan.members);

/** `host`: a number such as 11. */
export function addressIn(site: Site, family: "ipv4" | "ipv6", host: number): string {
  const { number } = lans[site];
  return family === "ipv4" ? `10.${number}.0.${host}` : `2001:db8:${number}::${host}`;
}

/** Of a host of a LAN. */
export function addressOf(name: string, family: "ipv4" | "ipv6"): string {
  for (const site of ["west", "east"] as const) {
    const host = (lans[site].hosts as Readonly<Record<string, number>>)[name];
    if (host !== undefined) return addressIn(site, family, host);
  }
  throw new Error(`no host ${name}`);
}

/** Everybody answers pings to all of a segment, which hosts usually don't: so one sees who got them. */
const answers = { "net.ipv4.icmp_echo_ignore_broadcasts": "0" };

export function deliveryTopology({ families }: DeliverySettings): TopologySpec {
  return {
    families: families === "ipv4" ? ["ipv4"] : ["ipv4", "ipv6"],
    addressing: { links4: "192.168.0.0/16", links6: "fd00:0:0:1::/64" },
    autonomousSystems: {
      core: { asn: 64496, title: "Core" },
      west: { asn: 64501, title: "West" },
      east: { asn: 64502, title: "East" },
      "service-west": { asn: 65001, title: "Service, west" },
      "service-east": { asn: 65002, title: "Service, east" },
    },
    nodes: {
      source: { kind: "host" },
      "r-core": router("core", ["10.3.0.0/24", "2001:db8:3::/64"], forwards("source", "r-west", "r-east")),
      ...site("west"),
      ...site("east"),
    },
    links: [
      { ends: ["r-core", "source"], ipv4: "10.3.0.0/24", ipv6: "2001:db8:3::/64" },
      { ends: ["r-core", "r-west"] },
      { ends: ["r-core", "r-east"] },
    ],
    segments: { west: lan("west"), east: lan("east") },
    relations: [
      { kind: "transit", provider: "core", customer: "west" },
      { kind: "transit", provider: "core", customer: "east" },
      { kind: "transit", provider: "west", customer: "service-west" },
      { kind: "transit", provider: "east", customer: "service-east" },
    ],
  };
}

function router(as: string, originates: readonly string[], multicast: MulticastSpec): RouterSpec {
  return { kind: "router", as, originates, services: { multicast } };
}

/** Static multicast routes of the group, both families. */
export function forwards(from: string, ...to: readonly string[]): MulticastSpec {
  return { kind: "multicast", routes: Object.values(groups).map((group) => ({ group, from, to })) };
}

/** A receiver of the group on its LAN. */
export function joins(segment: string, group: Readonly<Record<string, string>> = groups): MulticastSpec {
  return { kind: "multicast", joins: Object.values(group).map((each) => ({ group: each, interface: segment })) };
}

/** A site's router, its hosts, and its server of the anycast service. */
function site(name: Site): Readonly<Record<string, NodeSpec>> {
  const { hosts, members: joined, number } = lans[name];
  const service = ["192.0.2.0/24", "2001:db8:53::/48"];
  return {
    [`r-${name}`]: router(name, [`10.${number}.0.0/24`, `2001:db8:${number}::/64`], forwards("r-core", name)),
    ...Object.fromEntries(
      Object.keys(hosts).map((host): [string, HostSpec] => [
        host,
        {
          kind: "host",
          gateway: `r-${name}`,
          sysctls: answers,
          ...((joined as readonly string[]).includes(host) ? { services: { multicast: joins(name) } } : {}),
        },
      ]),
    ),
    // It announces the service's prefix itself, as servers of anycast services do.
    [`site-${name}`]: {
      kind: "router",
      as: `service-${name}`,
      originates: service,
      anycast: service,
      addresses: [`${anycast.ipv4}/32`, `${anycast.ipv6}/128`],
      sysctls: answers,
      ...(name === "west" ? { services: { dhcp: dhcpServer(name, `site-${name}`, addressIn(name, "ipv4", 53)) } } : {}),
    },
  };
}

function lan(name: Site): SegmentSpec {
  const { hosts, number } = lans[name];
  const end = (node: string, host: number) => ({
    node,
    ipv4: `${addressIn(name, "ipv4", host)}/24`,
    ipv6: `${addressIn(name, "ipv6", host)}/64`,
  });
  return {
    members: [
      end(`r-${name}`, 1),
      ...Object.entries(hosts).map(([host, address]) => end(host, address)),
      end(`site-${name}`, 53),
    ],
    ipv4: `10.${number}.0.0/24`,
    ipv6: `2001:db8:${number}::/64`,
    multicastQuerier: true,
  };
}

/** busybox's DHCP server, with addresses from .100 of the LAN on; `router`: the default gateway that it names. */
export function dhcpServer(
  site: Site,
  node: string,
  address: string,
  router = addressIn(site, "ipv4", 1),
  first = 100,
): NonNullable<NodeSpec["services"]>[string] {
  const directory = `/run/nodes/${node}/dhcp`;
  const lines = [
    `start ${addressIn(site, "ipv4", first)}`,
    `end ${addressIn(site, "ipv4", first + 49)}`,
    "max_leases 50",
    `interface ${site}`,
    `lease_file ${directory}/leases`,
    `pidfile ${directory}/udhcpd.pid`,
    "auto_time 0",
    "option subnet 255.255.255.0",
    `option router ${router}`,
    "option lease 600",
  ];
  return {
    kind: "daemon",
    // It doesn't wait two seconds for somebody to answer by ARP that an address is in use.
    command: ["busybox", "udhcpd", "-f", "-I", address, "-a", "0", `${directory}/udhcpd.conf`],
    files: { "dhcp/udhcpd.conf": lines.map((line) => `${line}\n`).join("") },
    listens: [{ protocol: "udp", port: 67 }],
    interfaces: [site],
  };
}
