/** FRR's side of the kernel: addresses that routers speak from, and prefixes that are held. */
import { connectedPrefixes, loopback, runsOspf } from "../bird/origins.ts";
import { familyDigit, familyOf } from "../bird/text.ts";
import type { Router, Topology } from "../topology.ts";

/** zebra.conf. */
export function renderZebra(topology: Topology, router: Router): string[] {
  return topology.families.flatMap((family) => {
    const source = loopback(router, family);
    if (source === undefined || router.routeServer) return [];
    const [ip, ospf] = family === "ipv4" ? ["ip", "ospf"] : ["ipv6", "ospf6"];
    const protocols = ["bgp", ...(runsOspf(topology, router) ? [ospf] : [])];
    const name = `loopback${familyDigit(family)}`;
    return [
      "!",
      `! The router speaks from its loopback.`,
      `route-map ${name} permit 10`,
      ` set src ${source}`,
      "exit",
      ...protocols.map((protocol) => `${ip} protocol ${protocol} route-map ${name}`),
    ];
  });
}

/** staticd.conf; empty where there is nothing in it. */
export function renderStaticd(topology: Topology, router: Router): string[] {
  const connected = new Set([...connectedPrefixes(topology, router).values()].flat());
  const held = [
    ...router.originates.filter((prefix) => !connected.has(prefix)),
    ...router.hijacks.map(({ prefix }) => prefix),
  ];
  if (held.length === 0) return [];
  return [
    "!",
    "! Announced as a whole; a packet for a part that nothing more specific leads to is refused here.",
    ...held.map((prefix) => `${familyOf(prefix) === "ipv4" ? "ip" : "ipv6"} route ${prefix} reject`),
  ];
}
