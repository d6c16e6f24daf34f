/** What may be broken in the lab, for exercises. */
import type { Topology } from "../../topology/topology.ts";
import type { AutonomousSystemSpec, ImpairmentsSpec, TopologySpec } from "../../topology/spec.ts";
import { prefers } from "../birdc.ts";
import { prints } from "../expect.ts";
import type { Fault } from "../lab.ts";
import { asn, stubAsn, stubPrefixes } from "./topology.ts";

/** By families in use. */
function prefixesInUse(topology: Topology, stub: number): readonly string[] {
  return stubPrefixes(stub).filter((prefix) => topology.families.includes(prefix.includes(":") ? "ipv6" : "ipv4"));
}

function withPreference(topology: TopologySpec, preference: number | undefined): TopologySpec {
  const { policy: _, ...t1b } = topology.autonomousSystems?.["t1b"] as AutonomousSystemSpec;
  const policy = preference === undefined ? {} : { policy: { localPreferences: { tr2: preference } } };
  return { ...topology, autonomousSystems: { ...topology.autonomousSystems, t1b: { ...t1b, ...policy } } };
}

const unpaidTraffic: Fault = {
  name: "unpaid-traffic",
  title:
    "T1 B prefers its peer to its customer Transit 2: the local preference of Transit 2's routes is 150, below a peer's 200.",
  hints: [
    "Everything is reachable, so look at which way the routes go: of the tier-1 networks, one sends to stub 5 through a network that doesn't pay it.",
    "`birdc show route for 10.105.0.0/16 all` on t1b tells the routes that it has the choice of, and the star which it takes.",
    "Local preference decides before the path's length. Compare BGP.local_pref of the two with the 300, 200 and 100 of customers, peers and providers.",
    "The import filters in t1b's bird.conf set it. One is for a single neighbour.",
  ],
  breaks: (healthy) => withPreference(healthy, 150),
  symptoms: (topology) => [
    {
      name: "peer-before-customer",
      title: "T1 B reaches stub 5 through its peer, though it has a way through its customer",
      proves: ["bgp-3"],
      steps: prefixesInUse(topology, 5).map((prefix) => ({
        on: "t1b",
        command: `birdc show route for ${prefix} all`,
        expect: prefers([asn.t1a, stubAsn(5)], [asn.tr2, asn.tr3, stubAsn(5)], "local preference"),
      })),
    },
  ],
  fails: ["tables-as-expected", "customer-before-peer"],
  solutions: [
    {
      name: "as-any-customer",
      title: "Routes of Transit 2 have the local preference of any customer again, 300.",
      solves: (broken) => withPreference(broken, undefined),
    },
    {
      name: "above-peers",
      title: "Routes of Transit 2 have a local preference of 250: below other customers', above peers'.",
      solves: (broken) => withPreference(broken, 250),
    },
  ],
};

function withImpairments(topology: TopologySpec, impairments: ImpairmentsSpec): TopologySpec {
  const between = (ends: readonly unknown[]): boolean => ends.includes("t1a") && ends.includes("t1b");
  return {
    ...topology,
    links: (topology.links ?? []).map((link) => (between(link.ends) ? { ...link, impairments } : link)),
  };
}

const slowTransfers: Fault = {
  name: "slow-transfers",
  title: "The link between the tier-1 networks loses a fifth of the packets in each direction.",
  hints: [
    "All checks pass: sessions and routes are as they should be. What is wrong is below them, and shows in numbers only.",
    "Send many packets instead of one: `ping -c 50 -i 0.02` from h3 to routers near and far, such as t1b and t1a.",
    "The way that loses has one link more than the way that doesn't. Ping over that link alone, from router to router.",
  ],
  breaks: (healthy) => withImpairments(healthy, { loss: 0.2 }),
  symptoms: () => [
    {
      name: "some-packets-lost",
      title: "Host 3 loses no packets to its provider T1 B, and some of those to T1 A behind it",
      proves: [],
      within: 20,
      steps: [
        { on: "h3", command: "ping -q -c 50 -i 0.02 -W 1 10.2.255.1", expect: prints(/, 0% packet loss/) },
        {
          on: "h3",
          command: "ping -q -c 50 -i 0.02 -W 1 10.1.255.1",
          expect: prints(/, [1-9]\d?(\.\d+)?% packet loss/),
        },
      ],
    },
  ],
  fails: [],
  solutions: [
    {
      name: "new-line",
      title: "The link loses nothing any more.",
      solves: (broken) => withImpairments(broken, {}),
    },
  ],
};

export const faults: readonly Fault[] = [unpaidTraffic, slowTransfers];
