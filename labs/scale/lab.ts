/** As many routers as the machine carries: one in each AS, in a ring or a grid. */
import type { Family } from "../../topology/spec.ts";
import { defineLab } from "../lab.ts";
import { scaleChecks } from "./checks.ts";
import { scaleTopology } from "./topology.ts";

export const scale = defineLab({
  name: "scale",
  title: "Scale: how far this machine goes",
  summary:
    "One BIRD router for each AS, in a ring or a grid, each with a prefix of its own that every other must learn. " +
    "For seeing what a machine carries, and for the benchmark.",
  runtimes: ["namespace", "container"],
  settings: {
    shape: { type: "choice", default: "ring", choices: ["ring", "grid"], description: "How the routers are linked" },
    routers: {
      type: "integer",
      default: 20,
      minimum: 3,
      maximum: 400,
      description: "Number of routers; a grid has the nearest number that rows and columns give",
    },
    families: {
      type: "choice",
      default: "ipv4",
      choices: ["ipv4", "dual"],
      description: "IPv4 only, or IPv4 and IPv6",
    },
  },
  topology: ({ shape, routers, families }) =>
    scaleTopology(shape === "grid" ? "grid" : "ring", routers, familiesOf(families)),
  checks: scaleChecks,
  requires: ["bird", "birdc"],
  // In a ring a route passes half of the routers one by one, and 400 of them share the processor.
  convergesWithin: 180,
  tryNext: ["status", "exec r0 birdc show route count", "exec r1 birdc show route primary"],
});

function familiesOf(setting: string): readonly Family[] {
  return setting === "dual" ? ["ipv4", "ipv6"] : ["ipv4"];
}
