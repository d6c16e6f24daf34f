/** What may be broken in the lab, for exercises. */
import type { AutonomousSystemSpec, RouterSpec, TopologySpec } from "../../topology/spec.ts";
import { prefers } from "../birdc.ts";
import { all, exits, prints } from "../expect.ts";
import type { CheckStep, Fault } from "../lab.ts";
import type { settings } from "./settings.ts";
import {
  anycast,
  asksNames,
  asksWeb,
  healthCheck,
  nameServer,
  regionOf,
  release,
  siteAsn,
  transitAsn,
  zone,
} from "./topology.ts";

type AnycastFault = Fault<typeof settings>;

const [europe, america, asia] = [regionOf("eu"), regionOf("na"), regionOf("ap")];

/** Changes all servers of a site. */
function withServers(topology: TopologySpec, site: string, change: (server: RouterSpec) => RouterSpec): TopologySpec {
  const nodes = Object.entries(topology.nodes).map(([name, node]) => {
    const isServer = name.startsWith(`${site}-`) && node.kind === "router";
    return [name, isServer ? change(node) : node] as const;
  });
  return { ...topology, nodes: Object.fromEntries(nodes) };
}

/** Steps: the clients of a region are answered by this site. */
function answeredBy(region: string, site: string): CheckStep[] {
  return anycast.addresses.map((address) => ({
    on: `${region}-client`,
    command: `dig +short +time=1 +tries=1 @${address} TXT whoami.${zone}`,
    expect: prints(new RegExp(`^"${site}"$`, "m")),
  }));
}

const perSite = [
  "nearest-site-answers",
  "routes-lead-to-nearest-site",
  "paths-end-at-nearest-site",
  "loss-and-delay-by-hop",
  "requests-spread",
  "clients-move-when-a-site-withdraws",
  "attack-stays-with-its-site",
] as const;

function withPreference(topology: TopologySpec, preference: number | undefined): TopologySpec {
  const { policy: _, ...eu } = topology.autonomousSystems?.["eu"] as AutonomousSystemSpec;
  const policy = preference === undefined ? {} : { policy: { localPreferences: { na: preference } } };
  return { ...topology, autonomousSystems: { ...topology.autonomousSystems, eu: { ...eu, ...policy } } };
}

const overTheOcean: AnycastFault = {
  name: "europe-served-overseas",
  title:
    "Transit Europe prefers its peer Transit North America to its own customers: local preference 350 instead of 200.",
  hints: [
    "Everybody is answered, but not by whom one would think: ask whoami.anycast.example in each region.",
    "`traceroute 192.0.2.53` on eu-client tells where the packets leave the right way.",
    "`birdc show route for 192.0.2.53 all` on eu tells the routes that it has the choice of. Local preference decides before the path's length: compare BGP.local_pref with the 300, 200 and 100 of customers, peers and providers.",
  ],
  breaks: (healthy) => withPreference(healthy, 350),
  symptoms: () => [
    {
      name: "europe-gets-america",
      title: "Europe's clients are answered by Washington, as Transit Europe prefers the longer way to it",
      proves: [],
      steps: [
        ...answeredBy("eu", america.site),
        ...anycast.addresses.map((address) => ({
          on: "eu",
          command: `birdc show route for ${address} all`,
          expect: prefers([transitAsn(america), siteAsn(america)], [siteAsn(europe)], "local preference"),
        })),
      ],
    },
  ],
  fails: perSite,
  solutions: [
    {
      name: "as-any-peer",
      title: "Routes of Transit North America have a peer's local preference again, 200.",
      solves: (broken) => withPreference(broken, undefined),
    },
    {
      name: "below-customers",
      title: "Routes of Transit North America have a local preference of 250: above other peers', below customers'.",
      solves: (broken) => withPreference(broken, 250),
    },
  ],
};

/** The half of each prefix that the service's address is in. */
const halves = ["192.0.2.0/25", "2001:db8:53::/49"] as const;

function announcing(prefixes: readonly string[]): (server: RouterSpec) => RouterSpec {
  return (server) => ({ ...server, originates: prefixes, anycast: prefixes });
}

const oneForAll: AnycastFault = {
  name: "one-site-serves-all",
  title: "Singapore announces more specific prefixes besides the service's, so that all the world goes there.",
  hints: [
    "Ask whoami.anycast.example in each region: the sites are up, and all but one are idle.",
    "Which route does a packet to 192.0.2.53 take? `birdc show route for 192.0.2.53 all` on eu, and look at its prefix too.",
    "The longest prefix wins, before any policy. `birdc show route 192.0.2.0/24 all` is still there, and nobody uses it.",
  ],
  breaks: (healthy) => withServers(healthy, asia.site, announcing([...anycast.prefixes, ...halves])),
  symptoms: () => [
    {
      name: "all-get-asia",
      title: "Clients of Europe and North America are answered by Singapore, whose prefix is the longer one",
      proves: [],
      steps: [
        ...answeredBy("eu", asia.site),
        ...answeredBy("na", asia.site),
        ...anycast.addresses.map((address, index) => ({
          on: "eu",
          command: `birdc show route for ${address} primary`,
          expect: prints(new RegExp(`^${(halves[index] ?? "").replaceAll(".", "\\.")} `, "m")),
        })),
      ],
    },
  ],
  fails: perSite,
  solutions: [
    {
      name: "one-prefix",
      title: "Singapore announces the service's prefix alone, as every site.",
      solves: (broken) => withServers(broken, asia.site, announcing(anycast.prefixes)),
    },
  ],
};

