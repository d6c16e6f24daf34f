/** Labs that are made of somebody's data: a topology, and checks that hold on any. */
import type { TopologySpec } from "../../topology/spec.ts";
import { defineLab } from "../lab.ts";
import type { Lab } from "../lab.ts";
import { importedChecks } from "./checks.ts";

const settings = {
  families: {
    type: "choice",
    default: "dual",
    choices: ["dual", "ipv4"],
    description: "IPv4 and IPv6, or IPv4 only",
  },
} as const;

/**
 * A lab whose checks are that every session is Established, that every AS holds the prefixes that policy gives it, and
 * that every AS path is valley-free.
 *
 * @param name also of its folder and stack.
 * @param spec of routers that speak BGP.
 */
export function importedLab(name: string, spec: TopologySpec, title: string): Lab<typeof settings> {
  const [first = "NODE", second = first] = Object.keys(spec.nodes);
  return defineLab({
    name,
    title,
    summary: "Autonomous systems with their business relations: a router each, and the routes that policy gives them.",
    runtimes: ["namespace", "container"],
    settings,
    topology: ({ families }) => (families === "ipv4" ? { ...spec, families: ["ipv4"] } : spec),
    checks: importedChecks,
    requires: ["bird", "birdc"],
    // More routers have more to start and to exchange.
    convergesWithin: 60 + Math.ceil(Object.keys(spec.nodes).length / 2),
    tryNext: [`exec ${first} birdc show protocols`, `exec ${second} birdc show route primary all`, "graph"],
  });
}
