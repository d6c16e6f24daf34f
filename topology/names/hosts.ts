/** Host names of a lab, as /etc/hosts and its name server give them. */
import { parseAddress, type Address } from "../addressing/address.ts";
import type { RecordSpec } from "../services/spec.ts";
import type { Node, Topology } from "../topology.ts";

/** The first address of each family by which a node goes: a router's loopbacks, any other node's first addresses. */
export function addressesOf(node: Node | undefined): string[] {
  if (node === undefined) return [];
  const all = allAddresses(node);
  return [
    ...all.filter((address) => !address.includes(":")).slice(0, 1),
    ...all.filter((address) => address.includes(":")).slice(0, 1),
  ];
}

/** Those of a router's loopbacks and of interfaces, without length. */
export function allAddresses(node: Node): string[] {
  const loopbacks = node.kind === "router" ? node.loopbacks : [];
  return [...loopbacks, ...node.interfaces.flatMap(({ addresses }) => addresses)].map(
    (address) => address.split("/")[0] ?? "",
  );
}

/** The names of a node, its own first. */
export function namesOf(topology: Pick<Topology, "names">, node: string): string[] {
  return [node, ...topology.names.filter((each) => each.node === node).map(({ name }) => name)];
}

/** Of the root zone: every name with its addresses, and every address with the name of its node. */
export function hostRecords(topology: Topology): RecordSpec[] {
  return topology.nodes.flatMap((node) => [
    ...namesOf(topology, node.name).flatMap((name) =>
      addressesOf(node).map((value): RecordSpec => ({ name, type: value.includes(":") ? "AAAA" : "A", value })),
    ),
    ...[...allAddresses(node), ...node.addresses.map((address) => address.split("/")[0] ?? "")].flatMap(
      (text): RecordSpec[] => {
        const address = parseAddress(text);
        if (address === undefined) return [];
        return [{ name: reverseName(address), type: "PTR", value: `${node.name}.` }];
      },
    ),
  ]);
}

/** `1.0.0.10.in-addr.arpa` (RFC 1035, 3.5), or the nibbles below `ip6.arpa` (RFC 3596, 2.5). */
function reverseName(address: Address): string {
  return `${labelsOf(address).join(".")}.${address.family === "ipv4" ? "in-addr" : "ip6"}.arpa`;
}

/** An address's octets in decimal, or nibbles in hexadecimal, the last first. */
export function labelsOf({ family, value }: Address): string[] {
  return family === "ipv4"
    ? [0n, 8n, 16n, 24n].map((shift) => ((value >> shift) & 0xffn).toString())
    : [...value.toString(16).padStart(32, "0")].reverse();
}
