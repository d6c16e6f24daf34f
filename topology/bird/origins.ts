/** Where routes come from and go to besides BGP: interfaces, originated prefixes, the kernel's table. */
import type { Family } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";
import { policyOf } from "./neighbour.ts";
import { block, familyDigit, familyOf } from "./text.ts";

/** Prefixes of the link or segment behind each of the router's interfaces. */
export function connectedPrefixes(topology: Topology, router: Router): Map<string, readonly string[]> {
  const prefixes = new Map<string, readonly string[]>();
  for (const attached of [...topology.links, ...topology.segments]) prefixes.set(attached.name, attached.prefixes);
  return new Map(router.interfaces.map((i) => [i.name, prefixes.get(i.attachedTo) ?? []]));
}

/**
 * Originated prefixes. One that is exactly a connected LAN is taken from the interface, so that it is withdrawn with
 * it and the kernel's connected route stays the one in use; any other is a route that holds the whole prefix, while
 * more specific routes inside the AS take the traffic.
 */
export function renderOrigins(topology: Topology, router: Router): string[] {
  const lines: string[] = [];
  const connected = connectedPrefixes(topology, router);
  for (const family of topology.families) {
    const digit = familyDigit(family);
    const originated = router.originates.filter((prefix) => familyOf(prefix) === family);
    const interfaces: string[] = [];
    const fromInterfaces = new Set<string>();
    for (const [name, prefixes] of connected)
      for (const prefix of prefixes)
        if (originated.includes(prefix)) {
          interfaces.push(name);
          fromInterfaces.add(prefix);
        }
    if (interfaces.length > 0)
      lines.push(
        `# Connected LANs that are announced: ${[...fromInterfaces].join(", ")}.`,
        ...block(`protocol direct lans${digit}`, [
          `${family} { import filter announce; };`,
          `interface ${interfaces.map((name) => `"${name}"`).join(", ")};`,
        ]),
        "",
      );
    const held = originated.filter((prefix) => !fromInterfaces.has(prefix) && !router.anycast.includes(prefix));
    const anycast = ofAnycastProtocol(topology, router).filter((prefix) => familyOf(prefix) === family);
    const hijacks = router.hijacks.filter(({ prefix }) => familyOf(prefix) === family);
    if (held.length > 0)
      lines.push(
        "# Announced as a whole; a packet for a part that nothing more specific leads to is refused here.",
        ...block(`protocol static originated${digit}`, [
          `${family} { import filter announce; };`,
          ...held.map((prefix) => `route ${prefix} unreachable;`),
        ]),
        "",
      );
    if (anycast.length > 0)
      lines.push(
        "# Announced from other places too: the nearest gets the traffic.",
        ...block(`protocol static ${anycastProtocol(family)}`, [
          ...(isHealthChecked(router) ? ["disabled;  # until the health check finds that the service answers"] : []),
          `${family} { import filter announce; };`,
          ...anycast.map((prefix) => `route ${prefix} unreachable;`),
        ]),
        "",
      );
    for (const behind of new Set(hijacks.map((hijack) => hijack.behind)))
      lines.push(
        "# Somebody else's.",
        ...block(`protocol static hijacked${digit}${behind === undefined ? "" : `_behind_${behind}`}`, [
          `${family} { import filter ${behind === undefined ? "announce" : `announce_behind_${behind}`}; };`,
          ...hijacks.filter((hijack) => hijack.behind === behind).map(({ prefix }) => `route ${prefix} unreachable;`),
        ]),
        "",
      );
  }
  return lines;
}

/** Name of BIRD's protocol for the anycast prefixes of a family. */
export function anycastProtocol(family: Family): string {
  return `anycast${familyDigit(family)}`;
}

/** Anycast prefixes that BIRD announces by a protocol of their own. */
function ofAnycastProtocol(topology: Topology, router: Router): string[] {
  const lans = new Set([...connectedPrefixes(topology, router).values()].flat());
  return router.anycast.filter((prefix) => !lans.has(prefix));
}

function isHealthChecked({ services }: Router): boolean {
  return services.some(({ spec }) => spec.kind === "health-check");
}

/** Names of the protocols that the router's health check enables and disables; none where it has none. */
export function checkedProtocols(topology: Topology, router: Router): string[] {
  if (!isHealthChecked(router)) return [];
  const prefixes = ofAnycastProtocol(topology, router);
  const families = topology.families.filter((family) => prefixes.some((prefix) => familyOf(prefix) === family));
  return families.map(anycastProtocol);
}

/** The kernel's routing tables. A route server has none to fill: packets don't pass through it. */
export function renderKernel(topology: Topology, router: Router): string[] {
  if (router.routeServer) return ["# A route server forwards no packets: its routes stay out of the kernel.", ""];
  const connected = [...connectedPrefixes(topology, router).values()].flat();
  return topology.families.flatMap((family) => {
    const own = connected.filter((prefix) => familyOf(prefix) === family);
    const { multipath } = policyOf(topology, router);
    return [...kernel(family, runsOspf(topology, router) ? own : [], loopback(router, family), multipath), ""];
  });
}

/** Whether the router's AS uses OSPF inside. */
export function runsOspf(topology: Topology, router: Router): boolean {
  return topology.autonomousSystems.some(({ name, igp }) => name === router.as && igp === "ospf");
}

export function loopback(router: Router, family: Family): string | undefined {
  return router.loopbacks.find((address) => familyOf(address) === family)?.split("/")[0];
}

function kernel(
  family: Family,
  ospfConnected: readonly string[],
  source: string | undefined,
  multipath: boolean,
): string[] {
  const body = ["# The kernel has the connected networks of its own.", "if source = RTS_DEVICE then reject;"];
  if (ospfConnected.length > 0) body.push(`if source = RTS_OSPF && net ~ [${ospfConnected.join(", ")}] then reject;`);
  if (source !== undefined) body.push(`krt_prefsrc = ${source};  # the router speaks from its loopback`);
  body.push("accept;");
  return block(`protocol kernel kernel${familyDigit(family)}`, [
    "scan time 10;",
    ...(multipath ? ["merge paths yes;  # all that are equally good"] : []),
    ...block(family, block("export filter", body, ";"), ";"),
  ]);
}
