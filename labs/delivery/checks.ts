/** One receives, the nearest receives, the group receives, everybody receives. */
import type { Family } from "../../topology/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { all, exits, prints } from "../expect.ts";
import type { Check, CheckStep } from "../lab.ts";
import { answeredBy } from "./answers.ts";
import { countedSteps, type Flow } from "./ports.ts";
import { addressOf, anycast, groups, lans, members, type Site } from "./topology.ts";

const families = { ipv4: "IPv4", ipv6: "IPv6" } as const;
const requests = { ipv4: "icmp type echo-request", ipv6: "icmpv6 type echo-request" } as const;
const to = { ipv4: "ip daddr", ipv6: "ip6 daddr" } as const;
const from = { ipv4: "ip saddr", ipv6: "ip6 saddr" } as const;

const ping = (target: string, options = ""): string => `ping -n -c 3 -i 0.2 -W 1${options} ${target}`;

export const portOf = (host: string): string => `${siteOf(host)}.${host}`;

function siteOf(host: string): Site {
  return host.startsWith("w") || host === "site-west" ? "west" : "east";
}

/** The ports of hosts and servers, in the order of their segments. */
export function hostPorts(): string[] {
  return (["west", "east"] as const).flatMap((site) =>
    [...Object.keys(lans[site].hosts), `site-${site}`].map((host) => `${site}.${host}`),
  );
}

function unicast(family: Family): { flow: Flow; steps: CheckStep[] } {
  const target = addressOf("w1", family);
  return {
    flow: {
      name: `unicast_${family}`,
      title: `unicast    ${families[family]} source to w1`,
      family,
      match: `${to[family]} ${target} ${requests[family]}`,
      expected: [portOf("w1")],
    },
    steps: [{ on: "source", command: ping(target), expect: answeredBy([target]) }],
  };
}

/** From a host of a site, to that site's own server. Its request crosses the LAN twice: to the router, then from it. */
function toNearest(family: Family, client: string): { flow: Flow; steps: CheckStep[] } {
  const site = siteOf(client);
  return {
    flow: {
      name: `anycast_${site}_${family}`,
      title: `anycast    ${families[family]} from ${client}`,
      family,
      match: `${from[family]} ${addressOf(client, family)} ${to[family]} ${anycast[family]} oifname != "${site}.r-${site}" ${requests[family]}`,
      expected: [portOf(`site-${site}`)],
    },
    steps: [{ on: client, command: ping(anycast[family]), expect: answeredBy([anycast[family]]) }],
  };
}

export function multicast(family: Family, receivers = members): { flow: Flow; steps: CheckStep[] } {
  return {
    flow: {
      name: `multicast_${family}`,
      title: `multicast  ${families[family]} source to the group`,
      family,
      match: `${to[family]} ${groups[family]} ${requests[family]}`,
      expected: receivers.map(portOf),
    },
    steps: [
      {
        on: "source",
        command: ping(groups[family], " -t 8"),
        expect: answeredBy(receivers.map((each) => addressOf(each, family))),
      },
    ],
  };
}

/** w1 looks for w2's hardware address. In IPv4 it asks everybody; in IPv6 those who may be meant. */
function resolution(family: Family): { flow: Flow; steps: CheckStep[] } {
  const target = addressOf("w2", family);
  const everybody = [`west.r-west`, ...["w2", "w3", "site-west"].map(portOf)];
  const steps = [
    { on: "w1", command: `ip neigh flush to ${target} && ping -n -c 1 -W 1 ${target}`, expect: answeredBy([target]) },
  ];
  if (family === "ipv4")
    return {
      flow: {
        name: "who_has",
        title: "broadcast  ARP, w1 asks for w2",
        family,
        match: `arp operation request arp saddr ip ${addressOf("w1", family)} arp daddr ip ${target} ether daddr ff:ff:ff:ff:ff:ff`,
        expected: everybody,
      },
      steps,
    };
  return {
    flow: {
      name: "solicitation",
      title: "multicast  IPv6 w1 solicits w2",
      family,
      match: `ip6 saddr ${addressOf("w1", family)} ip6 daddr ff02::1:ff00:12 icmpv6 type nd-neighbor-solicit`,
      expected: [portOf("w2")],
    },
    steps,
  };
}

