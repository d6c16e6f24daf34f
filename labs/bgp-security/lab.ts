/** Routes that lie: hijacks, leaks, forged origins, and what helps against each. */
import { defineLab } from "../lab.ts";
import { bgpSecurityChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { bgpSecurityTopology, rpkiChoices, validatingChoices } from "./topology.ts";

export const bgpSecurity = defineLab({
  name: "bgp-security",
  title: "BGP security: hijacks, leaks, RPKI",
  summary:
    "An internetwork with a victim, an attacker, a customer that leaks, transits that validate origins and some that don't; " +
    "whois, DNS and web services tell who may announce what. Faults: hijack, hijack-subprefix, leak, forged-origin.",
  runtimes: ["namespace", "container"],
  requires: ["bird", "birdc", "knotd", "nginx", "stayrtr", "curl", "dig", "whois", "traceroute"],
  settings: {
    validating: {
      type: "choice",
      default: "some",
      choices: validatingChoices,
      description: "Which of the transits drop what the RPKI makes invalid; some: Tier 1 East and Transit A",
    },
    rpki: {
      type: "choice",
      default: "light",
      choices: rpkiChoices,
      description:
        "light: an RTR server has the ROAs out of a file; full: Krill signs and publishes them, Routinator validates",
    },
    families: {
      type: "choice",
      default: "dual",
      choices: ["dual", "ipv4"],
      description: "IPv4 and IPv6, or IPv4 only",
    },
  },
  topology: bgpSecurityTopology,
  checks: bgpSecurityChecks,
  faults,
  convergesWithin: 60,
  tryNext: ["exec h3 traceroute -A 10.101.1.10", "exec h1 whois -h whois.radb.net 10.101.1.10", "break hijack"],
});
