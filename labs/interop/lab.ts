/** Four daemons that speak BGP with each other, each with the other three. */
import { defineLab } from "../lab.ts";
import { interopChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { interopTopology } from "./topology.ts";

export const interop = defineLab({
  name: "interop",
  title: "Interoperability: BIRD, FRR, GoBGP, OpenBGPD",
  summary:
    "Four networks that peer with each other, each with another routing daemon, a customer of each with another one again, " +
    "and an AS in which BIRD and FRR share OSPF and iBGP. One model, four configurations, the same routes.",
  runtimes: ["namespace", "container"],
  requires: ["bird", "birdc", "vtysh", "gobgpd", "gobgp", "bgpctl", "traceroute"],
  settings: {
    families: {
      type: "choice",
      default: "dual",
      choices: ["dual", "ipv4"],
      description: "IPv4 and IPv6, or IPv4 only",
    },
  },
  topology: interopTopology,
  checks: interopChecks,
  faults,
  convergesWithin: 60,
  tryNext: ["exec frr1 vtysh -c 'show bgp summary'", "exec gobgp1 gobgp global rib", "exec openbgpd1 bgpctl show"],
});
