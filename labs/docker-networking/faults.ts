/** What may be broken in the lab, for exercises. */
import type { TopologySpec } from "../../topology/spec.ts";
import { all, exits, prints } from "../expect.ts";
import type { CheckStep, Expectation, Fault } from "../lab.ts";
import { fetch, fetchLarge } from "./checks.ts";
import type { DockerNetworkingSettings, settings } from "./settings.ts";
import { outside, pages, server, withContainer, withNetwork, withTellingRouters, withoutProperty } from "./topology.ts";

type DockerFault = Fault<typeof settings>;

const onServer = (command: string, expect: Expectation): CheckStep => ({ on: "server", command, expect });
const onOutside = (command: string, expect: Expectation): CheckStep => ({ on: "outside", command, expect });
const page = ({ port }: DockerNetworkingSettings): string => `${fetch} http://${server}:${port}/`;

const largePagesHang: DockerFault = {
  name: "large-pages-hang",
  title: "The network shop has an MTU of 1500, and packets of more than 1400 bytes don't pass the tunnel beyond.",
  hints: [
    "A page of one line comes at once. How large may a packet be on the whole way? From outside: `ping -M do -s SIZE 203.0.113.10`, with 28 bytes more than SIZE.",
    "Who sends a packet that is too long should be told so by the router that can't pass it on (ICMP, RFC 1191). `tcpdump -n -i eth0` on the server shows what comes back.",
    "How long packets a container sends is its network's matter: `docker exec web ip link show eth0`, and compare with `docker exec desk ip link show eth0`.",
  ],
  breaks: (healthy) => withNetwork(healthy, "shop", { mtu: 1500 }),
  symptoms: (_, settings) => [
    {
      name: "small-page-comes-large-one-hangs",
      title: "From outside the page of one line comes, and of the large one nothing",
      proves: [],
      steps: [
        onOutside(page(settings), prints(new RegExp(`^${pages.web}$`, "m"))),
        onOutside(fetchLarge(settings.port), all(exits(28), prints(/^0$/m))),
      ],
    },
  ],
  fails: ["networks-as-declared", "large-answers", "network-as-by-hand"],
  solutions: [
    {
      name: "mtu-of-the-path",
      title: "The network has the MTU of the narrowest part of the way, 1400.",
      solves: (broken) => withNetwork(broken, "shop", { mtu: 1400 }),
    },
    {
      name: "senders-are-told",
      title: "The routers at the tunnel tell senders of packets that are too long.",
      solves: withTellingRouters,
    },
  ],
};

const shopCutOff: DockerFault = {
  name: "shop-cut-off",
  title: "Containers of the network shop have a gateway that isn't there.",
  hints: [
    "The containers of the shop reach each other. Does anything of theirs leave the network? `tcpdump -n -i br-shop` on the server shows what they send.",
    "They ask for a hardware address, and nobody answers. Whose? `docker exec cart ip neigh`.",
    "`docker exec cart ip route` names the gateway; `ip addr show br-shop` on the server tells which address it should be.",
  ],
  breaks: (healthy) => withNetwork(healthy, "shop", { gateway: "172.30.1.254" }),
  symptoms: () => [
    {
      name: "neighbours-only",
      title: "From cart, web answers, and nobody beyond the network; its gateway has no hardware address",
      proves: [],
      steps: [
        onServer(`docker exec cart ${fetch} http://web/`, prints(new RegExp(`^${pages.web}$`, "m"))),
        onServer(`docker exec cart ping -c 1 -W 1 ${outside}`, all(exits(1), prints(/ 100% packet loss/))),
        onServer("docker exec cart ip route show default", prints(/^default via 172\.30\.1\.254 /)),
        onServer("docker exec cart ip neigh show 172.30.1.254", prints(/FAILED|INCOMPLETE/)),
      ],
    },
  ],
  fails: ["published-port", "leaves-by-the-server", "large-answers", "names-of-the-world"],
  solutions: [
    {
      name: "bridge-as-gateway",
      title: "The gateway is the bridge's address, as Docker has it by itself.",
      solves: (broken) => withNetwork(broken, "shop", { gateway: "172.30.1.1" }),
    },
  ],
};

