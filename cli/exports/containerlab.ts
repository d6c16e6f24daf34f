/** A lab as containerlab's topology file and the files that it binds. Pure. */
import { stringify } from "yaml";
import type { Declarations } from "../../components/declarations.ts";
import type { EndInputs } from "../../provider/schema.ts";
import { longestInterfaceName, shorten } from "../../topology/interfaces.ts";
import { useOfImage } from "../../topology/import/lab/images.ts";
import type { Problem } from "../../topology/problem.ts";
import type { Topology } from "../../topology/topology.ts";
import { machineNode, plainNode, type ExportedNode } from "./node.ts";

export interface ExportedFile {
  /** From the topology file's folder. */
  readonly path: string;
  readonly content: string;
}

export interface Exported {
  /** The topology file. */
  readonly text: string;
  readonly files: readonly ExportedFile[];
  /** What it can't say. */
  readonly problems: readonly Problem[];
}

export interface ExportOptions {
  readonly name: string;
  /** For nodes that name none: with the programs that they run. */
  readonly image: string | undefined;
}

/** Name of the segment that containerlab's management network becomes. */
const management = "mgmt";

export function exportContainerlab(
  topology: Topology,
  declarations: Declarations,
  { name, image }: ExportOptions,
): Exported {
  const problems: Problem[] = [];
  const ends = new Map<string, EndInputs[]>();
  const segments = declarations.segments.filter((segment) => !isManagement(topology, segment.name));
  for (const end of [
    ...Object.values(declarations.links).flatMap((link) => link.ends),
    ...segments.flatMap((segment) => segment.members),
  ])
    ends.set(end.node, [...(ends.get(end.node) ?? []), end]);

  const managed = managementOf(topology, declarations);
  const nodes: Record<string, object> = {};
  const files: ExportedFile[] = [];
  const inputs = new Map(declarations.nodes.map((node) => [node.name, node]));
  const machines = new Map(declarations.machines.map((machine) => [machine.inputs.name, machine]));
  for (const node of topology.nodes) {
    const own = ends.get(node.name) ?? [];
    const plain = inputs.get(node.name);
    const machine = machines.get(node.name);
    const exported: ExportedNode | undefined =
      node.kind === "machine" && machine !== undefined
        ? machineNode(node, machine, own)
        : plain === undefined
          ? undefined
          : plainNode(plain, own);
    if (exported === undefined) continue;
    problems.push(...exported.problems);
    files.push(...exported.files.map(({ path, content }) => ({ path: `${node.name}${path}`, content })));
    // containerlab starts what the image runs by itself.
    const use = useOfImage(node.kind === "machine" ? node.image : "");
    const first = use.kind === "daemon" ? `service ${use.service} start` : undefined;
    const startsItself = exported.commands[0] === first;
    const used = node.kind === "machine" && node.image !== "" ? node.image : image;
    if (used === undefined) problems.push(noImage(node.name));
    const aliases = topology.names.filter((each) => each.node === node.name).map((each) => each.name);
    nodes[node.name] = clean({
      kind: "linux",
      image: used ?? "",
      ...(managed.addresses.get(node.name) ?? { "network-mode": "none" }),
      env: exported.environment,
      sysctls: exported.sysctls,
      aliases,
      binds: exported.files.map(({ path }) => `${node.name}${path}:${path}`),
      cmd: first === undefined || startsItself ? undefined : "sleep infinity",
      exec: eachOnce(first !== undefined && startsItself ? exported.commands.slice(1) : exported.commands),
      stages: exported.after.length === 0 ? undefined : waits(exported.after),
    });
  }
  const bridges = new Map(segments.map((segment) => [segment.name, bridgeName(segment.name, topology)]));
  for (const bridge of bridges.values()) nodes[bridge] = { kind: "bridge" };

  const links = [
    ...Object.values(declarations.links).map(({ ends: [one, other], mtu }) => link(place(one), place(other), mtu)),
    ...segments.flatMap((segment) =>
      segment.members.map((member) =>
        link(
          place(member),
          {
            text: `${bridges.get(segment.name)}:${shorten(`${member.node}-${member.interface}`, longestInterfaceName)}`,
          },
          segment.mtu,
        ),
      ),
    ),
  ];
  for (const impaired of [...topology.links, ...topology.segments])
    if (Object.keys(impaired.impairments).length > 0) problems.push(noImpairments(impaired.name));
  const document = clean({ name, prefix: "", mgmt: managed.settings, topology: clean({ nodes, links }) });
  // containerlab fills in templates and variables all over the file.
  const body = stringify(document, { lineWidth: 0, version: "1.1" })
    .replaceAll("{{", '{{ "{{" }}')
    .replaceAll("$", "$$$$");
  return { text: `${heading(name, [...bridges.values()])}${body}`, files, problems };
}

