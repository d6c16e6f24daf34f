/** What Docker makes of networks on its machine, and the same made by hand. */
import { defineLab } from "../lab.ts";
import { dockerNetworkingChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { settings } from "./settings.ts";
import { dockerNetworkingTopology } from "./topology.ts";

export const dockerNetworking = defineLab({
  name: "docker-networking",
  title: "Docker's own networking, and the same by hand",
  summary:
    "A server with a Docker daemon: containers on the default bridge and on two networks of their own, a published port, names, isolation, NAT. " +
    "Links and rules are compared with a network made by hand.",
  runtimes: ["namespace"],
  settings,
  topology: dockerNetworkingTopology,
  checks: dockerNetworkingChecks,
  faults,
  requires: ["dockerd", "docker", "iptables", "bird", "nginx", "knotd", "curl", "python3"],
  convergesWithin: 60,
  tryNext: [
    "exec server docker network inspect shop",
    "exec server docker exec cart curl -s http://web/",
    "exec outside curl -s http://203.0.113.10:8080/",
  ],
});
