/** OSPF inside an AS: version 2 (RFC 2328) for IPv4 and version 3 (RFC 5340) for IPv6. */
import type { Family } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";
import { connectedPrefixes, runsOspf } from "./origins.ts";
import { block, familyDigit, familyOf } from "./text.ts";

export function renderOspf(topology: Topology, router: Router): string[] {
  if (!runsOspf(topology, router)) return [];
  return topology.families.flatMap((family) => [...instance(topology, router, family), ""]);
}

/** An interface that OSPF tells of. */
export interface OspfInterface {
  readonly name: string;
  /** Without a neighbour, with one, or with any number. */
  readonly kind: "stub" | "ptp" | "broadcast";
  /** Of the family. */
  readonly prefixes: readonly string[];
  /** Of other routers on its network. */
  readonly others: readonly Router[];
}

/** Of one family, in the order of the router's interfaces; none of those that lead to other ASes only. */
export function ospfInterfaces(topology: Topology, router: Router, family: Family): OspfInterface[] {
  const routers = new Map(
    topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node] as const] : [])),
  );
  const announced = new Set(
    [...routers.values()].filter(({ as }) => as === router.as).flatMap(({ originates }) => originates),
  );
  const connected = connectedPrefixes(topology, router);
  const attachments = [
    ...topology.links.map((link) => ({ name: link.name, members: link.ends })),
    ...topology.segments.map(({ name, members }) => ({ name, members })),
  ];
  return router.interfaces.flatMap(({ name, attachedTo, addresses }): OspfInterface[] => {
    if (!addresses.some((address) => familyOf(address) === family)) return [];
    const members = attachments.find((a) => a.name === attachedTo)?.members ?? [];
    const others = members.flatMap(({ node }) => {
      const other = routers.get(node);
      return other === undefined || other.name === router.name ? [] : [other];
    });
    const prefixes = (connected.get(name) ?? []).filter((prefix) => familyOf(prefix) === family);
    if (others.some(({ as }) => as === router.as))
      return [{ name, kind: members.length === 2 ? "ptp" : "broadcast", prefixes, others }];
    // A prefix that BGP announces as it stands comes by iBGP: an OSPF route to it would be preferred and hide it.
    const told = others.length === 0 && !prefixes.some((prefix) => announced.has(prefix));
    return told ? [{ name, kind: "stub", prefixes, others }] : [];
  });
}

function instance(topology: Topology, router: Router, family: Family): string[] {
  const { ospfHello } = topology.timers;
  const body: string[] = [];
  for (const address of router.loopbacks.filter((a) => familyOf(a) === family)) body.push(`stubnet ${address};`);
  for (const { name, kind, others } of ospfInterfaces(topology, router, family)) {
    if (kind === "stub") body.push(`interface "${name}" { stub; };`);
    else {
      const type = kind === "ptp" ? ["type ptp;"] : ["type broadcast;", `wait ${2 * ospfHello};`];
      body.push(
        ...block(
          `interface "${name}"${instanceOn(others, router)}`,
          [...type, `hello ${ospfHello};`, "dead count 4;", "retransmit 2;"],
          ";",
        ),
      );
    }
  }
  return [
    family === "ipv4" ? "# Ways to the AS's own routers and LANs; routes of other ASes come by BGP." : "",
    ...block(`protocol ospf ${family === "ipv4" ? "v2" : "v3"} ospf${familyDigit(family)}`, [
      `${family} { import all; export none; };`,
      ...block("area 0", body, ";"),
    ]),
  ].filter((line, index) => index > 0 || line !== "");
}

/** Where routers of several ASes share a network, each AS's speak among themselves (RFC 6549). */
function instanceOn(others: readonly Router[], router: Router): string {
  const all = [router, ...others].map(({ as }) => as);
  const ases = [...new Set(all.filter((as, index) => all.indexOf(as) !== index))].sort();
  return ases.length === 1 ? "" : ` instance ${ases.indexOf(router.as)}`;
}
