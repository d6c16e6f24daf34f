/** containerlab's topology files (containerlab.dev/manual/topo-def-file, /manual/nodes). */
import type { EndSpec, MachineSpec, SegmentSpec } from "../../spec.ts";
import { nearest } from "../../validation/report.ts";
import { assertNoProblems } from "../../problem.ts";
import { Findings, textOf, type Finding, type LabFiles, type ReadLab } from "../lab/lab.ts";
import { acyclic } from "../lab/order.ts";
import { isHostName, nodeNames } from "../lab/names.ts";
import { readYaml, type LocatedMap } from "./document.ts";
import { mapIn, NodeDefinition, textIn } from "./inherit.ts";
import { insideOf, kindOf, makeBridge } from "./kinds.ts";
import { readLinks, type EndNode } from "./links.ts";
import { managementNetwork } from "./management.ts";
import { readMachine } from "./node.ts";
import { expandVariables } from "./variables.ts";

export interface ContainerlabOptions {
  /** Variables that the file may name. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether nodes are on the management network. Default true. */
  readonly management?: boolean;
}

export interface ReadContainerlab extends ReadLab {
  /** The file's name for the lab; empty where it has none. */
  readonly name: string;
}

/** A letter that no text has: of Unicode's private use. */
const braces = "\uE000";

/**
 * @param file name of the topology file in its folder.
 * @throws ProblemsError where it can't be read at all: no YAML, or a template that isn't filled in.
 */
export function readContainerlab(
  file: string,
  files: LabFiles,
  { environment = {}, management = true }: ContainerlabOptions = {},
): ReadContainerlab {
  // Two braces that stand for themselves, as a template writes them.
  const plain = readText(file, files).replaceAll('{{ "{{" }}', braces);
  const filled = expandVariables(plain, environment);
  assertNoTemplate(file, filled);
  const root = readYaml(filled.replaceAll(braces, "{{"), file);
  const findings = new Findings(file);
  const top = root.kind === "map" ? root : undefined;
  const topology = mapIn(top, "topology");
  const name = textIn(top, "name")?.text ?? "";
  if (topology === undefined || mapIn(topology, "nodes") === undefined) {
    const hint = "containerlab's files have their nodes there.";
    findings.refuse({ line: root.line, place: "topology.nodes", code: "no-nodes", expected: "nodes by name", hint });
    return { name, description: "", topology: { nodes: {} }, findings: findings.all };
  }
  for (const [key, { line }] of top?.entries ?? [])
    if (!["name", "prefix", "mgmt", "settings", "topology", "debug"].includes(key))
      findings.refuse({ line, place: key, code: "unknown-property", found: key, ...unknownTop(key) });

  const definitions = definitionsOf(topology);
  const names = nodeNames(definitions.map((definition) => definition.name));
  const hostName = [...names.values()].includes("host") && !isHost(definitions) ? "lab-host" : "host";
  const machines: Record<string, MachineSpec> = {};
  const managed = new Map<string, NodeDefinition>();
  const ends = new Map<string, EndNode>();
  for (const definition of definitions) {
    const own = names.get(definition.name) ?? "";
    const kind = kindOf(definition, own, definitions, findings);
    switch (kind) {
      case "machine":
        machines[own] = readMachine(definition, { lab: name, names, files, findings });
        if (management && isManaged(definition, own, findings)) managed.set(own, definition);
        ends.set(definition.name, { kind: "machine", name: own });
        break;
      case "bridge":
        ends.set(definition.name, { kind: "segment", name: own });
        break;
      case "inside":
        ends.set(definition.name, insideOf(definition, names));
        break;
      case "host":
        ends.set(definition.name, { kind: "machine", name: hostName });
        break;
      case undefined:
        ends.set(definition.name, { kind: "absent" });
    }
  }
  const waits = acyclic(new Map(Object.entries(machines).map(([own, { after = [] }]) => [own, after])));
  for (const [own, machine] of Object.entries(machines)) machines[own] = withWaits(machine, waits.get(own) ?? []);

  const wires = readLinks(topology.entries.get("links"), ends, new Set(managed.keys()), hostName, findings);
  for (const end of ends.values()) if (end.kind === "inside") makeBridge(end, wires.ports, machines);
  if (wires.usesHost) machines[hostName] = { kind: "machine", forwarding: true };
  const segments: Record<string, SegmentSpec> = {};
  const mgmt = managementNetwork(mapIn(top, "mgmt"), managed, wires.members.get("mgmt") ?? [], findings);
  if (mgmt !== undefined) segments["mgmt"] = mgmt;
  for (const [segment, members] of wires.members)
    if (segment !== "mgmt") segments[segment] = segmentOf(members, wires.mtus.get(segment));
  const sorted = eachOnce(findings.all).sort((one, other) => one.line - other.line);
  return {
    name,
    description: "",
    topology: {
      nodes: machines,
      ...(wires.links.length === 0 ? {} : { links: wires.links }),
      ...(Object.keys(segments).length === 0 ? {} : { segments }),
      ...namesOf(definitions, names, machines),
    },
    findings: sorted,
  };
}

