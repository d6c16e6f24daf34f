/** Unicast, anycast, multicast and broadcast side by side. */
import { defineLab } from "../lab.ts";
import { deliveryChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { deliveryTopology } from "./topology.ts";

export const delivery = defineLab({
  name: "delivery",
  title: "Delivery: unicast, anycast, multicast, broadcast",
  summary:
    "A source and two sites behind routers, each with a LAN and a server of one anycast service. Shows who receives a " +
    "packet to one, to the nearest, to a group, and to everybody, counted at every port.",
  runtimes: ["namespace", "container"],
  settings: {
    families: {
      type: "choice",
      default: "dual",
      choices: ["dual", "ipv4"],
      description: "IPv4 and IPv6, or IPv4 only",
    },
  },
  topology: deliveryTopology,
  checks: deliveryChecks,
  faults,
  requires: ["bird", "birdc", "busybox", "nft", "smcrouted"],
  convergesWithin: 60,
  tryNext: ["exec source ping -c 3 -t 8 233.252.0.1", "check who-receives", "capture west -c 4 arp or udp port 67"],
});
