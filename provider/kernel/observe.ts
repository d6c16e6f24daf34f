/** What is really there: namespaces by one run of observe.py, daemons and files through /proc. */
import { appendFile, lstat, readFile, readdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DaemonInputs, NodeInputs } from "../schema.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { runInside } from "../sandbox/run.ts";
import { attachmentOf, attachments } from "../container/attachments.ts";
import { programPlace, shownBy } from "./programs.ts";

export interface ObservedInterface {
  readonly name: string;
  readonly index: number;
  /** The index of a veth's other end, in that end's namespace. */
  readonly peerIndex?: number;
  readonly up: boolean;
  /** False while the other end is down, or the delay relay doesn't hold it. */
  readonly carrier: boolean;
  /** Ethernet address; empty for what has none. */
  readonly mac: string;
  readonly mtu: number;
  /** With length; without the kernel's own IPv6 link-local ones. */
  readonly addresses: readonly string[];
  readonly routes: readonly ObservedRoute[];
  /** The bridge that it is a port of. */
  readonly bridge?: string;
  /** Kind of its root queueing discipline; noqueue when nobody set one. */
  readonly qdisc: string;
  /** Of a bridge. */
  readonly multicast?: { readonly snooping: boolean; readonly querier: boolean };
}

export interface ObservedRoute {
  readonly destination: string;
  readonly via: string;
}

export interface ObservedNode {
  readonly interfaces: ReadonlyMap<string, ObservedInterface>;
  /** Routes that somebody set and that lead nowhere: blackhole, unreachable, prohibit. */
  readonly deadRoutes: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** True when the rule set differs from what it was when it was loaded (empty when none was declared). */
  readonly rulesetChanged: boolean;
  /** False when the rule set wasn't looked at. */
  readonly rulesetSeen: boolean;
}

/** Which sysctls to read and whether to list the rule set: that costs a process a node. */
export interface Look {
  readonly node: string;
  readonly sysctls: readonly string[];
  readonly ruleset: boolean;
}

/** The sandbox's own network namespace, where bridges are. */
export const sandboxNamespace = "";

/** Looks at several nodes; one that doesn't exist, or whose container has ended, is missing from the answer. */
export async function observeNodes(holder: Holder, looks: readonly Look[]): Promise<Map<string, ObservedNode>> {
  const plugged = await attachments(holder);
  const result = await runInside(holder, [python, "-I", "-S", observer], {
    stdin: JSON.stringify(looks.filter(({ node }) => !plugged.has(node) || plugged.get(node) !== undefined)),
    timeout: 120_000,
  });
  if (result.exitCode !== 0)
    throw new Error(`The lab's namespaces could not be looked at: ${result.stderr.trim().split("\n").at(-1)}`);
  const seen = JSON.parse(result.stdout) as Record<string, SeenNode>;
  const observed = new Map<string, ObservedNode>();
  for (const [node, found] of Object.entries(seen)) {
    observed.set(
      node,
      observedNode(found, await readFile(insidePath(holder, baselinePath(node)), "utf8").catch(() => "")),
    );
  }
  return observed;
}

/** The system's own where there is one: a version manager's shim on PATH starts in ten times the time. */
const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const observer = fileURLToPath(new URL("./observe.py", import.meta.url));

/** What observe.py prints of a node. */
interface SeenNode {
  readonly interfaces: readonly {
    readonly name: string;
    readonly index: number;
    readonly peerIndex: number | null;
    readonly up: boolean;
    readonly carrier: boolean;
    readonly mac: string;
    readonly mtu: number;
    /** Index of its bridge. */
    readonly master: number | null;
    readonly qdisc: string;
    /** Null for what is no bridge. */
    readonly multicast: { readonly snooping: boolean; readonly querier: boolean } | null;
    readonly addresses: readonly string[];
    readonly routes: readonly ObservedRoute[];
  }[];
  readonly deadRoutes: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** `nft -s list ruleset`; null when it wasn't asked for. */
  readonly ruleset: string | null;
}

