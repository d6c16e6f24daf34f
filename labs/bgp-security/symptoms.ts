/** What shows the faults: where packets end, and by which way, is computed from the topology and seen on the lab. */
import { expectedRoutes, forward } from "../../topology/routes/index.ts";
import type { Topology } from "../../topology/topology.ts";
import { parseRoutes } from "../birdc.ts";
import { all, expectation, exits, prints, seen } from "../expect.ts";
import type { Check, Expectation } from "../lab.ts";
import { fetch, page, routersOf, tables, traceroute, victimAddresses } from "./checks.ts";
import { networks, vantagePoints } from "./topology.ts";

/** Of a fault of that name. */
export function hijackSymptoms(fault: string, topology: Topology): readonly Check[] {
  const addresses = victimAddresses(topology);
  const captured = (from: string, address: string): boolean => endsAtAttacker(topology, from, address);
  const [first = ""] = addresses;
  const others = routersOf(topology).filter(({ as }) => as !== "victim" && as !== "attacker");
  const lost = others.filter(({ name }) => captured(name, first));
  return [
    tables(topology, `${fault}-tables`, "Every router holds the routes that the hijack gives it", ["bgp-8"]),
    {
      name: `${fault}-share-captured`,
      title: `The routes of ${lost.length} of ${others.length} networks lead to the attacker`,
      proves: ["bgp-8"],
      steps: addresses.flatMap((address) =>
        others.map(({ name }) => ({
          on: name,
          command: `birdc show route for ${address} primary all`,
          expect: leadsTo(captured(name, address) ? "attacker" : "victim"),
        })),
      ),
    },
    {
      name: `${fault}-impostor-answers`,
      title: `At ${listed(vantagePoints.filter((from) => captured(from, first)))} the attacker answers in the victim's place, to pings too`,
      proves: ["bgp-8"],
      steps: vantagePoints.flatMap((on) =>
        addresses.flatMap((address) => [
          { on, command: fetch(address), expect: page(captured(on, address) ? "attacker" : "victim") },
          { on, command: `ping -c 1 -W 2 ${address}`, expect: all(exits(0), prints(/ 0% packet loss/)) },
        ]),
      ),
    },
    {
      name: `${fault}-packets-go-astray`,
      title: "There a traceroute ends one step after Transit C, which isn't the victim's provider",
      proves: ["bgp-8"],
      steps: vantagePoints
        .filter((on) => captured(on, first))
        .flatMap((on) =>
          addresses.map((address) => ({
            on,
            command: traceroute(address),
            expect: prints(/\[AS64503[^\n]*\n[^\n]*\[AS65001[^\n]*\n?$/),
          })),
        ),
    },
  ];
}

export function leakSymptoms(topology: Topology): readonly Check[] {
  const passesLeaker = (from: string, address: string): boolean => wayOf(topology, from, address).includes("leaker");
  const addresses = victimAddresses(topology);
  return [
    tables(topology, "leak-tables", "Every router holds the routes that the leak gives it", ["bgp-9"]),
    {
      name: "leak-carries-traffic",
      title: "Packets from behind Transit C to the victim pass the customer of two transits",
      proves: ["bgp-9"],
      steps: vantagePoints.flatMap((on) =>
        addresses
          .filter((address) => passesLeaker(on, address))
          .map((address) => ({ on, command: traceroute(address), expect: prints(/\[AS65010\]/) })),
      ),
    },
    {
      name: "leak-strangers-routes",
      title: "Transit C holds routes from the customer that aren't the customer's own",
      proves: ["bgp-9"],
      steps: topology.families.map((family) => ({
        on: "trc",
        command: `birdc show route protocol leaker_${family === "ipv4" ? "v4" : "v6"}`,
        expect: prints(family === "ipv4" ? /^10\.101\.0\.0\/16 /m : /^2001:db8:101::\/48 /m),
      })),
    },
  ];
}

function endsAtAttacker(topology: Topology, from: string, address: string): boolean {
  return wayOf(topology, from, address).at(-1) === "attacker";
}

/** Nodes that a packet passes. */
function wayOf(topology: Topology, from: string, address: string): readonly string[] {
  return forward(topology, expectedRoutes(topology), from, address).hops.map(({ node }) => node);
}

/** Of `birdc show route for ADDRESS primary all`: the path passes the network, or ends there. */
function leadsTo(name: "victim" | "attacker"): Expectation {
  return expectation(`a route that leads to the ${name}`, (result) => {
    const [route] = parseRoutes(result.stdout);
    if (route === undefined) return seen(result);
    const path = route.asPath ?? [];
    // A forged origin has the victim's number behind the attacker's.
    const attacked = path.includes(networks.attacker.asn);
    return attacked === (name === "attacker") ? undefined : `AS path ${path.join(" ")}`;
  });
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
