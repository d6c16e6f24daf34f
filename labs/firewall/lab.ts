/** Firewall rules, of nftables or iptables, tried before they are used elsewhere. */
import { defineLab } from "../lab.ts";
import { firewallChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { settings } from "./settings.ts";
import { firewallTopology } from "./topology.ts";

export const firewall = defineLab({
  name: "firewall",
  title: "Firewall: rules tried before they are used",
  summary:
    "A firewall between the world outside, servers, and a client inside, with rules of nftables or iptables. Shows who " +
    "passes, who is refused, and by which rule; `lab check firewall --ruleset FILE` does so with rules of your own.",
  runtimes: ["namespace"],
  settings,
  topology: (values) => firewallTopology(values),
  checks: firewallChecks,
  faults,
  requires: ["bird", "birdc", "busybox", "curl", "dig", "iptables-nft-restore", "knotd", "nft", "nginx"],
  convergesWithin: 30,
  tryNext: ["exec firewall nft list ruleset", "exec outside curl http://web/", "check --ruleset my-rules.nft"],
});