/** What is wrong with a default is found again with every node that has it. */
function eachOnce(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [`${each.line} ${each.code} ${each.found} ${each.place}`, each])).values()];
}

function segmentOf(members: readonly EndSpec[], mtu: number | undefined): SegmentSpec {
  return { members, ...(mtu === undefined ? {} : { mtu }) };
}

function readText(file: string, files: LabFiles): string {
  const bytes = files.read(file);
  const text = bytes === undefined ? undefined : textOf(bytes);
  if (text !== undefined) return text;
  const hint = bytes === undefined ? "Name a topology file, such as lab.clab.yml." : "It isn't UTF-8.";
  assertNoProblems(file, [{ code: "no-text", path: file, expected: "a text file", hint }]);
  return "";
}

/** Go templates are filled in by containerlab, from variables beside the file. */
function assertNoTemplate(file: string, text: string): void {
  const lines = text.split("\n").flatMap((line, index) => (line.includes("{{") ? [{ line, number: index + 1 }] : []));
  assertNoProblems(
    file,
    lines.map(({ line, number }) => ({
      code: "template",
      path: `line ${number}`,
      found: line.trim().slice(0, 60),
      expected: "YAML without template actions",
      hint: "It is a template. Fill it in, then import what comes of it.",
    })),
  );
}

function unknownTop(key: string): { expected: string; hint: string } {
  const near = nearest(key, ["name", "prefix", "mgmt", "settings", "topology"]);
  const hint = near === undefined ? "containerlab has no such property." : `Did you mean ${near}?`;
  return { expected: "name, prefix, mgmt, settings or topology", hint };
}

function definitionsOf(topology: LocatedMap): NodeDefinition[] {
  return [...(mapIn(topology, "nodes")?.entries ?? [])].map(([name, own]) => new NodeDefinition(name, own, topology));
}

function isHost(definitions: readonly NodeDefinition[]): boolean {
  return definitions.some(({ name, kind }) => name === "host" && kind?.text === "host");
}

function isManaged(definition: NodeDefinition, node: string, findings: Findings): boolean {
  const mode = definition.text("network-mode");
  if (mode === undefined || mode.text === "bridge") return true;
  if (mode.text === "host") {
    const hint = "No node is on the host's network.";
    findings.note({
      line: mode.line,
      place: "network-mode",
      node,
      code: "left-out",
      expected: "a network of its own",
      hint,
    });
  }
  return false;
}

function withWaits({ after: _, ...machine }: MachineSpec, after: readonly string[]): MachineSpec {
  return after.length === 0 ? machine : { ...machine, after };
}

/** Aliases, and the file's own names where they differ. */
function namesOf(
  definitions: readonly NodeDefinition[],
  names: ReadonlyMap<string, string>,
  machines: Readonly<Record<string, MachineSpec>>,
): { readonly names?: Readonly<Record<string, string>> } {
  const all: Record<string, string> = {};
  for (const definition of definitions) {
    const own = names.get(definition.name) ?? "";
    if (!Object.hasOwn(machines, own)) continue;
    for (const name of [definition.name, ...definition.list("aliases").map(({ text }) => text)])
      if (isHostName(name) && name !== own && !Object.hasOwn(machines, name)) all[name] ??= own;
  }
  return Object.keys(all).length === 0 ? {} : { names: all };
}