function observedNode(seen: SeenNode, baseline: string): ObservedNode {
  const names = new Map(seen.interfaces.map((one) => [one.index, one.name]));
  const interfaces = seen.interfaces.map(({ master, peerIndex, multicast, ...one }): ObservedInterface => {
    const bridge = master === null ? undefined : names.get(master);
    return {
      ...one,
      ...(peerIndex === null ? {} : { peerIndex }),
      ...(bridge === undefined ? {} : { bridge }),
      ...(multicast === null ? {} : { multicast }),
    };
  });
  return {
    interfaces: new Map(interfaces.map((one) => [one.name, one])),
    deadRoutes: seen.deadRoutes,
    sysctls: seen.sysctls,
    rulesetSeen: seen.ruleset !== null,
    rulesetChanged: seen.ruleset !== null && seen.ruleset.trim() !== baseline.trim(),
  };
}

/** Names of the network namespaces in the sandbox, those of nodes among them; not of containers that have ended. */
export async function namespaces(holder: Holder): Promise<string[]> {
  const names = await readdir(insidePath(holder, "/run/netns")).catch(() => []);
  const plugged = await attachments(holder);
  return names.filter((name) => !plugged.has(name) || plugged.get(name) !== undefined);
}

/** Lists a node's rule set without the tables of impairments, which are no part of it. */
export const listRuleset = "nft -s list ruleset | sed '/^table netdev labwright_/,/^}/d'";

/** What `nft -s list ruleset` said just after the declared rule set was loaded. */
export function baselinePath(node: string): string {
  return `/run/labwright/ruleset.${node}`;
}

const sysctlList = "/run/labwright/sysctls";

/** Names of the sysctls that some node of the sandbox declares. */
export async function knownSysctls(holder: Holder): Promise<string[]> {
  const text = await readFile(insidePath(holder, sysctlList), "utf8").catch(() => "");
  return text.split("\n").filter((name) => name !== "");
}

/** Adds names to that list. */
export async function noteSysctls(holder: Holder, names: readonly string[]): Promise<void> {
  const known = new Set(await knownSysctls(holder));
  const added = [...new Set(names)].filter((name) => !known.has(name));
  if (added.length > 0) await appendFile(insidePath(holder, sysctlList), `${added.join("\n")}\n`);
}

/** Nodes that had a rule set loaded. */
export async function nodesWithRuleset(holder: Holder): Promise<Set<string>> {
  const files = await readdir(insidePath(holder, "/run/labwright")).catch(() => []);
  return new Set(files.filter((file) => file.startsWith("ruleset.")).map((file) => file.slice("ruleset.".length)));
}

export interface ObservedFile {
  readonly content: string;
  /** Permissions alone; of a symbolic link its own. */
  readonly mode: number;
  /** User id, as the host has it. */
  readonly owner: number;
}

