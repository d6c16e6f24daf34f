/** Kathará's labs: lab.conf, startup scripts, and a folder for each machine (github.com/KatharaFramework/Kathara/wiki). */
import { assertNoProblems } from "../../problem.ts";
import type { EndSpec, MachineSpec, SegmentSpec } from "../../spec.ts";
import { Findings, textOf, type Finding, type LabFiles, type ReadLab } from "../lab/lab.ts";
import { isHostName, nodeNames } from "../lab/names.ts";
import { acyclic } from "../lab/order.ts";
import { readConf, type Conf } from "./conf.ts";
import { readMachine } from "./machine.ts";

/** @throws ProblemsError where there is no lab.conf. */
export function readKathara(files: LabFiles): ReadLab {
  const conf = new Findings("lab.conf");
  const order = new Findings("lab.dep");
  const read = readConf(requiredText("lab.conf", files), conf);
  const names = nodeNames(read.machines.keys());
  const waits = readWaits(files, names, order);
  const nodes: Record<string, MachineSpec> = {};
  for (const [original, machine] of read.machines) {
    const name = names.get(original) ?? "";
    const spec = readMachine(machine, { original, name, after: waits.get(name) ?? [], files, findings: conf });
    if (spec !== undefined) nodes[name] = spec;
  }
  for (const [name, { after, ...spec }] of Object.entries(nodes)) {
    const kept = after?.filter((each) => Object.hasOwn(nodes, each)) ?? [];
    nodes[name] = kept.length === 0 ? spec : { ...spec, after: kept };
  }
  if (read.machines.size === 0) {
    const hint = 'Such as r1[0]="A": the machine r1 with its interface eth0 on the domain A.';
    conf.refuse({ line: 1, place: "", code: "no-nodes", expected: "a machine at least", hint });
  }
  noteRest(files, read, conf);
  const segments = segmentsOf(read, names, conf);
  const usesIpv6 = [...read.machines.values()].some(({ settings }) =>
    settings.some(({ name, value }) => name === "ipv6" && /^(true|yes|y|t|on|1)$/i.test(value)),
  );
  return {
    description: read.description,
    topology: {
      // Kathará turns IPv6 on for the machines that ask for it.
      ...(usesIpv6 ? {} : { families: ["ipv4"] }),
      nodes,
      ...(Object.keys(segments).length === 0 ? {} : { segments }),
      ...hostNames(names, nodes),
    },
    findings: [...conf.all.toSorted(byFileAndLine), ...order.all],
  };
}

/** lab.conf first. */
function byFileAndLine(one: Finding, other: Finding): number {
  const rank = ({ file }: Finding): string => (file === "lab.conf" ? "" : file);
  return rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : one.line - other.line;
}

function requiredText(path: string, files: LabFiles): string {
  const bytes = files.read(path);
  const text = bytes === undefined ? undefined : textOf(bytes);
  const hint = bytes === undefined ? "Name the folder of a Kathará lab." : "It isn't UTF-8.";
  if (text === undefined)
    assertNoProblems("the Kathará lab", [{ code: "no-text", path, expected: "a text file", hint }]);
  return text ?? "";
}

/** lab.dep: `MACHINE: MACHINE...`, the first started after the others. By name here. */
function readWaits(
  files: LabFiles,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): ReadonlyMap<string, readonly string[]> {
  const bytes = files.read("lab.dep");
  const waits = new Map<string, readonly string[]>([...names.values()].map((name) => [name, []]));
  for (const [index, raw] of (bytes === undefined ? "" : (textOf(bytes) ?? "")).split(/\r?\n/).entries()) {
    const text = raw.trim();
    if (text === "" || text.startsWith("#")) continue;
    const [, machine, others] = /^(\w+):\s*((?:\w+\s*)+)$/.exec(text) ?? [];
    const all = [machine ?? "", ...(others ?? "").trim().split(/\s+/)];
    if (machine === undefined || all.some((each) => !names.has(each))) {
      const hint = "The first machine starts after the others; all are in lab.conf.";
      findings.refuse({
        line: index + 1,
        place: "",
        code: "bad-line",
        found: text,
        expected: "MACHINE: MACHINE...",
        hint,
      });
    } else
      waits.set(
        names.get(machine) ?? "",
        all.slice(1).map((each) => names.get(each) ?? ""),
      );
  }
  const kept = acyclic(waits);
  if ([...waits].some(([name, after]) => after.length !== kept.get(name)?.length)) {
    const hint = "Take one of its lines out.";
    findings.refuse({ line: 1, place: "", code: "waits-for-itself", expected: "no circle", hint });
  }
  return kept;
}

/** Collision domains, in the order of their first mention. */
function segmentsOf(
  { machines }: Conf,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): Record<string, SegmentSpec> {
  const members = new Map<string, EndSpec[]>();
  for (const [original, { interfaces }] of machines) {
    const node = names.get(original) ?? "";
    const domains = new Set<string>();
    for (const [number, { domain, mac, line }] of [...interfaces].sort(([one], [other]) => one - other)) {
      if (domains.has(domain)) {
        const at = { line, place: `${original}[${number}]`, node, found: domain };
        findings.refuse({ ...at, code: "duplicate-member", expected: "each domain once", hint: "Kathará refuses it." });
        continue;
      }
      domains.add(domain);
      const end = { node, interface: `eth${number}`, ...(mac === undefined ? {} : { mac: mac.toLowerCase() }) };
      members.set(domain, [...(members.get(domain) ?? []), end]);
    }
  }
  const segmentNames = nodeNames(members.keys());
  return Object.fromEntries([...members].map(([domain, own]) => [segmentNames.get(domain) ?? "", { members: own }]));
}

/** Files of the lab that say something and aren't used. */
function noteRest(files: LabFiles, { machines }: Conf, findings: Findings): void {
  for (const path of files.list("") ?? []) {
    if (path.includes("/")) continue;
    const [, name, kind] = /^(.+)\.(startup|shutdown)$/.exec(path) ?? [];
    const at = { file: path, line: 1, place: "" };
    if (kind === "shutdown") {
      const hint = "Nothing runs on a node when its lab is taken down: all of it goes.";
      findings.note({ ...at, code: "left-out", expected: "nothing of it", hint });
    } else if (kind === "startup" && name !== undefined && name !== "shared" && !machines.has(name)) {
      const hint = "lab.conf has no machine of that name.";
      findings.note({ ...at, code: "left-out", expected: "nothing of it", hint });
    } else if (path === "lab.ext") {
      const hint = "It joins collision domains to the host's interfaces: nothing of a lab is.";
      findings.refuse({ ...at, code: "external", expected: "no way out of the lab", hint });
    }
  }
}

/** The lab's own names where they differ, so that they can be looked up. */
function hostNames(
  names: ReadonlyMap<string, string>,
  nodes: Readonly<Record<string, MachineSpec>>,
): { readonly names?: Readonly<Record<string, string>> } {
  const own = new Set(names.values());
  const others = [...names].filter(
    ([original, name]) => original !== name && Object.hasOwn(nodes, name) && isHostName(original) && !own.has(original),
  );
  return others.length === 0 ? {} : { names: Object.fromEntries(others) };
}
