/** What must hold on the running lab. */
import { establishedSessions, expectedRoutes } from "../../topology/routes/index.ts";
import type { Family } from "../../topology/spec.ts";
import type { Router, Topology } from "../../topology/topology.ts";
import { gives, holdsRoutes, prefers, sessionsEstablished } from "../birdc.ts";
import type { Reason } from "../birdc.ts";
import { all, exits, prints } from "../expect.ts";
import type { Check, CheckStep } from "../lab.ts";
import { asn, hostAddresses, prefixesOf, stubAsn, stubPrefixes } from "./topology.ts";

export function bgpChecks(topology: Topology, stubs: number): readonly Check[] {
  return [
    sessions(topology),
    tables(topology),
    ...bestPaths(topology),
    ...policy(topology),
    pings(topology, stubs),
    ...traceroutes(topology),
  ];
}

function routersOf(topology: Topology): readonly Router[] {
  return topology.nodes.filter((node) => node.kind === "router");
}

function sessions(topology: Topology): Check {
  const ends = establishedSessions(topology).flatMap((session) => session.ends);
  return {
    name: "sessions-established",
    title: "Every BGP session on every router is Established",
    proves: ["bgp-1"],
    within: 30,
    steps: routersOf(topology).map(({ name }) => ({
      on: name,
      command: "birdc show protocols",
      expect: sessionsEstablished(ends.filter(({ router }) => router === name).map(({ protocol }) => protocol)),
    })),
  };
}

function tables(topology: Topology): Check {
  return {
    name: "tables-as-expected",
    title: "Every router holds the routes that policy gives it, with their AS paths, and no others",
    proves: ["bgp-2"],
    within: 30,
    steps: routersOf(topology).map(({ name }) => ({
      on: name,
      command: "birdc show route primary all",
      expect: holdsRoutes(topology, name),
    })),
  };
}

/** The one of a pair of prefixes or addresses that is of this family. */
function ofFamily([ipv4, ipv6]: readonly [string, string], family: Family): string {
  return family === "ipv4" ? ipv4 : ipv6;
}

interface Choice {
  readonly name: string;
  readonly title: string;
  readonly router: string;
  readonly stub: number;
  readonly path: readonly number[];
  readonly over: readonly number[];
  readonly because: Reason;
}

const choices: readonly Choice[] = [
  {
    name: "customer-before-peer",
    title: "T1 B reaches stub 5 through its customers, though the way over its peer is shorter",
    router: "t1b",
    stub: 5,
    path: [asn.tr2, asn.tr3, stubAsn(5)],
    over: [asn.t1a, stubAsn(5)],
    because: "local preference",
  },
  {
    name: "peer-before-provider",
    title: "Stub 3 reaches stub 1 over the exchange, and not through the provider that it pays",
    router: "s3",
    stub: 1,
    path: [asn.tr1, stubAsn(1)],
    over: [asn.t1b, asn.t1a, asn.tr1, stubAsn(1)],
    because: "local preference",
  },
  {
    name: "shorter-before-longer",
    title: "T1 A reaches stub 2 by the shorter of two ways through customers",
    router: "t1a",
    stub: 2,
    path: [asn.tr1, stubAsn(2)],
    over: [asn.tr2, asn.tr3, stubAsn(2)],
    because: "path length",
  },
];

function bestPaths(topology: Topology): readonly Check[] {
  return choices.map(({ name, title, router, stub, path, over, because }) => ({
    name,
    title,
    proves: ["bgp-3"],
    steps: topology.families.map((family) => ({
      on: router,
      command: `birdc show route for ${ofFamily(stubPrefixes(stub), family)} all`,
      expect: prefers(path, over, because),
    })),
  }));
}

