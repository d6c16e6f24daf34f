/** From a resolved topology to what the native provider takes. Pure. */
import type { EndInputs, LinksInputs, NodeInputs, ReadinessInputs, SegmentInputs } from "../provider/schema.ts";
import { renderBird } from "../topology/bird/render.ts";
import { hostSysctls, routerSysctls } from "../topology/bird/sysctls.ts";
import { expectedRoutes } from "../topology/routes/index.ts";
import type { End, Host, Node, Router, Topology } from "../topology/topology.ts";

export interface Declarations {
  readonly hosts: readonly string[];
  readonly nodes: readonly Omit<NodeInputs, "sandbox">[];
  readonly links: LinksInputs["links"];
  readonly segments: readonly Omit<SegmentInputs, "sandbox">[];
  readonly readiness: Omit<ReadinessInputs, "sandbox">;
}

/** `within`: seconds that the lab may take to converge. */
export function declare(topology: Topology, within: number): Declarations {
  const nodes = new Map(topology.nodes.map((node) => [node.name, node]));
  const end = (declared: End): EndInputs => ({
    node: declared.node,
    interface: declared.interface,
    addresses: declared.addresses,
    routes: routesThrough(nodes.get(declared.node), declared.interface),
  });
  return {
    hosts: hostLines(topology),
    nodes: topology.nodes.map((node) =>
      node.kind === "router" ? routerInputs(topology, node) : hostInputs(topology, node),
    ),
    links: Object.fromEntries(
      topology.links.map(({ name, ends, mtu, impairments }) => [
        name,
        { ends: [end(ends[0]), end(ends[1])], mtu, impairments },
      ]),
    ),
    segments: topology.segments.map(({ name, members, mtu, impairments }) => ({
      name,
      members: members.map(end),
      mtu,
      impairments,
    })),
    readiness: readiness(topology, within),
  };
}

function routerInputs(topology: Topology, router: Router): Omit<NodeInputs, "sandbox"> {
  return {
    name: router.name,
    loopbacks: router.loopbacks,
    sysctls: routerSysctls(topology),
    files: { "bird.conf": renderBird(topology, router) },
    ruleset: "",
    daemons: [
      {
        name: "bird",
        command: ["bird", "-f", "-c", "bird.conf", "-s", "bird.ctl"],
        reads: ["bird.conf"],
        reload: { kind: "bird" },
        socket: "bird.ctl",
      },
    ],
  };
}

function hostInputs(topology: Topology, host: Host): Omit<NodeInputs, "sandbox"> {
  return {
    name: host.name,
    loopbacks: [],
    sysctls: hostSysctls(topology),
    files: {},
    ruleset: host.ruleset,
    daemons: [],
  };
}

function routesThrough(node: Node | undefined, name: string): EndInputs["routes"] {
  if (node?.kind !== "host") return [];
  return node.routes.filter((route) => route.interface === name).map(({ destination, via }) => ({ destination, via }));
}

/** A router goes by its loopback, any other node by its first address. */
function hostLines(topology: Topology): string[] {
  return topology.nodes.flatMap((node) => {
    const loopbacks = node.kind === "router" ? node.loopbacks : [];
    const all = [...loopbacks, ...node.interfaces.flatMap((attached) => attached.addresses)].map(
      (address) => address.split("/")[0] ?? "",
    );
    const one = (family: (address: string) => boolean): string[] => all.filter(family).slice(0, 1);
    return [...one((address) => !address.includes(":")), ...one((address) => address.includes(":"))].map(
      (address) => `${address} ${node.name}`,
    );
  });
}

function readiness(topology: Topology, within: number): Omit<ReadinessInputs, "sandbox"> {
  const expected = expectedRoutes(topology);
  const names = new Map<string, string>();
  const prefixSets: Record<string, readonly string[]> = {};
  const routers = topology.nodes
    .filter((node) => node.kind === "router")
    .map((router) => {
      const prefixes = [...(expected.get(router.name)?.keys() ?? [])].sort();
      const key = prefixes.join(" ");
      let name = names.get(key);
      if (name === undefined) {
        name = `set${names.size + 1}`;
        names.set(key, name);
        prefixSets[name] = prefixes;
      }
      return { node: router.name, sessions: sessionsOf(topology, router.name), prefixes: name };
    });
  return {
    routers,
    hosts: topology.nodes.filter((node) => node.kind === "host").map((node) => node.name),
    prefixSets,
    within,
  };
}

function sessionsOf(topology: Topology, router: string): Record<string, string> {
  const sessions: Record<string, string> = {};
  for (const { ends } of topology.sessions) {
    for (const [near, far] of [ends, [ends[1], ends[0]] as const]) {
      if (near.router === router) sessions[near.protocol] = `${far.router}/${far.protocol}`;
    }
  }
  return sessions;
}
