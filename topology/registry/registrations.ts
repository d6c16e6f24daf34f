/** Whose the lab's prefixes are, as an Internet Routing Registry has it: not who announces them. */
import { parsePrefix, prefixContains, type Prefix } from "../addressing/prefix.ts";
import type { End, Topology } from "../topology.ts";

export interface Registration {
  readonly prefix: string;
  readonly asn: number;
  /** What it is for. */
  readonly description: string;
}

/**
 * What every AS originates, each prefix once for each AS; then the links, segments and loopbacks that none of that
 * covers, so that a traced path shows the AS of every hop. Hijackers don't register.
 */
export function registrations(topology: Topology): readonly Registration[] {
  const titles = new Map(topology.autonomousSystems.map(({ asn, title }) => [asn, title]));
  const own = new Map<string, Registration>();
  for (const node of topology.nodes)
    if (node.kind === "router")
      for (const prefix of node.originates)
        own.set(`${prefix} ${node.asn}`, { prefix, asn: node.asn, description: titles.get(node.asn) ?? "" });
  const covering = [...own.values()].flatMap(({ prefix }) => parsePrefix(prefix) ?? []).filter(isNoDefaultRoute);
  const isCovered = (text: string): boolean => {
    const prefix = parsePrefix(text);
    return (
      prefix !== undefined && covering.some((each) => each.length <= prefix.length && prefixContains(each, prefix))
    );
  };
  return [...own.values(), ...infrastructure(topology).filter(({ prefix }) => !isCovered(prefix))];
}

function isNoDefaultRoute({ length }: Prefix): boolean {
  return length > 0;
}

function infrastructure(topology: Topology): Registration[] {
  const routers = new Map(topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node]] : [])));
  const numbers = new Map(topology.autonomousSystems.map(({ name, asn }) => [name, asn]));
  const above = new Set(
    topology.relations.flatMap(({ kind, a, b }) =>
      kind === "transit" || kind === "route-server" ? [`${numbers.get(a)} ${numbers.get(b)}`] : [],
    ),
  );
  /** The AS whose addresses a link has: a provider gives them to its customers, an exchange to its members. */
  const ownerOf = (ends: readonly End[]): number | undefined => {
    const asns = [...new Set(ends.flatMap(({ node }) => routers.get(node)?.asn ?? []))];
    return asns.find((asn) => asns.every((other) => other === asn || above.has(`${asn} ${other}`))) ?? asns[0];
  };
  const wires = [
    ...topology.links.map(({ name, ends, prefixes }) => ({ what: `link ${name}`, ends, prefixes })),
    ...topology.segments.map(({ name, members, prefixes }) => ({ what: `segment ${name}`, ends: members, prefixes })),
  ];
  return [
    ...wires.flatMap(({ what, ends, prefixes }) => {
      const asn = ownerOf(ends);
      return asn === undefined ? [] : prefixes.map((prefix) => ({ prefix, asn, description: what }));
    }),
    ...[...routers.values()].flatMap(({ name, asn, loopbacks }) =>
      loopbacks.map((prefix) => ({ prefix, asn, description: `router ${name}` })),
    ),
  ];
}
