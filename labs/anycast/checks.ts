/** What must hold on the running lab. */
import type { Family } from "../../topology/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { parseRoutes } from "../birdc.ts";
import { all, exits, expectation, prints, seen } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { hopsInWords, reports } from "../mtr.ts";
import type { AnycastSettings } from "./settings.ts";
import { became, losesAtLeast, moved, movesTo, sharedBy } from "./queries.ts";
import { anycast, delays, regionsOf, release, serversOf, siteAsn, zone, type Region } from "./topology.ts";

/** Seconds that a query may take: long, so that a busy machine loses nothing. */
const patient = "--timeout 3";

export function anycastChecks(topology: Topology, settings: AnycastSettings): readonly Check[] {
  const regions = regionsOf(settings);
  const perRegion = (steps: (region: Region) => readonly CheckStep[]): CheckStep[] => regions.flatMap(steps);
  const [first, second] = regions;
  if (first === undefined || second === undefined) throw new Error("the lab has fewer than two regions");
  return [
    {
      name: "nearest-site-answers",
      title: "Clients in all regions ask one address and get as many sites: each its region's",
      proves: ["any-1"],
      steps: perRegion((region) => anycast.addresses.flatMap((address) => asks(region, address))),
    },
    {
      name: "routes-lead-to-nearest-site",
      title: "Each region's transit network has its own site's route in use",
      proves: [],
      steps: perRegion((region) => anycast.addresses.map((address) => routeOf(region, address))),
    },
    {
      name: "paths-end-at-nearest-site",
      title: "Each region's packets go to its own site",
      proves: ["any-2"],
      steps: perRegion((region) => anycast.addresses.map((address) => traces(topology, region, address))),
    },
    {
      name: "loss-and-delay-by-hop",
      title: "On the way to its site each region's client loses nothing at any hop, and waits as long as the lines are",
      proves: ["any-3"],
      steps: perRegion((region) => anycast.addresses.map((address) => measures(topology, region, address, settings))),
    },
    {
      name: "requests-spread",
      title: "Requests to one address spread over all sites, and at each site over all its servers",
      proves: ["any-5"],
      steps: perRegion((region) =>
        anycast.addresses.map((address) => {
          const servers = serversOf(region, settings);
          return queries(`${region.name}-client`, `${address} id.server --chaos --rate 400 --count 200 ${patient}`, {
            expect: sharedBy(servers),
            show: became(`${region.name}-client`),
          });
        }),
      ),
    },
    {
      name: "same-release-everywhere",
      title: "All sites serve the same release of the zone",
      proves: [],
      steps: perRegion((region) =>
        anycast.addresses.map((address) => ({
          on: `${region.name}-client`,
          command: `dig +short +time=1 +tries=1 @${address} TXT release.${zone}`,
          expect: prints(new RegExp(`^"${release}"$`, "m")),
        })),
      ),
    },
    withdrawal(first, second, settings),
    attack(regions),
  ];
}

function familyOf(address: string): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function asks({ name, site }: Region, address: string): CheckStep[] {
  const host = familyOf(address) === "ipv6" ? `[${address}]` : address;
  return [
    {
      on: `${name}-client`,
      command: `dig +short +time=1 +tries=1 @${address} TXT whoami.${zone}`,
      expect: prints(new RegExp(`^"${site}"$`, "m")),
    },
    {
      on: `${name}-client`,
      command: `curl --silent --show-error --globoff --max-time 2 http://${host}/`,
      expect: all(exits(0), prints(new RegExp(`^${site} \\(${site}-\\d\\)$`, "m"))),
    },
  ];
}

/** Of `birdc show route for ADDRESS primary all`: the most specific route is the service's prefix, by this AS path. */
function usesRoute(prefix: string, asn: number): Expectation {
  return expectation(`the route to ${prefix} by AS path ${asn}`, (result) => {
    const [route] = parseRoutes(result.stdout);
    if (route === undefined) return seen(result);
    const path = route.asPath?.join(" ") ?? "";
    return route.prefix === prefix && path === String(asn)
      ? undefined
      : `the one to ${route.prefix} by AS path ${path}`;
  });
}

function routeOf(region: Region, address: string): CheckStep {
  const [ipv4, ipv6] = anycast.prefixes;
  return {
    on: region.name,
    command: `birdc show route for ${address} primary all`,
    expect: usesRoute(familyOf(address) === "ipv6" ? ipv6 : ipv4, siteAsn(region)),
  };
}

/** Where the routers on the way to a region's site answer from, the nearest first: its LAN, then loopbacks. */
function routersOnTheWay(topology: Topology, { name, site }: Region, family: Family): string[] {
  const lan = topology.segments.find((segment) => segment.name === `${name}-lan`);
  const ofFamily = (addresses: readonly string[] = []): string =>
    addresses.find((address) => familyOf(address) === family)?.split("/")[0] ?? "";
  const loopback = (router: string): string => {
    const node = topology.nodes.find((each) => each.name === router);
    return node?.kind === "router" ? ofFamily(node.loopbacks) : "";
  };
  return [ofFamily(lan?.members.find(({ node }) => node === `${name}-isp`)?.addresses), loopback(name), loopback(site)];
}