/** w1 asks, and does nothing with what it gets: it has an address. */
const askForLease = "busybox udhcpc -f -n -q -i west -t 3 -T 1 -s /bin/true 2>&1";

function discover(): { flow: Flow; steps: CheckStep[] } {
  return {
    flow: {
      name: "dhcp",
      title: "broadcast  DHCP, w1 asks for an address",
      family: "ipv4",
      match: "ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp dport 67",
      expected: ["west.r-west", ...["w2", "w3", "site-west"].map(portOf)],
    },
    steps: [{ on: "w1", command: askForLease, expect: all(exits(0), prints(/lease of 10\.1\.0\.\d+ obtained from /)) }],
  };
}

/** Which servers answer w1: it asks three times, so that a slow one is seen too. */
export function offers(servers: readonly string[]): { flow: Flow; steps: CheckStep[] } {
  return {
    flow: {
      name: "offers",
      title: "offers     DHCP",
      family: "ipv4",
      match: "udp sport 67 udp dport 68",
      expected: servers.map(portOf),
      from: true,
    },
    steps: [
      {
        on: "w1",
        command: `for each in 1 2 3; do ${askForLease}; done`,
        expect: all(exits(0), prints(/lease of 10\.1\.0\.\d+ obtained from /)),
      },
    ],
  };
}

/** Steps with their flows counted around them all. */
export function counted(
  parts: readonly { readonly flow: Flow; readonly steps: readonly CheckStep[] }[],
  columns?: readonly string[],
): CheckStep[] {
  return countedSteps(
    parts.map(({ flow }) => flow),
    parts.flatMap(({ steps }) => steps),
    columns,
  );
}

export function deliveryChecks(topology: Topology): Check[] {
  const used = topology.families;
  const proves = ["any-6"];
  const local = used.map(resolution);
  return [
    {
      name: "unicast-one",
      title: "Unicast: the host addressed answers, and no other port sees a thing",
      proves,
      within: 5,
      steps: counted(used.map(unicast)),
    },
    {
      name: "anycast-nearest",
      title: "Anycast: one address, and each host reaches the server of its own site",
      proves,
      within: 5,
      steps: counted(used.flatMap((family) => ["w1", "e1"].map((client) => toNearest(family, client)))),
    },
    {
      name: "multicast-group",
      title: "Multicast: every member of the group answers, on both sites, and nobody else sees a thing",
      proves,
      steps: counted(used.map((family) => multicast(family))),
    },
    {
      name: "multicast-hops",
      title: "Multicast: a packet with too small a TTL, which 1 by default is, stops at a router",
      proves,
      within: 5,
      steps: used.flatMap((family) =>
        ["", " -t 2"].map((option) => ({
          on: "source",
          command: `ping -n -c 1 -W 1${option} ${groups[family]}`,
          expect: all(exits(1), prints(/ 0 received/)),
        })),
      ),
    },
    {
      name: "broadcast-arp",
      title: "Broadcast: who has an address is asked of everybody on the segment; IPv6 asks a group of one instead",
      proves,
      steps: counted(local),
    },
    {
      name: "broadcast-dhcp",
      title: "Broadcast: a DHCP discover reaches everybody on the segment, and one server answers",
      proves,
      within: 5,
      steps: counted([discover(), offers(["site-west"])]),
    },
    {
      name: "who-receives",
      title: "Who receives what: packets that went out of the switches' ports",
      proves,
      within: 15,
      steps: counted(
        [
          ...used.map(unicast),
          ...used.flatMap((family) => ["w1", "e1"].map((client) => toNearest(family, client))),
          ...used.map((family) => multicast(family)),
          ...local,
          discover(),
        ],
        hostPorts(),
      ),
    },
  ];
}