const namesUnknown: DockerFault = {
  name: "names-unknown",
  title: "The container cart is told to ask a name server at 198.51.100.1, where there is none.",
  hints: [
    "`docker exec cart getent hosts web` knows an address, `docker exec cart getent hosts www.example.com` doesn't. Two servers must be at work.",
    "In a user-defined network containers ask Docker, 127.0.0.11. What it doesn't know itself it asks of others. Do other containers know the name?",
    "`docker inspect --format '{{.HostConfig.Dns}}' cart` tells of whom.",
  ],
  breaks: (healthy) => withContainer(healthy, "cart", { dns: ["198.51.100.1"] }),
  symptoms: () => [
    {
      name: "containers-known-world-unknown",
      title: "cart knows web by its name, but not www.example.com, whose address it reaches",
      proves: ["dk-4"],
      steps: [
        onServer("docker exec cart getent hosts web", prints(/ web$/m)),
        onServer("docker exec cart getent hosts www.example.com", exits(2)),
        onServer(`docker exec cart ${fetch} http://${outside}/`, prints(/^Hello from outside$/m)),
      ],
    },
  ],
  fails: ["names-of-the-world"],
  solutions: [
    {
      name: "servers-of-the-machine",
      title: "The container has no name server of its own: Docker asks those of the machine.",
      solves: (broken) => withoutProperty(broken, "cart", "dns"),
    },
    {
      name: "server-that-answers",
      title: "It is told of the name server that there is.",
      solves: (broken) => withContainer(broken, "cart", { dns: [outside] }),
    },
  ],
};

/** web without its port, which old has. */
function oldHasPort(topology: TopologySpec, port: number): TopologySpec {
  return withContainer(withoutProperty(topology, "web", "ports"), "old", { ports: { [port]: 80 } });
}

const anotherAnswers: DockerFault = {
  name: "another-answers",
  title: "The port is taken: the container old is published at it, so web could only be started without.",
  hints: [
    "What comes from the port isn't the shop's page. `docker ps` on the server tells which container is published where.",
    "A port of the machine can be given to one container only. What Docker says to a second: `docker run --rm -p 8080:80 IMAGE true`, with an image of `docker images`.",
    "`iptables -t nat -L DOCKER -n` tells where requests to the port go.",
  ],
  breaks: (healthy, { port }) => oldHasPort(healthy, port),
  symptoms: (_, settings) => [
    {
      name: "old-shop-answers",
      title: "The old shop answers at the port, and Docker refuses the port to another container",
      proves: [],
      steps: [
        onOutside(page(settings), prints(new RegExp(`^${pages.old}$`, "m"))),
        onServer("docker port web", prints(/^$/)),
        onServer("docker port old", prints(new RegExp(`^80/tcp -> 0\\.0\\.0\\.0:${settings.port}$`, "m"))),
        onServer(
          `docker run --rm --publish ${settings.port}:80 $(docker inspect --format '{{.Config.Image}}' web) true 2>&1`,
          all(exits(125), prints(/port is already allocated/)),
        ),
      ],
    },
  ],
  fails: ["published-port", "network-as-by-hand"],
  solutions: [
    {
      name: "port-given-back",
      title: "old is published no longer, and web has the port.",
      solves: (broken, { port }) =>
        withContainer(withoutProperty(broken, "old", "ports"), "web", { ports: { [port]: 80 } }),
    },
    {
      name: "another-port",
      title: "old is published at another port, and web has this one.",
      solves: (broken, { port }) => {
        const other = port === 65535 ? port - 1 : port + 1;
        return withContainer(withContainer(broken, "old", { ports: { [other]: 80 } }), "web", {
          ports: { [port]: 80 },
        });
      },
    },
  ],
};

export const faults = [largePagesHang, shopCutOff, namesUnknown, anotherAnswers];
