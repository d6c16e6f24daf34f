/**
 * What is really there: one look at any number of nodes costs one process a node. Text comes from iproute2's and
 * nftables' own listings; daemons and files are read through /proc.
 */
import { appendFile, readFile, readdir } from "node:fs/promises";
import type { NodeInputs } from "../schema.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { scriptInside } from "../sandbox/run.ts";
import { quote } from "./shell.ts";

export interface ObservedInterface {
  readonly name: string;
  readonly index: number;
  /** The index of a veth's other end, in that end's namespace. */
  readonly peerIndex?: number;
  readonly up: boolean;
  readonly mtu: number;
  /** With length; without the kernel's own IPv6 link-local ones. */
  readonly addresses: readonly string[];
  readonly routes: readonly ObservedRoute[];
  /** The bridge that it is a port of. */
  readonly bridge?: string;
  /** Kind of its root queueing discipline; noqueue when nobody set one. */
  readonly qdisc: string;
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

/** Which sysctls to read and whether to list rule sets: that costs a second process a node. */
export interface Look {
  readonly node: string;
  readonly sysctls: readonly string[];
  readonly ruleset: boolean;
}

/** The sandbox's own network namespace, where bridges are. */
export const sandboxNamespace = "";

/** Looks at several nodes; one that doesn't exist is missing from the answer. */
export async function observeNodes(holder: Holder, looks: readonly Look[]): Promise<Map<string, ObservedNode>> {
  const present = new Set(await namespaces(holder));
  const wanted = looks.filter((look) => look.node === sandboxNamespace || present.has(look.node));
  const parts = 4;
  const size = Math.max(1, Math.ceil(wanted.length / parts));
  const observed = new Map<string, ObservedNode>();
  const chunks = Array.from({ length: Math.ceil(wanted.length / size) }, (_, i) => wanted.slice(i * size, (i + 1) * size));
  await Promise.all(
    chunks.map(async (chunk) => {
      const result = await scriptInside(holder, chunk.map(lookScript).join("\n"));
      for (const section of result.stdout.split("@@node ").slice(1)) {
        const end = section.indexOf("\n");
        const look = chunk[Number(section.slice(0, end))];
        if (look !== undefined) observed.set(look.node, parseNode(section.slice(end + 1), look));
      }
    }),
  );
  return observed;
}

/** Names of the network namespaces in the sandbox, those of nodes among them. */
export async function namespaces(holder: Holder): Promise<string[]> {
  return readdir(insidePath(holder, "/run/netns")).catch(() => []);
}

function lookScript(look: Look, index: number): string {
  const enter = look.node === sandboxNamespace ? "sh" : `nsenter --net=/run/netns/${quote(look.node)} sh`;
  const sysctls = look.sysctls.map((name) => `read -r v </proc/sys/${name.replaceAll(".", "/")}; echo "@@sysctl ${name}=$v"`);
  const baseline = baselinePath(look.node);
  const ruleset = look.ruleset
    ? [`now=$(${listRuleset}); [ "$now" = "$(cat ${baseline} 2>/dev/null)" ] || echo @@ruleset`]
    : [];
  return [
    `echo "@@node ${index}"`,
    `${enter} <<'LOOK' 2>/dev/null`,
    `ip -d -j -batch - <<'IP'`,
    "addr show",
    "route show table all proto static",
    "route show table all proto boot",
    "IP",
    ...sysctls,
    ...ruleset,
    "LOOK",
  ].join("\n");
}

/** Lists a node's rule set without the tables of impairments, which are no part of it. */
export const listRuleset = "nft -s list ruleset | sed '/^table netdev labwright_/,/^}/d'";

/** What `nft -s list ruleset` said just after the declared rule set was loaded. */
export function baselinePath(node: string): string {
  return `/run/labwright/ruleset.${node}`;
}

interface AddressRow {
  ifname: string;
  ifindex: number;
  link_index?: number;
  flags: string[];
  mtu: number;
  master?: string;
  qdisc?: string;
  addr_info: { family: string; local?: string; prefixlen: number; scope: string }[];
}

interface RouteRow {
  type: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
}

function parseNode(text: string, look: Look): ObservedNode {
  const lines = text.split("\n");
  const json = lines.filter((line) => line.startsWith("["));
  const rows = JSON.parse(json[0] ?? "[]") as AddressRow[];
  const routes = [...(JSON.parse(json[1] ?? "[]") as RouteRow[]), ...(JSON.parse(json[2] ?? "[]") as RouteRow[])];
  const interfaces = new Map<string, ObservedInterface>();
  for (const row of rows) {
    interfaces.set(row.ifname, {
      name: row.ifname,
      index: row.ifindex,
      ...(row.link_index === undefined ? {} : { peerIndex: row.link_index }),
      up: row.flags.includes("UP"),
      mtu: row.mtu,
      addresses: row.addr_info
        .filter((info) => info.local !== undefined && info.scope !== "link" && info.scope !== "host")
        .map((info) => `${info.local}/${info.prefixlen}`),
      routes: routes.filter((route) => route.dev === row.ifname && route.type === "unicast").map(observedRoute),
      ...(row.master === undefined ? {} : { bridge: row.master }),
      qdisc: row.qdisc ?? "noqueue",
    });
  }
  const sysctls: Record<string, string> = {};
  for (const line of lines) {
    const match = /^@@sysctl ([^=]+)=(.*)$/.exec(line);
    if (match?.[1] !== undefined) sysctls[match[1]] = (match[2] ?? "").trim();
  }
  return {
    interfaces,
    deadRoutes: routes.filter((route) => ["blackhole", "unreachable", "prohibit"].includes(route.type)).map((route) => `${route.type} ${route.dst}`),
    sysctls,
    rulesetSeen: look.ruleset,
    rulesetChanged: look.ruleset && lines.includes("@@ruleset"),
  };
}

function observedRoute(row: RouteRow): ObservedRoute {
  const via = row.gateway ?? row.via?.host ?? "";
  if (row.dst !== "default") return { destination: row.dst.includes("/") ? row.dst : `${row.dst}/${row.dst.includes(":") ? 128 : 32}`, via };
  return { destination: via.includes(":") ? "::/0" : "0.0.0.0/0", via };
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

/** State of a node's daemons and files, which need no process to look at. */
export interface ObservedFiles {
  readonly files: Readonly<Record<string, string>>;
  /** The rule set that was loaded last; empty when none was. */
  readonly ruleset: string;
  /** Names of daemons that run. */
  readonly running: ReadonlySet<string>;
}

/** In the node's directory: the declared rule set, written once it is loaded. */
export const rulesetFile = "ruleset.nft";

export function nodeDirectory(node: string): string {
  return `/run/nodes/${node}`;
}

export async function observeFiles(holder: Holder, inputs: NodeInputs): Promise<ObservedFiles> {
  const directory = insidePath(holder, nodeDirectory(inputs.name));
  const files: Record<string, string> = {};
  for (const name of Object.keys(inputs.files)) {
    const content = await readFile(`${directory}/${name}`, "utf8").catch(() => undefined);
    if (content !== undefined) files[name] = content;
  }
  const running = new Set<string>();
  for (const daemon of inputs.daemons) {
    if (await isRunning(holder, inputs.name, daemon.name, daemon.command)) running.add(daemon.name);
  }
  const ruleset = await readFile(`${directory}/${rulesetFile}`, "utf8").catch(() => "");
  return { files, ruleset, running };
}

/** Compares the process that the pid file names with the declared command, so that a recycled pid doesn't count. */
export async function isRunning(holder: Holder, node: string, daemon: string, command: readonly string[]): Promise<boolean> {
  try {
    const pid = (await readFile(insidePath(holder, `${nodeDirectory(node)}/${daemon}.pid`), "utf8")).trim();
    const words = (await readFile(insidePath(holder, `/proc/${pid}/cmdline`), "utf8")).split("\0").slice(0, -1);
    return words.slice(-command.length).join("\0") === command.join("\0");
  } catch {
    return false;
  }
}
