/** What goes wrong between daemons, and what helps. */
import type { AutonomousSystemSpec, NodeSpec, PolicySpec, RouterSpec, TopologySpec } from "../../topology/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { expectation, prints, seen } from "../expect.ts";
import type { Fault } from "../lab.ts";
import { hostAddresses, hostOf, networks, prefixesOf, type NetworkName } from "./topology.ts";

/** Parts of FRR's customer's prefixes. */
const parts = [
  ...["10.102.0.0/18", "10.102.64.0/18", "10.102.128.0/18", "10.102.192.0/18"],
  ...["2001:db8:102::/50", "2001:db8:102:4000::/50", "2001:db8:102:8000::/50", "2001:db8:102:c000::/50"],
] as const;

export const faults: readonly Fault[] = [
  {
    name: "silent-customer",
    title:
      "The customer of FRR announces its prefix in parts as well, and FRR shuts a session that brings more than two.",
    hints: [
      "Nobody reaches the customer of FRR any more, and it reaches nobody.",
      "`vtysh -c 'show bgp summary'` on frr1 tells why a session is down; compare what gobgp2 would send: `gobgp global rib`.",
      "FRR counts what a neighbour sends: `vtysh -c 'show running-config bgpd'` has the limit. A session that it has shut stays down.",
    ],
    breaks: (healthy) => changeNode(healthy, "gobgp2", { originates: [...prefixesOf("c2"), ...parts] }),
    symptoms: (topology) => [
      {
        name: "shut-by-its-limit",
        title: "FRR holds its sessions with its customer down, for too many prefixes",
        proves: [],
        within: 20,
        steps: [
          {
            on: "frr1",
            command: "vtysh -c 'show bgp summary failed json'",
            expect: shut(farAddresses(topology, "frr1", "gobgp2")),
          },
        ],
      },
    ],
    fails: [
      "sessions-established",
      "same-prefixes",
      "tables-as-expected",
      "customers-routes-to-peers",
      "all-routes-to-customers",
      "hosts-reach-each-other",
    ],
    solutions: [
      {
        name: "announce-the-whole",
        title: "The customer announces its prefix as a whole, and nothing else.",
        solves: (broken) => changeNode(broken, "gobgp2", { originates: prefixesOf("c2") }),
      },
      {
        name: "higher-limit",
        title: "FRR takes ten prefixes from a customer.",
        solves: (broken) => withPolicy(broken, "frr", { maximumPrefixes: 10 }),
      },
    ],
  },
  {
    name: "detour",
    title:
      "The AS with BIRD and FRR, without BGP roles now, gives OpenBGPD the routes of GoBGP: it carries their traffic.",
    hints: [
      "Everything is reachable, by ways that nobody pays for: `traceroute -n 10.3.1.10` from h-openbgpd.",
      "OpenBGPD and GoBGP are linked. Why does `bgpctl show rib 10.3.0.0/16` on openbgpd1 prefer another way?",
      "Compare what the AS gives to its provider with what a customer should: `vtysh -c 'show bgp ipv4 unicast neighbors ADDRESS advertised-routes'` on frr3, ADDRESS that of openbgpd1.",
    ],
    breaks: (healthy) => withPolicy(healthy, "mixed", { leaks: true, roles: false }),
    symptoms: (topology) => [
      {
        name: "through-the-customer",
        title: "OpenBGPD's packets to GoBGP, its peer, pass the customer of both",
        proves: ["bgp-9"],
        within: 20,
        steps: topology.families.map((family) => {
          const v6 = family === "ipv6";
          const [ipv4, ipv6] = hostAddresses("gobgp");
          const { block } = networks.mixed;
          return {
            on: hostOf("openbgpd"),
            command: `traceroute ${v6 ? "-6 " : ""}-n -q 1 -w 2 ${v6 ? ipv6 : ipv4}`,
            expect: prints(
              v6 ? new RegExp(`^ *\\d+  2001:db8:${block}:`, "m") : new RegExp(`^ *\\d+  10\\.${block}\\.`, "m"),
            ),
          };
        }),
      },
    ],
    fails: ["tables-as-expected", "customers-routes-to-peers", "all-routes-to-customers"],
    solutions: [
      {
        name: "no-leak",
        title: "The AS gives its providers its own routes only, and has BGP roles (RFC 9234) again.",
        solves: (broken) => withPolicy(broken, "mixed", { leaks: false, roles: true }),
      },
      {
        name: "prefix-filter",
        title: "OpenBGPD, as GoBGP does already, takes from a customer only what it originates by right.",
        solves: (broken) => withPolicy(broken, "openbgpd", { customerPrefixes: true }),
      },
    ],
  },
];

function farAddresses(topology: Topology, router: string, other: string): readonly string[] {
  return topology.sessions.flatMap(({ ends }) =>
    ends.some((end) => end.router === router) ? ends.flatMap((end) => (end.router === other ? [end.address] : [])) : [],
  );
}

/** Of `show bgp summary failed json`: these neighbours are down for their number of prefixes. */
function shut(addresses: readonly string[]) {
  return expectation(`${addresses.join(", ")} shut for their number of prefixes`, (result) => {
    const missing = addresses.filter((address) => !result.stdout.includes(`"${address}"`));
    if (!/Idle \(PfxCt\)|Maximum Number of Prefixes/i.test(result.stdout) || missing.length > 0) return seen(result);
    return undefined;
  });
}

function changeNode(spec: TopologySpec, name: string, change: Partial<RouterSpec>): TopologySpec {
  return { ...spec, nodes: { ...spec.nodes, [name]: { ...spec.nodes[name], ...change } as NodeSpec } };
}

function withPolicy(spec: TopologySpec, name: NetworkName, change: PolicySpec): TopologySpec {
  const system = spec.autonomousSystems?.[name] as AutonomousSystemSpec;
  return {
    ...spec,
    autonomousSystems: { ...spec.autonomousSystems, [name]: { ...system, policy: { ...system.policy, ...change } } },
  };
}
