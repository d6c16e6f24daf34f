/** A lab as containerlab's topology file and the files that it binds. Pure. */
import { stringify } from "yaml";
import type { Declarations } from "../../components/declarations.ts";
import { findImage } from "../../images/index.ts";
import { nameTexts } from "../../provider/sandbox/hosts.ts";
import type { EndInputs } from "../../provider/schema.ts";
import { longestInterfaceName, shorten } from "../../topology/interfaces.ts";
import { useOfImage } from "../../topology/import/lab/images.ts";
import type { Problem } from "../../topology/problem.ts";
import type { Link, Node, Segment, Topology } from "../../topology/topology.ts";
import { needless } from "./needless.ts";
import { machineNode, plainNode, type ExportedNode } from "./node.ts";
import { noImage, noImpairments, noQuerier } from "./problems.ts";

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
  const { names, links, segments, ...left } = topology;
  const { links: wires, segments: lans, ...leftDeclared } = declarations;
  const rendered = "in the files of routers and services";
  needless(left, {
    families: "what is declared is of those in use",
    autonomousSystems: rendered,
    nodes: "each by itself",
    relations: rendered,
    sessions: rendered,
    roas: `${rendered}; an authority that signs them is refused`,
    pki: "what nodes have of it is refused",
    resolver: "in the declared resolvers",
    timers: rendered,
  });
  needless(leftDeclared, {
    hosts: "a file of each node",
    resolvers: "a file of each node",
    nodes: "each by itself",
    machines: "each by itself",
    containers: "that of each node",
    authorities: "their service is refused",
    trusts: "their service is refused",
    pki: "what nodes have of it is refused",
    readiness: "nobody waits",
  });
  const problems: Problem[] = [];
  const ends = new Map<string, EndInputs[]>();
  const shared = lans.filter((segment) => !isManagement(topology, segment.name));
  for (const end of [
    ...Object.values(wires).flatMap((link) => link.ends),
    ...shared.flatMap((segment) => segment.members),
  ])
    ends.set(end.node, [...(ends.get(end.node) ?? []), end]);

  const managed = managementOf(topology, declarations);
  const nodes: Record<string, object> = {};
  const files: ExportedFile[] = [];
  for (const node of topology.nodes) {
    const exported = exportNode(node, declarations, ends.get(node.name) ?? []);
    if (exported === undefined) continue;
    const bound = [...exported.files, ...nameFiles(declarations, managed, exported)];
    problems.push(...exported.problems);
    files.push(...bound.map(({ path, content }) => ({ path: `${node.name}${path}`, content })));
    const used = imageOf(node) ?? image;
    if (used === undefined) problems.push(noImage(node.name));
    // containerlab starts what the image runs by itself.
    const use = useOfImage(used ?? "");
    const first = use.kind === "daemon" ? `service ${use.service} start` : undefined;
    const startsItself = exported.commands[0] === first;
    const { memory, cpus } = exported.container ?? {};
    nodes[node.name] = clean({
      kind: "linux",
      image: used ?? "",
      memory: memory === undefined ? undefined : `${memory}MiB`,
      cpu: cpus,
      ...(managed.addresses.get(node.name) ?? { "network-mode": "none" }),
      env: exported.environment,
      sysctls: exported.sysctls,
      aliases: names.filter((each) => each.node === node.name).map((each) => each.name),
      binds: bound.map(({ path }) => `${node.name}${path}:${path}`),
      cmd: first === undefined || startsItself ? undefined : "sleep infinity",
      exec: eachOnce(first !== undefined && startsItself ? exported.commands.slice(1) : exported.commands),
      stages: exported.after.length === 0 ? undefined : waits(exported.after),
    });
  }
  const bridges = new Map(shared.map((segment) => [segment.name, bridgeName(segment.name, topology)]));
  for (const bridge of bridges.values()) nodes[bridge] = { kind: "bridge" };

  const endpoints = [
    ...Object.values(wires).map(({ ends: [one, other], mtu }) => link(place(one), place(other), mtu)),
    ...shared.flatMap((segment) =>
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
  problems.push(
    ...links.flatMap(linkProblems),
    ...segments.flatMap((segment) => segmentProblems(segment, bridges.get(segment.name) ?? segment.name)),
  );
  const document = clean({
    name,
    prefix: "",
    mgmt: managed.settings,
    topology: clean({ nodes, links: endpoints }),
  });
  // containerlab fills in templates and variables all over the file.
  const body = stringify(document, { lineWidth: 0, version: "1.1" })
    .replaceAll("{{", '{{ "{{" }}')
    .replaceAll("$", "$$$$");
  return { text: `${heading(name, [...bridges.values()], problems)}${body}`, files, problems };
}

function exportNode(node: Node, declarations: Declarations, ends: readonly EndInputs[]): ExportedNode | undefined {
  if (node.kind === "machine") {
    const machine = declarations.machines.find(({ inputs }) => inputs.name === node.name);
    return machine === undefined ? undefined : machineNode(node, machine, ends);
  }
  const inputs = declarations.nodes.find(({ name }) => name === node.name);
  return inputs === undefined ? undefined : plainNode(node, inputs, ends);
}

/** The one that it names. No registry has one of ours. */
function imageOf(node: Node): string | undefined {
  if (node.kind === "machine") return node.image === "" ? undefined : node.image;
  return node.container === undefined || findImage(node.container.image) !== undefined
    ? undefined
    : node.container.image;
}

/** The lab's names, but those of the management network, which containerlab knows, and on nodes without files of that kind. */
function nameFiles(
  { hosts, resolvers }: Declarations,
  managed: Managed,
  { files }: ExportedNode,
): { path: string; content: string }[] {
  const known = hosts.filter((line) => !managed.all.has(line.split(" ")[0] ?? ""));
  const texts = nameTexts({ hosts: known, resolvers });
  return [
    ...(known.length === 0 ? [] : [{ path: "/etc/hosts", content: texts.get("hosts") ?? "" }]),
    ...(resolvers.length === 0 ? [] : [{ path: "/etc/resolv.conf", content: texts.get("resolv.conf") ?? "" }]),
  ].filter(({ path }) => !files.some((file) => file.path === path));
}

function linkProblems({ name, impairments, ...left }: Link): Problem[] {
  needless(left, { ends: "as declared", mtu: "as declared", prefixes: "those of its ends' addresses" });
  return Object.keys(impairments).length > 0 ? [noImpairments(name)] : [];
}

function segmentProblems({ name, impairments, multicastQuerier, ...left }: Segment, bridge: string): Problem[] {
  needless(left, { members: "as declared", mtu: "as declared", prefixes: "those of its members' addresses" });
  return [
    ...(Object.keys(impairments).length > 0 ? [noImpairments(name)] : []),
    ...(multicastQuerier ? [noQuerier(name, bridge)] : []),
  ];
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

/** `problems`: what it doesn't have, where it is written all the same. */
function heading(name: string, bridges: readonly string[], problems: readonly Problem[]): string {
  const lines = [
    `# The lab ${name}.`,
    ...problems.map(({ code, path, hint }) => `# Not here: ${path} [${code}]. ${hint}`),
  ];
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
  /** By node, as properties of it. */
  readonly addresses: ReadonlyMap<string, object>;
  /** Every address on it. */
  readonly all: ReadonlySet<string>;
}

function managementOf(topology: Topology, declarations: Declarations): Managed {
  const segment = declarations.segments.find(({ name }) => isManagement(topology, name));
  if (segment === undefined) return { settings: undefined, addresses: new Map(), all: new Set() };
  const prefixes = topology.segments.find(({ name }) => name === segment.name)?.prefixes ?? [];
  const without = (text: string | undefined): string | undefined => text?.split("/")[0];
  const addresses = segment.members.flatMap((member) => member.addresses);
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
    all: new Set(addresses.flatMap((address) => without(address) ?? [])),
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