/** containerlab runs equal commands once: a further one ends with spaces, which change nothing else. */
function eachOnce(commands: readonly string[]): string[] {
  const taken = new Set<string>();
  return commands.map((command) => {
    let text = command;
    while (taken.has(text)) text += " ";
    taken.add(text);
    return text;
  });
}

function heading(name: string, bridges: readonly string[]): string {
  const lines = [`# The lab ${name}.`];
  if (bridges.length > 0)
    lines.push(
      "# containerlab wants these bridges to be there before it deploys the lab:",
      ...bridges.map((bridge) => `#   ip link add ${bridge} up type bridge`),
    );
  return `${lines.join("\n")}\n`;
}

interface Place {
  readonly text: string;
  readonly mac?: string | undefined;
}

function place(end: EndInputs): Place {
  return { text: `${end.node}:${end.interface}`, mac: end.mac };
}

/** The short form, unless an Ethernet address has to be said. */
function link(one: Place, other: Place, mtu: number): object {
  if (one.mac === undefined && other.mac === undefined) return { endpoints: [one.text, other.text], mtu };
  const long = ({ text, mac }: Place): object => {
    const [node = "", device = ""] = text.split(":");
    return clean({ node, interface: device, mac });
  };
  return { type: "veth", endpoints: [long(one), long(other)], mtu };
}

function waits(after: readonly string[]): object {
  return { create: { "wait-for": after.map((node) => ({ node, stage: "configure" })) } };
}

/** On the host, a bridge has a device's name; and nodes and bridges share their names. */
function bridgeName(segment: string, { nodes }: Topology): string {
  const taken = nodes.some((node) => node.name === segment);
  return shorten(taken ? `${segment}-lan` : segment, longestInterfaceName);
}

/** Whether a segment is what importing containerlab's management network gives. */
function isManagement({ nodes, segments }: Topology, name: string): boolean {
  const segment = segments.find((each) => each.name === name);
  return (
    name === management &&
    segment !== undefined &&
    segment.members.every(
      (member) =>
        member.interface === "eth0" && nodes.some((node) => node.name === member.node && node.kind === "machine"),
    )
  );
}

interface Managed {
  readonly settings: object | undefined;
  readonly addresses: ReadonlyMap<string, object>;
}

function managementOf(topology: Topology, declarations: Declarations): Managed {
  const segment = declarations.segments.find(({ name }) => isManagement(topology, name));
  if (segment === undefined) return { settings: undefined, addresses: new Map() };
  const prefixes = topology.segments.find(({ name }) => name === segment.name)?.prefixes ?? [];
  const without = (text: string | undefined): string | undefined => text?.split("/")[0];
  return {
    settings: clean({
      "ipv4-subnet": prefixes.find((prefix) => !prefix.includes(":")),
      "ipv6-subnet": prefixes.find((prefix) => prefix.includes(":")),
    }),
    addresses: new Map(
      segment.members.map(({ node, addresses }) => [
        node,
        clean({
          "mgmt-ipv4": without(addresses.find((address) => !address.includes(":"))),
          "mgmt-ipv6": without(addresses.find((address) => address.includes(":"))),
        }),
      ]),
    ),
  };
}

/** Without what is absent or empty. */
function clean(value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, each]) =>
        each !== undefined &&
        !(Array.isArray(each) && each.length === 0) &&
        !(key !== "mgmt" && typeof each === "object" && each !== null && Object.keys(each).length === 0),
    ),
  );
}

function noImage(node: string): Problem {
  const hint = "Name one by --image: with iproute2 and the daemons that the lab's nodes run.";
  return { code: "no-image", path: `nodes.${node}`, expected: "a container image", hint };
}

function noImpairments(name: string): Problem {
  const hint = "containerlab's files don't say it; `containerlab tools netem set` does, once the lab is up.";
  return { code: "impairments", path: name, expected: "no impairments", hint };
}
