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
  runtimes: ["namespace", "container"],
  settings,
  topology: (values) => firewallTopology(values),
  checks: firewallChecks,
  faults,
  rulesets: {
    node: "firewall",
    probes: [
      ...["ping outside->firewall", "tcp outside->firewall:22", "tcp admin->firewall:22", "tcp client->firewall:22"],
      ...["ping outside->web", ...[22, 80, 443].map((port) => `tcp outside->web:${port}`), "tcp admin->web:22"],
      ...["udp outside->dns:53", "tcp outside->dns:53", "ack outside->web:80"],
      ...["ping outside->client", "tcp outside->client:22", "ack outside->client:22"],
      ...["ping client->outside", "tcp client->outside:80", "udp client->outside:53", "icmp-error client->outside"],
      ...[
        "tcp client->web:22",
        "tcp client->web:80",
        "udp client->dns:53",
        "tcp web->outside:443",
        "tcp web->client:22",
      ],
    ],
  },
  requires: ["bird", "birdc", "busybox", "curl", "dig", "iptables-nft-restore", "knotd", "nft", "nginx"],
  convergesWithin: 30,
  tryNext: ["exec firewall nft list ruleset", "exec outside curl http://web/", "check --ruleset my-rules.nft"],
});