/** State of a node's daemons and files, which need no process to look at. */
export interface ObservedFiles {
  readonly files: Readonly<Record<string, ObservedFile>>;
  /** The rule set that was loaded last; empty when none was. */
  readonly ruleset: string;
  /** Names of daemons that run. */
  readonly running: ReadonlySet<string>;
  /** Daemons that run and were declared once. */
  readonly undeclared: readonly string[];
  /** By daemon: indices, by name, of the interfaces that it took hold of at its start. */
  readonly holds: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Interfaces that a daemon needs and that aren't there, or not those that it took hold of at its start. */
export function lostInterfaces(daemon: DaemonInputs, observed: ObservedNode, { holds }: ObservedFiles): string[] {
  const held = holds.get(daemon.name);
  return (daemon.interfaces ?? []).filter((name) => {
    const index = observed.interfaces.get(name)?.index;
    return index === undefined || index !== held?.get(name);
  });
}

/** In the node's directory: where its folders are to be found, for `enter` (sandbox/init.sh). */
export const mountsFile = ".mounts";

/** In the node's directory: the declared rules, written once they are loaded. */
export const rulesetFile = "ruleset.nft";

export function nodeDirectory(node: string): string {
  return `/run/nodes/${node}`;
}

export async function observeFiles(holder: Holder, inputs: NodeInputs): Promise<ObservedFiles> {
  const directory = insidePath(holder, nodeDirectory(inputs.name));
  const files: Record<string, ObservedFile> = {};
  for (const name of Object.keys(inputs.files)) {
    const found = await observeFile(`${directory}/${name}`);
    if (found !== undefined) files[name] = found;
  }
  const running = new Set<string>();
  const holds = new Map<string, ReadonlyMap<string, number>>();
  for (const daemon of inputs.daemons) {
    if (await isRunning(holder, inputs, daemon)) running.add(daemon.name);
    if (daemon.interfaces === undefined) continue;
    const text = await readFile(`${directory}/${daemon.name}.interfaces`, "utf8").catch(() => "");
    holds.set(
      daemon.name,
      new Map([...text.matchAll(/^(\d+) (\S+)$/gm)].map(([, index, name]) => [name ?? "", Number(index)])),
    );
  }
  const ruleset = await readFile(`${directory}/${rulesetFile}`, "utf8").catch(() => "");
  return { files, ruleset, running, holds, undeclared: await undeclaredDaemons(holder, inputs) };
}

/** Undefined where there is none. */
export async function observeFile(path: string): Promise<ObservedFile | undefined> {
  try {
    const [content, { mode, uid: owner }] = await Promise.all([readFile(path, "utf8"), lstat(path)]);
    return { content, mode: mode & 0o7777, owner };
  } catch {
    return undefined;
  }
}

/** What a file isn't as `replaceFile` (sandbox/beneath.ts) writes it; empty where it is. */
export function fileDifferences(declared: string, found: ObservedFile | undefined): string[] {
  if (found === undefined) return ["missing"];
  const { content, mode, owner } = found;
  const own = process.getuid?.();
  return [
    ...(content === declared ? [] : ["edited"]),
    ...(mode === 0o600 ? [] : [`mode is ${mode.toString(8)}, declared 600`]),
    ...(owner === own ? [] : [`owner is user ${owner}, declared ${own}`]),
  ];
}

/** Each daemon that was ever started has a file with its process id, by its name. */
async function undeclaredDaemons(holder: Holder, { name, daemons }: NodeInputs): Promise<string[]> {
  const directory = insidePath(holder, nodeDirectory(name));
  const started = (await readdir(directory).catch(() => [])).flatMap((file) => /^(.+)\.pid$/.exec(file)?.[1] ?? []);
  return started.filter((each) => !daemons.some((daemon) => daemon.name === each));
}

/**
 * Compares the process that the pid file names with the declared command, so that a recycled pid doesn't count. One that
 * a signal has stopped doesn't run.
 */
export async function isRunning(
  holder: Holder,
  node: Pick<NodeInputs, "name" | "container">,
  { name, command }: Pick<DaemonInputs, "name" | "command">,
): Promise<boolean> {
  try {
    const proc = procOf(holder, node);
    const pid = (await readFile(insidePath(holder, `${nodeDirectory(node.name)}/${name}.pid`), "utf8")).trim();
    const line = (await readFile(`${proc}/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trimEnd();
    const state = await readFile(`${proc}/${pid}/stat`, "utf8");
    // The last word of some is empty.
    const shown = shownBy(command, programPlace(node)).join(" ").trimEnd();
    // One that gives itself a title, such as `nginx: master process nginx -c FILE`, has its words in one there.
    return !/^\d+ \(.*\) T /s.test(state) && ` ${line}`.endsWith(` ${shown}`);
  } catch {
    return false;
  }
}

/** The proc file system that has a node's processes, as the host sees it. Throws where its container has ended. */
export function procOf(holder: Holder, { name, container }: Pick<NodeInputs, "name" | "container">): string {
  if (container === undefined) return insidePath(holder, "/proc");
  const attachment = attachmentOf(holder, name);
  if (attachment === undefined) throw new Error(`${name}: its container has ended. Run \`up\` again: it starts it.`);
  return `/proc/${attachment.pid}/root/proc`;
}
