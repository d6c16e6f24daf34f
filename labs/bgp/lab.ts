/** A small internet: business relations between networks, and what BGP makes of them. */
import { defineLab } from "../lab.ts";
import { bgpChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { bgpTopology } from "./topology.ts";

export const bgp = defineLab({
  name: "bgp",
  title: "BGP: customers, peers and providers",
  summary:
    "Two tier-1 networks, three transit networks, an exchange with a route server, and stubs with hosts. " +
    "Shows sessions, tables, why a path is best, and who gives which routes to whom.",
  runtimes: ["namespace", "container"],
  settings: {
    stubs: {
      type: "integer",
      default: 5,
      minimum: 5,
      maximum: 100,
      description: "Number of stub ASes, each with a host",
    },
    families: {
      type: "choice",
      default: "dual",
      choices: ["dual", "ipv4"],
      description: "IPv4 and IPv6, or IPv4 only",
    },
    holdTime: { type: "integer", default: 90, minimum: 3, maximum: 65535, description: "BGP hold time, seconds" },
    keepaliveTime: {
      type: "integer",
      default: 30,
      minimum: 1,
      maximum: 21845,
      description: "BGP keepalive time, seconds",
    },
  },
  topology: bgpTopology,
  checks: (topology, settings) => bgpChecks(topology, settings.stubs),
  faults,
  requires: ["bird", "birdc", "traceroute"],
  convergesWithin: 60,
  tryNext: ["exec t1b birdc show route for 10.105.0.0/16 all", "exec h3 traceroute -n 10.101.1.10", "graph"],
});