/** Where the service was before. */
const formerPrefixes = ["198.51.100.0/24", "2001:db8:52::/48"] as const;

const idleSite: AnycastFault = {
  name: "idle-site",
  title: "Washington still announces the service's former prefix, and not the one that it has now.",
  hints: [
    "One region is answered from another continent. Ask whoami.anycast.example in each.",
    "The servers at the idle site are well: `cat /run/bird/health/state` there. What reaches them?",
    "`birdc show route protocol anycast4` on iad-1 and on fra-1: compare.",
  ],
  breaks: (healthy) => withServers(healthy, america.site, announcing(formerPrefixes)),
  symptoms: () => [
    {
      name: "america-gets-europe",
      title:
        "North America's clients are answered by Frankfurt, while Washington announces a prefix that nobody asks for",
      proves: [],
      steps: [
        ...answeredBy("na", europe.site),
        ...formerPrefixes.map((prefix) => ({
          on: "na",
          command: `birdc show route ${prefix} primary all`,
          expect: prints(new RegExp(`BGP\\.as_path: ${siteAsn(america)}\\s`)),
        })),
      ],
    },
  ],
  fails: perSite,
  solutions: [
    {
      name: "current-prefix",
      title: "Washington announces the service's prefix.",
      solves: (broken) => withServers(broken, america.site, announcing(anycast.prefixes)),
    },
  ],
};

const noNames: AnycastFault = {
  name: "no-names-in-asia",
  title:
    "Singapore's name servers are down; its health check asks only the web servers, so the prefix stays announced.",
  hints: [
    "One region gets no answer. Is it the way, or what is at its end? `traceroute 192.0.2.53` and `curl http://192.0.2.53/` on ap-client.",
    "A site that doesn't answer should have withdrawn. `cat /run/bird/health/state` on sin-1 tells what its health check thinks.",
    "`cat /run/bird/health/command` on sin-1, and the same on fra-1: what do they ask?",
  ],
  breaks: (healthy) =>
    withServers(healthy, asia.site, ({ services: { dns: _, ...services } = {}, ...server }) => ({
      ...server,
      services: { ...services, health: healthCheck(asksWeb) },
    })),
  symptoms: () => [
    {
      name: "asia-gets-nothing",
      title: "Asia's name queries end at Singapore without an answer, while its health check sees nothing wrong",
      proves: [],
      steps: [
        ...anycast.addresses.map((address) => ({
          on: "ap-client",
          command: `dig +short +time=1 +tries=1 @${address} TXT whoami.${zone}`,
          expect: all(exits(9), prints(/no servers could be reached/)),
        })),
        {
          on: "ap-client",
          command: `curl --silent --max-time 2 http://${anycast.addresses[0]}/`,
          expect: prints(new RegExp(`^${asia.site} `)),
        },
        { on: `${asia.site}-1`, command: "cat /run/bird/health/state", expect: prints(/^announced$/m) },
      ],
    },
  ],
  fails: ["nearest-site-answers", "requests-spread", "same-release-everywhere", "attack-stays-with-its-site"],
  solutions: [
    {
      name: "ask-what-clients-ask",
      title: "The name servers run again, and the health check asks them too.",
      solves: (broken) =>
        withServers(broken, asia.site, (server) => ({
          ...server,
          services: {
            ...server.services,
            dns: nameServer(asia.site, release),
            health: healthCheck(`${asksNames(asia.site)} && ${asksWeb}`),
          },
        })),
    },
  ],
};

function serving(site: string, version: string): (server: RouterSpec) => RouterSpec {
  return (server) => ({ ...server, services: { ...server.services, dns: nameServer(site, version) } });
}

const oldAnswers: AnycastFault = {
  name: "old-answers",
  title: "Washington serves release 1 of the zone; the other sites have release 2.",
  hints: [
    "Some clients get an answer that others no longer get. It depends on where they ask, not on when.",
    "`dig @192.0.2.53 TXT release.anycast.example` in each region, and whoami.anycast.example beside it.",
    "A zone's serial number tells what a server has: `dig +short SOA anycast.example` at each site.",
  ],
  breaks: (healthy) => withServers(healthy, america.site, serving(america.site, "1")),
  symptoms: () => [
    {
      name: "america-gets-old-answers",
      title: "North America's clients get release 1, Europe's release 2",
      proves: [],
      steps: (["na", "eu"] as const).flatMap((region) =>
        anycast.addresses.map((address) => ({
          on: `${region}-client`,
          command: `dig +short +time=1 +tries=1 @${address} TXT release.${zone}`,
          expect: prints(region === "na" ? /^"1"$/m : /^"2"$/m),
        })),
      ),
    },
  ],
  fails: ["same-release-everywhere"],
  solutions: [
    {
      name: "current-release",
      title: "Washington serves release 2 as well.",
      solves: (broken) => withServers(broken, america.site, serving(america.site, release)),
    },
  ],
};

export const faults: readonly AnycastFault[] = [overTheOcean, oneForAll, idleSite, noNames, oldAnswers];
