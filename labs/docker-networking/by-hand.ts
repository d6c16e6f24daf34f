/** What Docker makes for the network shop and its container web, made by hand in namespaces of the check's own. */
import { dockerHosts } from "../../topology/services/docker.ts";
import type { Topology } from "../../topology/topology.ts";
import { exits, prints } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { hasRules, sameKinds } from "./answers.ts";
import { networks, pages, server } from "./topology.ts";

const namespaces = ["hand", "hand-web", "hand-outside"] as const;
const [subnet, bridge, web] = [networks.shop.subnet, "172.30.1.1", "172.30.1.2"];

/** A name, so that no other process is taken for it. */
const webServer = "python3 -m http.server --directory /run/hand 80";

export function networkByHand(topology: Topology, port: number): Check {
  const mtu = dockerHosts(topology)[0]?.networks.find(({ name }) => name === "shop")?.mtu ?? 1500;
  const step = (command: string, expect: Expectation = exits(0)): CheckStep => ({ on: "sandbox", command, expect });
  const inHand = "ip netns exec hand";
  const inServer = "nsenter --net=/run/netns/server";
  const bridgeAndPorts = (namespace: string): string =>
    `ip -n ${namespace} -j -d link show br-shop && ip -n ${namespace} -j -d link show master br-shop`;
  return {
    name: "network-as-by-hand",
    title: "Bridge, veth pairs and rules of iptables made by hand are those that Docker makes, and do the same",
    proves: ["dk-2", "dk-3"],
    within: 10,
    steps: [
      step(namespaces.map((name) => `ip netns add ${name}`).join(" && ")),
      // The uplink: outside knows nothing of the network behind.
      step("ip -n hand link add eth0 type veth peer name eth0 netns hand-outside"),
      step(`ip -n hand addr add ${server}/24 dev eth0 && ip -n hand link set eth0 up`),
      step("ip -n hand-outside addr add 203.0.113.1/24 dev eth0 && ip -n hand-outside link set eth0 up"),
      // The network: a bridge, with the gateway's address.
      step(`ip -n hand link add br-shop mtu ${mtu} type bridge`),
      step(`ip -n hand addr add ${bridge}/24 dev br-shop && ip -n hand link set br-shop up`),
      // The container: a namespace, and a veth pair from the bridge into it.
      step(`ip -n hand link add veth-web mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns hand-web`),
      step("ip -n hand link set veth-web master br-shop && ip -n hand link set veth-web up"),
      step(`ip -n hand-web addr add ${web}/24 dev eth0 && ip -n hand-web link set eth0 up`),
      step(`ip -n hand-web route add default via ${bridge}`),
      // NAT, both ways.
      step(`${inHand} sysctl -q net.ipv4.ip_forward=1`),
      step(`${inHand} iptables -t nat -N DOCKER`),
      step(`${inHand} iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER`),
      step(`${inHand} iptables -t nat -A POSTROUTING -s ${subnet} ! -o br-shop -j MASQUERADE`),
      step(
        `${inHand} iptables -t nat -A DOCKER ! -i br-shop -p tcp --dport ${port} -j DNAT --to-destination ${web}:80`,
      ),
      // It does what Docker's does.
      step(`mkdir -p /run/hand && echo '${pages.web}' >/run/hand/index.html`),
      step(`ip netns exec hand-web ${webServer} >/dev/null 2>&1 </dev/null &`),
      step(
        `ip netns exec hand-outside curl -sS --retry 20 --retry-delay 1 --retry-connrefused --max-time 3 http://${server}:${port}/`,
        prints(new RegExp(`^${pages.web}$`, "m")),
      ),
      step("ip netns exec hand-web ping -c 1 -W 1 203.0.113.1", prints(/ 1 received/)),
      // And is what Docker's is.
      step(`${bridgeAndPorts("server")} && echo --- && ${bridgeAndPorts("hand")}`, sameKinds()),
      step(`${inServer} iptables -t nat -S && echo --- && ${inHand} iptables -t nat -S`, hasRules()),
      {
        ...step(
          `ip netns pids hand-web 2>/dev/null | xargs -r kill; for name in ${namespaces.join(" ")}; do ip netns delete $name 2>/dev/null; done; rm -rf /run/hand`,
        ),
        always: true,
      },
    ],
  };
}
