/** What must hold in this internetwork, and in every solution of its faults. */
import { establishedSessions, expectedRoutes, forward } from "../../topology/routes/index.ts";
import type { Router, Topology } from "../../topology/topology.ts";
import { holdsRoutes, parseRoutes, sessionsEstablished } from "../birdc.ts";
import { all, expectation, exits, prints, seen } from "../expect.ts";
import type { Check, Expectation } from "../lab.ts";
import { hostAddresses, mistyped, networks, prefixesOf, vantagePoints } from "./topology.ts";

export function bgpSecurityChecks(topology: Topology): readonly Check[] {
  return [
    sessions(topology),
    tables(topology, "tables-as-expected", "Every router holds the routes that policy and validation give it", [
      "bgp-2",
    ]),
    webOfTheVictim(topology),
    wayToTheVictim(topology),
    ...validation(topology),
    ...lookUps(topology),
  ];
}

export function routersOf(topology: Topology): readonly Router[] {
  return topology.nodes.filter((node) => node.kind === "router");
}

/** Addresses of the victim's web server in the families in use. */
export function victimAddresses(topology: Topology): readonly string[] {
  const [ipv4, ipv6] = hostAddresses("victim");
  return topology.families.map((family) => (family === "ipv4" ? ipv4 : ipv6));
}

function sessions(topology: Topology): Check {
  const ends = establishedSessions(topology).flatMap((session) => session.ends);
  return {
    name: "sessions-established",
    title: "Every BGP session on every router is Established",
    proves: ["bgp-1"],
    steps: routersOf(topology).map(({ name }) => ({
      on: name,
      command: "birdc show protocols",
      expect: sessionsEstablished(ends.filter(({ router }) => router === name).map(({ protocol }) => protocol)),
    })),
  };
}

/** Every router's table, route by route, against the one computed from the topology. */
export function tables(topology: Topology, name: string, title: string, proves: readonly string[]): Check {
  return {
    name,
    title,
    proves,
    steps: routersOf(topology).map(({ name: on }) => ({
      on,
      command: "birdc show route primary all",
      expect: holdsRoutes(topology, on),
    })),
  };
}

function webOfTheVictim(topology: Topology): Check {
  return {
    name: "web-of-the-victim",
    title: "From every vantage point the victim's web server answers, and nobody in its place",
    proves: ["bgp-8"],
    steps: vantagePoints.flatMap((on) =>
      victimAddresses(topology).map((address) => ({ on, command: fetch(address), expect: page("victim") })),
    ),
  };
}

export function fetch(address: string): string {
  return `curl -s -m 3 http://${address.includes(":") ? `[${address}]` : address}/`;
}

export function page(text: string): Expectation {
  return all(exits(0), prints(new RegExp(`^${text}$`, "m")));
}

function wayToTheVictim(topology: Topology): Check {
  return {
    name: "way-to-the-victim",
    title: "From every vantage point packets pass the networks that the routes name, and end in the victim's",
    proves: ["bgp-5", "bgp-9"],
    steps: vantagePoints.flatMap((on) =>
      victimAddresses(topology).map((address) => ({
        on,
        command: traceroute(address),
        expect: passes(waysOf(topology, on, address)),
      })),
    ),
  };
}

export function traceroute(address: string): string {
  return `traceroute ${address.includes(":") ? "-6 " : ""}-A -n -q 1 -w 2 -m 12 ${address}`;
}

/** Numbers of the ASes that packets pass, the vantage point's own first, a number for each hop. */
function waysOf(topology: Topology, from: string, address: string): readonly number[] {
  const asnOf = new Map(routersOf(topology).map(({ name, asn }) => [name, asn]));
  const [, ...hops] = forward(topology, expectedRoutes(topology), from, address).hops;
  return hops.map(({ node }) => asnOf.get(node) ?? networks.victim.asn);
}

