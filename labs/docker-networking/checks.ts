import { dockerHosts, type DockerHost } from "../../topology/services/docker.ts";
import type { Topology } from "../../topology/topology.ts";
import { all, doesNotPrint, exits, prints } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { inspects, veths } from "./answers.ts";
import { networkByHand } from "./by-hand.ts";
import type { DockerNetworkingSettings } from "./settings.ts";
import { largePage, outside, pages, server } from "./topology.ts";

/** Gives up after two seconds: what is dropped is never answered. */
export const fetch = "curl -sS --max-time 2";

/** Where nothing is to come. */
const fetchInVain = "curl -sS --max-time 1";

const step = (on: string, command: string, expect: Expectation): CheckStep => ({ on, command, expect });
const onServer = (command: string, expect: Expectation): CheckStep => step("server", command, expect);
const line = (text: string): RegExp => new RegExp(`^${text.replaceAll(".", "\\.")}$`, "m");

/** Address of a container on its network, as the shell gets it. */
const addressOf = (container: string, network: string): string =>
  `$(docker inspect --format '{{.NetworkSettings.Networks.${network}.IPAddress}}' ${container})`;

/** From outside; the client tells how many bytes it got. */
export const fetchLarge = (port: number): string =>
  `${fetch} -o /dev/null -w '%{size_download}\\n' http://${server}:${port}/large`;

export function dockerNetworkingChecks(topology: Topology, { port }: DockerNetworkingSettings): Check[] {
  const [host] = dockerHosts(topology);
  if (host === undefined) return [];
  const at = `http://${server}:${port}`;
  return [
    networksAsDeclared(host),
    vethsOnBridges(host),
    {
      name: "published-port",
      title: "A request to the server's published port is given to the container, with the client's own address",
      proves: ["dk-3"],
      steps: [
        onServer("iptables -t nat -L -n | grep DOCKER", prints(/^DOCKER .* ADDRTYPE match dst-type LOCAL$/m)),
        onServer(
          `iptables -t nat -L DOCKER -n | grep "to:${addressOf("web", "shop")}:80$"`,
          prints(new RegExp(`^DNAT .* tcp dpt:${port} to:172\\.30\\.1\\.\\d+:80$`, "m")),
        ),
        step("outside", `${fetch} ${at}/`, prints(line(pages.web))),
        onServer("docker logs web 2>&1", prints(new RegExp(`\\[(::ffff:)?${outside.replaceAll(".", "\\.")}\\]`))),
      ],
    },
    {
      name: "leaves-by-the-server",
      title: "What a container sends is seen outside with the server's address",
      proves: ["dk-3"],
      steps: [
        onServer(
          "iptables -t nat -L POSTROUTING -n",
          all(...[host.bridge, ...host.networks].map(({ subnet }) => prints(masquerades(subnet)))),
        ),
        ...["cart", "batch"].flatMap((name) => [
          onServer(`docker exec ${name} ${fetch} http://${outside}/from-${name}`, prints(/^Hello from outside$/m)),
          step(
            "outside",
            `grep from-${name} /run/bird/http/access.log | tail -n 1`,
            prints(new RegExp(`^${server.replaceAll(".", "\\.")} `)),
          ),
        ]),
      ],
    },
    {
      name: "large-answers",
      title: "Pages of many packets arrive as whole as small ones, through a tunnel that takes shorter packets",
      proves: [],
      steps: [step("outside", fetchLarge(port), prints(line(String(largePage))))],
    },
    {
      name: "name-servers",
      title: "A user-defined network has Docker's name server, the default bridge that of the machine",
      proves: ["dk-4"],
      steps: [
        onServer(
          "docker exec cart cat /etc/resolv.conf",
          all(prints(line("nameserver 127.0.0.11")), doesNotPrint(line(`nameserver ${outside}`))),
        ),
        onServer(
          "docker exec batch cat /etc/resolv.conf",
          all(prints(line(`nameserver ${outside}`)), doesNotPrint(/127\.0\.0\.11/)),
        ),
      ],
    },
    {
      name: "names-of-containers",
      title:
        "Containers of a user-defined network know each other by name; on the default bridge, or of another network, they don't",
      proves: ["dk-4"],
      steps: [
        onServer("docker exec cart getent hosts web", prints(/^172\.30\.1\.\d+ +web$/m)),
        onServer(`docker exec cart ${fetch} http://web/`, prints(line(pages.web))),
        onServer("docker exec batch getent hosts old", exits(2)),
        onServer("docker exec desk getent hosts web", exits(2)),
      ],
    },
    {
      name: "names-of-the-world",
      title: "Names that aren't containers' are known on each network",
      proves: ["dk-4"],
      steps: ["cart", "desk", "batch"].map((name) =>
        onServer(
          `docker exec ${name} getent hosts www.example.com`,
          prints(new RegExp(`^${outside.replaceAll(".", "\\.")} `)),
        ),
      ),
    },
    {
      name: "networks-apart",
      title: "Containers reach those of their own network, and none of another, whatever address they use",
      proves: [],
      steps: [
        onServer(`docker exec desk ${fetch} http://printer/`, prints(line(pages.printer))),
        onServer(`docker exec batch ${fetch} http://${addressOf("old", "bridge")}/`, prints(line(pages.old))),
        onServer(`docker exec desk ${fetchInVain} http://${addressOf("web", "shop")}/`, exits(28)),
        onServer(`docker exec desk ${fetchInVain} http://${addressOf("old", "bridge")}/`, exits(28)),
        onServer(`docker exec batch ${fetchInVain} http://${addressOf("printer", "office")}/`, exits(28)),
      ],
    },
    networkByHand(topology, port),
  ];
}

function masquerades(subnet: string): RegExp {
  return new RegExp(`^MASQUERADE .* ${subnet.replaceAll(".", "\\.")} +0\\.0\\.0\\.0/0 *$`, "m");
}

function networksAsDeclared({ bridge, networks, containers }: DockerHost): Check {
  const of = (network: string | undefined): string[] =>
    containers.filter((each) => each.network === network).map(({ name }) => name);
  return {
    name: "networks-as-declared",
    title: "Each network has the subnet, gateway, MTU and containers that are declared",
    proves: ["dk-1"],
    steps: [
      onServer(
        "docker network inspect bridge",
        inspects({ ...bridge, gateway: bridge.address, containers: of(undefined) }),
      ),
      ...networks.map(({ name, subnet, address, mtu }) =>
        onServer(`docker network inspect ${name}`, inspects({ subnet, gateway: address, mtu, containers: of(name) })),
      ),
    ],
  };
}

function vethsOnBridges({ networks, containers }: DockerHost): Check {
  const names = containers.map(({ name }) => name);
  const bridgeOf = (network: string | undefined): string =>
    networks.find(({ name }) => name === network)?.bridge ?? "docker0";
  return {
    name: "veths-on-bridges",
    title: "Each container's eth0 is one end of a veth pair; the other is a port of its network's bridge",
    proves: ["dk-2"],
    steps: [
      onServer(
        `bridge link show; for name in ${names.join(" ")}; do echo "$name: $(docker exec $name ip -o link show eth0)"; done`,
        veths(Object.fromEntries(containers.map(({ name, network }) => [name, bridgeOf(network)]))),
      ),
    ],
  };
}
