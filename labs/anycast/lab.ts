/** One address, many places: an anycast service, and which of its sites answers whom. */
import { defineLab } from "../lab.ts";
import { anycastChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { settings } from "./settings.ts";
import { anycastTopology } from "./topology.ts";

export const anycast = defineLab({
  name: "anycast",
  title: "Anycast: one address at several sites",
  summary:
    "DNS and web servers at three to six sites announce one prefix; each region's clients reach the nearest. " +
    "Shows who answers whom, what happens when a site withdraws, and how far an attack reaches.",
  runtimes: ["namespace", "container"],
  settings,
  topology: anycastTopology,
  checks: anycastChecks,
  faults,
  requires: ["bird", "birdc", "knotd", "nginx", "python3", "dig", "curl", "traceroute", "mtr"],
  convergesWithin: 60,
  tryNext: [
    "exec eu-client dig +short TXT whoami.anycast.example @192.0.2.53",
    "exec na-client traceroute 192.0.2.53",
    "exec ap-client curl -s http://192.0.2.53/",
  ],
});
