/** What must hold, asked of each daemon by its own command. */
import { expectedRoutes } from "../../topology/routes/index.ts";
import type { Router, Topology } from "../../topology/topology.ts";
import { givingSteps, holdsAllSteps, sessionSteps, tableSteps } from "../daemons.ts";
import { all, exits, prints } from "../expect.ts";
import type { Check, CheckStep } from "../lab.ts";
import { hostAddresses, hostOf, networkNames, networks, peers, prefixesOf, type NetworkName } from "./topology.ts";

export function interopChecks(topology: Topology): readonly Check[] {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  return [
    {
      name: "sessions-established",
      title: "Every session is Established, as the daemons on both of its sides say",
      proves: ["bgp-1"],
      within: 30,
      steps: routers.flatMap((router) => sessionSteps(topology, router)),
    },
    {
      name: "same-prefixes",
      title: "Every router holds a route to every network's prefixes",
      proves: ["bgp-2"],
      within: 30,
      steps: routers.flatMap((router) =>
        holdsAllSteps(
          topology,
          router,
          networkNames.flatMap((name) => prefixesOf(name)),
        ),
      ),
    },
    {
      name: "tables-as-expected",
      title: "Every router's routes have the AS paths that the model gives, whatever its daemon",
      proves: ["bgp-2"],
      within: 30,
      steps: routers.flatMap((router) => tableSteps(topology, router)),
    },
    ...policy(topology, routers),
    ...pings(topology),
    way(topology),
  ];
}

/** Each of those that peer gives a peer its own and its customers' routes, and a customer all that it has. */
function policy(topology: Topology, routers: readonly Router[]): readonly Check[] {
  const giving = (router: Router, toCustomers: boolean): CheckStep[] => {
    const routes = [...(expectedRoutes(topology).routes.get(router.name)?.values() ?? [])];
    return topology.sessions.flatMap(({ ends, kind }) => {
      const [near, far] = ends[0].router === router.name ? ends : [ends[1], ends[0]];
      const isCustomer = near.neighbour === "customer";
      if (near.router !== router.name || kind !== "external" || isCustomer !== toCustomers) return [];
      const family = near.address.includes(":") ? "ipv6" : "ipv4";
      const given = routes.filter(
        ({ prefix, learnedFrom, from }) =>
          prefix.includes(":") === (family === "ipv6") &&
          from !== far.router &&
          (isCustomer || learnedFrom === "originated" || learnedFrom === "customer"),
      );
      return givingSteps(
        router,
        near.protocol,
        far.address,
        family,
        given.map(({ prefix }) => prefix),
        routes.filter(({ from }) => from === far.router).map(({ prefix }) => prefix),
      );
    });
  };
  const those = routers.filter(({ as }) => (peers as readonly string[]).includes(as));
  return [
    {
      name: "customers-routes-to-peers",
      title: "Each daemon gives a peer its own routes and its customers', and no other peer's",
      proves: ["bgp-7"],
      steps: those.flatMap((router) => giving(router, false)),
    },
    {
      name: "all-routes-to-customers",
      title: "Each daemon gives a customer every route that it didn't have from it",
      proves: ["bgp-7"],
      steps: those.flatMap((router) => giving(router, true)),
    },
  ];
}

/** From every network's host to the next one's and to the last one's; the first one's to all. */
function pings(topology: Topology): readonly Check[] {
  const to = (from: NetworkName, others: readonly NetworkName[]): CheckStep[] =>
    others.flatMap((other) => {
      const [ipv4, ipv6] = hostAddresses(other);
      return topology.families.map((family) => ({
        on: hostOf(from),
        command: `ping -c 1 -W 2 ${family === "ipv4" ? ipv4 : ipv6}`,
        expect: exits(0),
      }));
    });
  const [first = "bird", ...others] = networkNames;
  return [
    {
      name: "hosts-reach-each-other",
      title: "Hosts behind every daemon reach each other",
      proves: [],
      within: 20,
      steps: [...to(first, others), ...others.flatMap((name, index) => to(name, [others[index + 1] ?? first]))],
    },
  ];
}

/** Through a network of each daemon but the one that has no way to offer. */
function way(topology: Topology): Check {
  const hops = [networks.c1, networks.bird, networks.gobgp, networks.c3].map(({ block }) => block);
  return {
    name: "way-through-all",
    title:
      "From the customer of BIRD, which runs OpenBGPD, packets to the customer of GoBGP, which runs FRR, pass all four",
    proves: [],
    within: 20,
    steps: topology.families.map((family) => {
      const [ipv4, ipv6] = hostAddresses("c3");
      const v6 = family === "ipv6";
      // The first router answers from its LAN, the others from their loopbacks.
      const [own, ...rest] = hops.map((block) => (v6 ? `2001:db8:${block}:ffff::1` : `10.${block}.255.1`));
      const first = v6 ? `2001:db8:${networks.c1.block}:1::1` : `10.${networks.c1.block}.1.1`;
      const lines = [`(?:${first}|${own})`, ...rest, v6 ? ipv6 : ipv4];
      const pattern = lines.map((address, index) => `^ *${index + 1}  ${address.replaceAll(".", "\\.")}`).join(".*\\n");
      return {
        on: hostOf("c1"),
        command: `traceroute ${v6 ? "-6 " : ""}-n -q 1 -w 2 ${v6 ? ipv6 : ipv4}`,
        expect: all(exits(0), prints(new RegExp(pattern, "m"))),
      };
    }),
  };
}