function traces(topology: Topology, region: Region, address: string): CheckStep {
  const family = familyOf(address);
  const [lan = "", transit = "", site = ""] = routersOnTheWay(topology, region, family);
  const hops = [lan, `${region.name} (${transit})`, `${region.site} (${site})`, address];
  return {
    on: `${region.name}-client`,
    command: `traceroute ${family === "ipv6" ? "-6 " : ""}-q 1 -w 1 ${address}`,
    expect: all(...hops.map((hop, index) => prints(new RegExp(`^ *${index + 1}  ${escaped(hop)} `, "m")))),
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[.()]/g, "\\$&");
}

function measures(topology: Topology, region: Region, address: string, { shape }: AnycastSettings): CheckStep {
  const family = familyOf(address);
  const lines = shape === "delay" ? [0, delays.access, delays.uplink, 0] : [0, 0, 0, 0];
  const hosts = [...routersOnTheWay(topology, region, family), address];
  return {
    on: `${region.name}-client`,
    command: `mtr ${family === "ipv6" ? "-6" : "-4"} --report -n -c 3 -i 0.1 -G 0.5 ${address}`,
    expect: reports(
      hosts.map((host, index) => ({ host, delay: 2 * lines.slice(0, index + 1).reduce((sum, each) => sum + each) })),
    ),
    show: ({ stdout }) => `${region.name}-client: ${hopsInWords(stdout)}`,
  };
}

function queries(on: string, options: string, rest: Pick<CheckStep, "expect" | "show" | "always">): CheckStep {
  return { on, command: `python3 /run/bird/queries.py ${options}`, ...rest };
}

/** The name servers of the first region's site stop answering; its clients' next site is the second region's, a peer's. */
function withdrawal(region: Region, next: Region, settings: AnycastSettings): Check {
  const [ipv4, ipv6] = anycast.addresses;
  const client = `${region.name}-client`;
  const servers = serversOf(region, settings);
  const signal = (name: string, always: boolean): CheckStep[] =>
    servers.map((server) => ({
      on: server,
      command: `kill -${name} $(cat /run/bird/dns.pid)`,
      expect: exits(0),
      ...(always ? { always } : {}),
    }));
  const whoami = `whoami.${zone}`;
  return {
    name: "clients-move-when-a-site-withdraws",
    title: `When the name servers of ${region.site} hang, its clients move to ${next.site}, and back when they answer again`,
    proves: ["any-4"],
    within: 15,
    steps: [
      ...asks(region, ipv4),
      ...signal("STOP", false),
      queries(client, `${ipv4} ${whoami} --until ${next.site} --within 15`, {
        expect: movesTo(next.site),
        show: moved(`${region.site} withdraws`, next.site),
      }),
      ...asks(next, ipv6).map((step) => ({ ...step, on: client })),
      {
        on: region.site,
        command: `birdc show route for ${ipv4} primary all`,
        expect: prints(new RegExp(`BGP\\.as_path: .*\\b${siteAsn(next)}$`, "m")),
      },
      ...signal("CONT", true),
      queries(client, `${ipv4} ${whoami} --until ${region.site} ${patient}`, {
        expect: movesTo(region.site, 2),
        show: moved(`${region.site} returns`, region.site),
      }),
    ],
  };
}

/** A flood from the first region ends at that region's site: the others don't notice. */
function attack([attacked, ...others]: readonly Region[]): Check {
  if (attacked === undefined) throw new Error("the lab has no region");
  const [address] = anycast.addresses;
  const ask = ({ name }: Region, count: number, expect: Expectation, rest = patient): CheckStep =>
    queries(`${name}-client`, `${address} whoami.${zone} --count ${count} ${rest}`, {
      expect,
      show: became(`${name}-client`),
    });
  return {
    name: "attack-stays-with-its-site",
    title: `A flood from ${attacked.title} fills the line of ${attacked.site}; the other sites lose nothing`,
    proves: ["any-5"],
    within: 15,
    steps: [
      {
        on: "attacker",
        command:
          `setsid python3 /run/bird/queries.py ${address} whoami.${zone} --flood --rate 4000 --count 160000 ` +
          ">/run/bird/flood.log 2>&1 </dev/null & echo $! >/run/bird/flood.pid",
        expect: exits(0),
      },
      ask(attacked, 40, losesAtLeast(0.2), "--timeout 0.3"),
      ...others.map((region) => ask(region, 20, sharedBy([region.site]))),
      {
        on: "attacker",
        command: "kill $(cat /run/bird/flood.pid) && rm /run/bird/flood.pid",
        expect: exits(0),
        always: true,
      },
      queries(`${attacked.name}-client`, `${address} whoami.${zone} --until ${attacked.site} --within 10`, {
        expect: movesTo(attacked.site),
        show: moved("the flood ends", attacked.site),
      }),
    ],
  };
}
