/** Bind mounts: files of the lab's folder that a node has. */
import { textOf, type Findings, type LabFiles } from "../lab/lab.ts";
import type { NodeDefinition, Text } from "./inherit.ts";

/** Folders that the system's own are seen in; a bind from one to the same place changes nothing. */
const systemFolders = /^\/(usr|lib|lib64|bin|sbin|opt|etc)(\/|$)/;

/** Larger ones belong in no declaration. Bytes. */
const largest = 1 << 20;

interface Place {
  readonly node: string;
  readonly labName: string;
}

/** By absolute path on the node. Of two binds to one place the more special one holds. */
export function readBinds(
  definition: NodeDefinition,
  place: Place,
  files: LabFiles,
  findings: Findings,
): Readonly<Record<string, string>> {
  const byTarget = new Map<string, { source: string; bind: Text }>();
  for (const bind of definition.list("binds")) {
    const [source = "", target = "", ...options] = expandMagic(bind.text, definition.name, place.labName).split(":");
    if (target === "" || options.length > 1)
      refuse(bind, "bad-bind", "SOURCE:TARGET or SOURCE:TARGET:OPTIONS", "Correct it.");
    else byTarget.set(target.replace(/\/+$/, "") || "/", { source, bind });
  }
  const all: Record<string, string> = {};
  for (const [target, { source, bind }] of byTarget) {
    if (source.replace(/\/+$/, "") === target && systemFolders.test(target)) continue;
    const path = normalized(source);
    if (/^[/~]/.test(source) || /^\.\.(\/|$)/.test(path) || /(^|\/)clab-[^/]*(\/|$)/.test(source)) {
      refuse(bind, "outside-the-lab", "a file in the lab's folder", reasonOutside(source));
      continue;
    }
    if (!/^\/[^/]/.test(target) || /^\/(proc|sys|dev|run)(\/|$)|(^|\/)\.\.?(\/|$)/.test(target)) {
      refuse(bind, "bad-target", "an absolute path outside /proc, /sys, /dev and /run", "The node's own are there.");
      continue;
    }
    const below = files.list(path);
    const single = below === undefined ? files.read(path) : undefined;
    if (below === undefined && single === undefined) {
      const hint = "It isn't there. Bring it along, or leave the bind out.";
      refuse(bind, "missing-file", "a file or folder beside the topology file", hint);
      continue;
    }
    for (const name of below ?? [""]) {
      const bytes = name === "" ? single : files.read(`${path}/${name}`);
      const text = bytes === undefined || bytes.length > largest ? undefined : textOf(bytes);
      if (text !== undefined) all[name === "" ? target : `${target}/${name}`] = text;
      else {
        const hint = `${name === "" ? path : `${path}/${name}`} can't be in a declaration.`;
        refuse(bind, "no-text", "text files of at most 1 MiB", hint);
      }
    }
  }
  return all;

  function refuse({ text, line }: Text, code: string, expected: string, hint: string): void {
    findings.refuse({ line, place: "", node: place.node, code, found: text, expected, hint });
  }
}

function reasonOutside(source: string): string {
  if (/docker\.sock/.test(source)) return "No node of a lab may have the host's container daemon.";
  if (/(^|\/)clab-[^/]*(\/|$)/.test(source)) return "containerlab makes it when it deploys a lab.";
  return "A lab is the same on every machine: put the file into its folder and bind it from there.";
}

/** Without `./` and `..` in the middle. */
export function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** containerlab's names for what it knows when it deploys. */
export function expandMagic(text: string, node: string, lab: string): string {
  return text
    .replaceAll("__clabNodeName__", node)
    .replaceAll("__clabLabName__", `clab-${lab}`)
    .replaceAll("__clabNodeDir__", `clab-${lab}/${node}`)
    .replaceAll("__clabDir__", `clab-${lab}`);
}
