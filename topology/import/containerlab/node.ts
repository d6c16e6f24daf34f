/** One node of a topology file as a machine. */
import type { MachineSpec } from "../../spec.ts";
import { nearest } from "../../validation/report.ts";
import { useOfImage } from "../lab/images.ts";
import { textOf, type Findings, type LabFiles } from "../lab/lab.ts";
import { commandLine, literalCommand, splitWords } from "../lab/words.ts";
import { expandMagic, normalized, readBinds } from "./binds.ts";
import type { NodeDefinition, Text } from "./inherit.ts";
import { knownProperties, useOf } from "./properties.ts";
import { readStages } from "./stages.ts";

export interface NodeContext {
  /** As the file calls the lab. */
  readonly lab: string;
  /** By the file's name for each node, the name here. */
  readonly names: ReadonlyMap<string, string>;
  readonly files: LabFiles;
  readonly findings: Findings;
}

/** Commands that only keep a container running. */
const keepAlive = /^((\/usr)?\/bin\/)?((ba|a|da)?sh|cat|top|sleep [\w.]+|tail -f \/dev\/null)$/;

export function readMachine(definition: NodeDefinition, context: NodeContext): MachineSpec {
  const { findings, files } = context;
  const node = context.names.get(definition.name) ?? "";
  noteProperties(definition, node, findings);
  const image = definition.text("image");
  const binds = readBinds(definition, { node, labName: context.lab }, files, findings);
  const stages = readStages(definition, context);
  const setup = [
    ...startOf(definition, node, image, context),
    ...commandsOf(definition, node, context),
    ...stages.commands,
  ];
  const environment = environmentOf(definition, node, context);
  const sysctls = sysctlsOf(definition, node, findings);
  return {
    kind: "machine",
    ...(image === undefined ? {} : { image: image.text }),
    forwarding: true,
    ...(stages.after.length === 0 ? {} : { after: stages.after }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(Object.keys(sysctls).length === 0 ? {} : { sysctls }),
    ...(Object.keys(binds).length === 0 ? {} : { files: binds }),
    ...(setup.length === 0 ? {} : { setup }),
  };
}

function noteProperties(definition: NodeDefinition, node: string, findings: Findings): void {
  for (const [property, line] of definition.properties()) {
    const use = useOf(property);
    const at = { line, place: property, node };
    if (use.kind === "left-out")
      findings.note({ ...at, code: "left-out", expected: "nothing of it", hint: use.reason });
    if (use.kind === "unknown") {
      const near = nearest(property, knownProperties);
      const hint = near === undefined ? "containerlab has no such property." : `Did you mean ${near}?`;
      findings.refuse({ ...at, code: "unknown-property", found: property, expected: "a property of nodes", hint });
    }
  }
  for (const property of ["devices", "volumes", "tmpfs"]) {
    const value = definition.value(property);
    if (value === undefined) continue;
    const hint =
      property === "devices"
        ? "Nodes have /dev/net/tun and what every program needs, no device of the host."
        : "A node's file system lasts as long as the lab is up.";
    findings.note({ line: value.line, place: property, node, code: "left-out", expected: "nothing of it", hint });
  }
}

/** What the container's own program does: its image's, or its command's. It runs beside what follows. */
function startOf(
  definition: NodeDefinition,
  node: string,
  image: Text | undefined,
  { findings, lab }: NodeContext,
): string[] {
  const entrypoint = definition.text("entrypoint");
  const command = definition.text("cmd");
  const own = [entrypoint, command].flatMap((text) => (text === undefined ? [] : [text]));
  if (own.length === 0) {
    const use = useOfImage(image?.text ?? "");
    switch (use.kind) {
      case "daemon":
        return [`service ${use.service} start`];
      case "foreign":
        findings.refuse({
          line: image?.line ?? definition.line,
          place: "image",
          node,
          code: "foreign-image",
          ...(image === undefined ? {} : { found: image.text }),
          expected: "an image whose programs are packages of the system",
          hint: use.reason,
        });
        return [];
      case "system":
        return [];
    }
  }
  const words = own.map(({ text }) => splitWords(expandMagic(text, definition.name, lab)));
  if (words.some((each) => each === undefined)) {
    const at = own[words.indexOf(undefined)];
    const hint = "A quotation mark isn't closed.";
    findings.refuse({ line: at?.line ?? 1, place: "cmd", node, code: "bad-command", expected: "a command", hint });
    return [];
  }
  const all = words.flatMap((each) => each ?? []);
  const inner = /sh$/.test(all[0] ?? "") && all[1] === "-c" ? (all[2] ?? "") : undefined;
  if (keepAlive.test(all.join(" ")) || (inner !== undefined && keepAlive.test(inner.trim()))) return [];
  return [`${commandLine(all)} >/var/log/cmd.log 2>&1 &`];
}

/** containerlab runs them without a shell. */
function commandsOf(definition: NodeDefinition, node: string, { findings, lab }: NodeContext): string[] {
  return definition.list("exec").flatMap(({ text, line }) => {
    const command = literalCommand(expandMagic(text, definition.name, lab));
    if (command !== undefined) return [command];
    const hint = "A quotation mark isn't closed, or nothing is there.";
    findings.refuse({ line, place: "exec", node, code: "bad-command", found: text, expected: "a command", hint });
    return [];
  });
}

function environmentOf(
  definition: NodeDefinition,
  node: string,
  { findings, files }: NodeContext,
): Record<string, string> {
  const environment: Record<string, string> = {};
  const set = (name: string, text: string, line: number): void => {
    if (/^[A-Za-z_]\w*$/.test(name) && name !== "__IMPORT_ENVS") environment[name] = text;
    else {
      const hint =
        name === "__IMPORT_ENVS"
          ? "A lab is the same for everybody: name the variables that it needs."
          : "Letters, digits and underscores make up a name.";
      findings.refuse({ line, place: "env", node, code: "bad-variable", found: name, expected: "a name", hint });
    }
  };
  for (const { text: path, line } of definition.list("env-files")) {
    const bytes = /^[/~]/.test(path) ? undefined : files.read(normalized(path));
    const text = bytes === undefined ? undefined : textOf(bytes);
    if (text === undefined) {
      const expected = "a text file beside the topology file";
      const hint = "Bring it along, or leave it out.";
      findings.refuse({ line, place: "env-files", node, code: "missing-file", found: path, expected, hint });
      continue;
    }
    for (const each of text.split(/\r?\n/)) {
      const [, name, value] = /^\s*(?:export\s+)?([^#=\s][^=]*)=(.*)$/.exec(each) ?? [];
      if (name !== undefined) set(name.trim(), (value ?? "").trim().replace(/^(["'])(.*)\1$/, "$2"), line);
    }
  }
  for (const [name, { text, line }] of definition.map("env")) set(name, text, line);
  return environment;
}

function sysctlsOf(definition: NodeDefinition, node: string, findings: Findings): Record<string, string> {
  return Object.fromEntries(
    [...definition.map("sysctls")].flatMap(([name, { text, line }]): [string, string][] => {
      const dotted = name.replaceAll("/", ".");
      if (/^net(\.[\w-]+)+$/.test(dotted)) return [[dotted, text]];
      const hint = "The kernel has one such setting for the host and all nodes.";
      findings.note({ line, place: `sysctls.${name}`, node, code: "left-out", expected: "nothing of it", hint });
      return [];
    }),
  );
}
