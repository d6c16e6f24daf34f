/** Interfaces of the firewall by the names that a rule set has for them. */
import type { Problem } from "../../topology/problem.ts";
import type { End, Topology } from "../../topology/topology.ts";

/** Reads `eth0=wan` texts: the rule set's name, then the lab's. Notes what is wrong with each. */
export function readInterfaceNames(
  texts: readonly string[],
  own: readonly string[],
  problems: Problem[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const text of texts) {
    const [name = "", interfaceName = "", ...rest] = text.split("=");
    const refuse = (expected: string, hint: string): void =>
      void problems.push({ code: "bad-interface", path: "--interface", found: text, expected, hint });
    if (rest.length > 0 || !own.includes(interfaceName))
      refuse(
        `NAME=INTERFACE with one of ${own.join(", ")}`,
        "First the rule set's name for it, then the lab's: `eth0=wan`.",
      );
    else if (!/^[^\s/:]{1,15}$/.test(name) || name === "lo")
      refuse("a name of 1 to 15 characters", "It is that of a network interface.");
    else if (names.has(interfaceName) || [...names.values()].includes(name))
      refuse("each interface and each name once", "Leave it out here.");
    else names.set(interfaceName, name);
  }
  return names;
}

/** The topology with other names for a node's interfaces. */
export function renameInterfaces(topology: Topology, node: string, names: ReadonlyMap<string, string>): Topology {
  const end = (each: End): End =>
    each.node === node ? { ...each, interface: names.get(each.interface) ?? each.interface } : each;
  return {
    ...topology,
    nodes: topology.nodes.map((each) =>
      each.name === node
        ? { ...each, interfaces: each.interfaces.map((one) => ({ ...one, name: names.get(one.name) ?? one.name })) }
        : each,
    ),
    links: topology.links.map((link) => ({ ...link, ends: [end(link.ends[0]), end(link.ends[1])] })),
    segments: topology.segments.map((segment) => ({ ...segment, members: segment.members.map(end) })),
  };
}