/** Of `traceroute -A`: hops in these ASes, by the registry of routes. */
function passes(asns: readonly number[]): Expectation {
  const text = asns.map((asn) => `AS${asn}`).join(" ");
  return expectation(`hops in ${text}`, (result) => {
    const hops = result.stdout.split("\n").filter((line) => /^ *\d+ /.test(line));
    const passed = hops.map((line) => /\[(AS\d+)/.exec(line)?.[1] ?? "?").join(" ");
    return hops.length === 0 ? seen(result) : passed === text ? undefined : `hops in ${passed}`;
  });
}

/** Route origin validation, at those who do it. */
function validation(topology: Topology): readonly Check[] {
  const validating = topology.autonomousSystems.filter(({ policy }) => policy.originValidation).map(({ name }) => name);
  if (validating.length === 0) return [];
  const own = (prefixes: readonly [string, string]): string[] =>
    topology.families.map((family) => prefixes[family === "ipv4" ? 0 : 1]);
  return [
    {
      name: "validator-feeds-routers",
      title: "Every network that validates has a session with the RTR server, and its ROAs",
      proves: ["bgp-10"],
      steps: validating.flatMap((on) => [
        { on, command: "birdc show protocols", expect: prints(/^rtr_rpki\s+RPKI\s.*Established/m) },
        ...topology.families.map((family) => ({
          on,
          command: `birdc show route table roas${family === "ipv4" ? 4 : 6}`,
          expect: prints(family === "ipv4" ? /^10\.113\.0\.0\/16-16 AS65013\b/m : /^2001:db8:113::\/48-48 AS65013\b/m),
        })),
      ]),
    },
    {
      name: "invalid-dropped",
      title: "They hold no invalid route, and keep the valid ones and those that no ROA covers",
      proves: ["bgp-10"],
      steps: validating.flatMap((on) => [
        ...own(mistyped).map((prefix) => ({ on, command: `birdc show route ${prefix} all`, expect: noRoute })),
        ...[...own(prefixesOf("s3")), ...own(prefixesOf("s4"))].map((prefix) => ({
          on,
          command: `birdc show route ${prefix} all`,
          expect: hasRoute(prefix),
        })),
      ]),
    },
  ];
}

const noRoute = expectation("no route", (result) => {
  const routes = parseRoutes(result.stdout);
  if (routes.length > 0) return `AS path ${routes[0]?.asPath?.join(" ") ?? ""}`;
  return /Network not found/.test(result.stdout + result.stderr) ? undefined : seen(result);
});

function hasRoute(prefix: string): Expectation {
  return expectation(`a route to ${prefix}`, (result) =>
    parseRoutes(result.stdout).some((route) => route.prefix === prefix) ? undefined : seen(result),
  );
}

/** As an engineer types them; the lab's own servers answer. */
function lookUps(topology: Topology): readonly Check[] {
  const dual = topology.families.includes("ipv6");
  const [on] = vantagePoints;
  const validity = (resource: string, prefix: string, state: string): Check["steps"][number] => ({
    on,
    command: `curl -s 'https://stat.ripe.net/data/rpki-validation/data.json?resource=${resource}&prefix=${prefix}'`,
    expect: prints(new RegExp(`"status": ?"${state}"`)),
  });
  return [
    {
      name: "whois-origin",
      title: "The routing registry knows the origin of the victim's prefixes",
      proves: ["bgp-4"],
      steps: [
        {
          on,
          command: "whois -h whois.radb.net 10.101.0.0/16",
          expect: all(prints(/^route:\s+10\.101\.0\.0\/16$/m), prints(/^origin:\s+AS65001$/m)),
        },
        {
          on,
          command: "whois -h whois.radb.net -- '-i origin AS65001'",
          expect: prints(dual ? /^route6:\s+2001:db8:101::\/48$/m : /^route:\s+10\.101\.0\.0\/16$/m),
        },
      ],
    },
    {
      name: "dns-origin",
      title: "The DNS tells the AS of an address, and the name of an AS",
      proves: ["bgp-6"],
      steps: [
        {
          on,
          command: "dig +short TXT 10.1.114.10.origin.asn.cymru.com",
          expect: prints(/^"65014 \| 10\.114\.0\.0\/16 \| /m),
        },
        { on, command: "dig +short TXT AS65014.asn.cymru.com", expect: prints(/^"65014 \| .*Stub 4/m) },
      ],
    },
    {
      name: "rpki-validation",
      title: "The validation service tells valid, invalid and unknown routes apart",
      proves: ["bgp-11"],
      steps: [
        validity("AS65011", "10.111.0.0/16", "valid"),
        validity("AS65014", "10.113.64.0/18", "invalid_asn"),
        validity("AS65013", "10.113.64.0/18", "invalid_length"),
        validity("AS65014", "10.114.0.0/16", "unknown"),
      ],
    },
  ];
}