/** What tr2 gives away: it has providers (t1a, t1b), peers at the exchange, and a customer (tr3, with customers of its own). */
function policy(topology: Topology): readonly Check[] {
  const expected = [...(expectedRoutes(topology).routes.get("tr2")?.values() ?? [])];
  const giving = (far: string, everything: boolean): CheckStep[] =>
    sessionEnds(topology, "tr2", far).map(({ protocol, family }) => {
      const ofSession = expected.filter(({ prefix }) => prefix.includes(":") === (family === "ipv6"));
      const given = ofSession.filter(
        ({ learnedFrom }) => everything || ["originated", "customer"].includes(learnedFrom),
      );
      return {
        on: "tr2",
        command: `birdc show route primary export ${protocol}`,
        expect: gives(
          // A route isn't given back over the session that it came by.
          given.filter((route) => route.protocol !== protocol).map(({ prefix }) => prefix),
        ),
      };
    });
  return [
    {
      name: "peers-routes-stay",
      title: "Transit 2 gives its providers and the exchange its own and its customers' routes, and no peer's",
      proves: ["bgp-7"],
      steps: [...giving("t1a", false), ...giving("t1b", false), ...giving("rs", false)],
    },
    {
      name: "customers-get-all",
      title: "Transit 2 gives its customer Transit 3 every route but those that came from there",
      proves: ["bgp-7"],
      steps: giving("tr3", true),
    },
    {
      name: "no-transit-between-peers",
      title: "Transit 2 has no way to Transit 1 but the exchange, and T1 B none to it but T1 A",
      proves: ["bgp-7"],
      steps: topology.families.flatMap((family) => [
        {
          on: "t1b",
          command: `birdc show route for ${ofFamily(prefixesOf("tr1"), family)} all`,
          expect: prints(new RegExp(`BGP\\.as_path: ${asn.t1a} ${asn.tr1}\\b`)),
        },
        {
          on: "tr2",
          command: `birdc show route for ${ofFamily(prefixesOf("tr1"), family)} primary all`,
          expect: prints(new RegExp(`BGP\\.as_path: ${asn.tr1}\\s`)),
        },
      ]),
    },
  ];
}

function sessionEnds(topology: Topology, near: string, far: string): { protocol: string; family: Family }[] {
  return topology.sessions.flatMap(({ ends, transport }) => {
    const [a, b] = ends;
    if (a.router === near && b.router === far) return [{ protocol: a.protocol, family: transport }];
    if (b.router === near && a.router === far) return [{ protocol: b.protocol, family: transport }];
    return [];
  });
}

/** Each host reaches the next, and the last the first. */
function pings(topology: Topology, stubs: number): Check {
  const steps: CheckStep[] = [];
  for (let stub = 1; stub <= stubs; stub++)
    for (const family of topology.families)
      steps.push({
        on: `h${stub}`,
        command: `ping -c 1 -W 1 ${ofFamily(hostAddresses((stub % stubs) + 1), family)}`,
        expect: all(exits(0), prints(/ 1 received, 0% packet loss/)),
      });
  return {
    name: "hosts-reach-each-other",
    title: "Each stub's host reaches the next stub's",
    proves: [],
    within: 20,
    steps,
  };
}

/** A router answers from its loopback, which is in its AS's block. */
function traceroutes(topology: Topology): readonly Check[] {
  const hop = (family: Family, number: number, ipv4: string, ipv6: string): RegExp =>
    new RegExp(`^\\s*${number}  ${(family === "ipv4" ? ipv4 : ipv6).replaceAll(".", "\\.")} `, "m");
  return [
    {
      name: "traffic-follows-routes",
      title: "From host 3 to host 1 the packets cross the exchange into Transit 1",
      proves: [],
      steps: topology.families.map((family) => ({
        on: "h3",
        command: `traceroute ${family === "ipv6" ? "-6 " : ""}-n -q 1 -w 1 ${ofFamily(hostAddresses(1), family)}`,
        expect: all(
          prints(hop(family, 1, "10.103.1.1", "2001:db8:103:1::1")),
          prints(hop(family, 2, "10.11.255.4", "2001:db8:11:ffff::4")),
          prints(hop(family, 6, "10.101.1.10", "2001:db8:101:1::10")),
        ),
      })),
    },
  ];
}
