/**
 * From what is declared and what is there to the fewest commands that make them equal. Pure: it only writes a
 * script. First one `ip -batch` for namespaces, veth pairs and bridges, then one job for each node, side by side.
 */
import type { NodeInputs } from "../schema.ts";
import { declaredRules } from "./rules.ts";
import {
  baselinePath,
  listRuleset,
  nodeDirectory,
  rulesetFile,
  sandboxNamespace,
  type ObservedFiles,
  type ObservedNode,
} from "./observe.ts";
import { endLine, startLines } from "./processes.ts";
import { hereDocument, quote } from "./shell.ts";
import {
  deleteLine,
  hardwareAddress,
  interfaceOf,
  isPaired,
  missingFrom,
  routeText,
  type Bridge,
  type Wire,
  type WireEnd,
  type Wiring,
} from "./wire.ts";

/** What to make of one node. Without `observed` the node is new. */
export interface NodeTask {
  readonly inputs: NodeInputs;
  readonly observed?: ObservedNode;
  readonly files?: ObservedFiles;
  /** Daemons to start, also when they run (then they are ended first). */
  readonly start: readonly string[];
}

export interface EnsurePlan {
  /** Shell lines that take away what is in the way; each may find it gone already. */
  readonly deletions: readonly string[];
  /** Lines for one `ip -batch` in the sandbox's own namespace. */
  readonly batch: readonly string[];
  /** By node: a shell script that runs in its namespace. */
  readonly jobs: ReadonlyMap<string, string>;
  /** By node that is a container: a shell script that runs in it, after the jobs. */
  readonly orders: ReadonlyMap<string, string>;
}

export function planEnsure(
  existing: ReadonlySet<string>,
  nodes: readonly NodeTask[],
  wirings: readonly Wiring[],
  observed: ReadonlyMap<string, ObservedNode>,
): EnsurePlan {
  const batch: string[] = [];
  const deletions: string[] = [];
  const jobs = new Map<string, Job>();
  const job = (namespace: string): Job => {
    const found = jobs.get(namespace);
    if (found !== undefined) return found;
    const made: Job = { setup: [], ip: [], rest: [], processes: [] };
    jobs.set(namespace, made);
    return made;
  };
  const wires = wirings.flatMap((wiring) => wiring.wires);
  const needed = new Set([
    ...nodes.map((task) => task.inputs.name),
    ...wires.flatMap((wire) => wire.ends.map((end) => end.namespace)),
  ]);
  needed.delete(sandboxNamespace);
  for (const namespace of needed) {
    if (existing.has(namespace)) continue;
    batch.push(`netns add ${namespace}`);
    job(namespace).ip.push("link set dev lo up");
  }
  for (const bridge of wirings.flatMap((wiring) => wiring.bridges)) planBridge(bridge, observed, batch);
  for (const wire of wires) planWire(wire, observed, { batch, deletions, job });
  for (const task of nodes) planNode(task, job(task.inputs.name));
  const containers = new Set(
    nodes.filter(({ inputs }) => inputs.container !== undefined).map(({ inputs }) => inputs.name),
  );
  const script = (namespace: string, { setup, ip, rest, processes }: Job): string =>
    [
      ...setup,
      ...(ip.length === 0 ? [] : [hereDocument("ip -batch -", ip.join("\n"))]),
      ...rest,
      ...(containers.has(namespace) ? [] : processes),
    ].join("\n");
  const scripts = [...jobs].map(([namespace, each]): [string, string] => [namespace, script(namespace, each)]);
  const orders = [...containers].map((node): [string, string] => [node, job(node).processes.join("\n")]);
  const some = ([, text]: [string, string]): boolean => text !== "";
  return { deletions, batch, jobs: new Map(scripts.filter(some)), orders: new Map(orders.filter(some)) };
}

interface Job {
  /** Shell lines before the interfaces come up. */
  readonly setup: string[];
  /** Lines of an `ip -batch`. */
  readonly ip: string[];
  /** Shell lines after it. */
  readonly rest: string[];
  /** Shell lines that end and start daemons: at the end, or in the node's container. */
  readonly processes: string[];
}

function planBridge(bridge: Bridge, observed: ReadonlyMap<string, ObservedNode>, batch: string[]): void {
  const found = observed.get(sandboxNamespace)?.interfaces.get(bridge.name);
  if (found === undefined) batch.push(`link add name ${bridge.name} mtu ${bridge.mtu} type bridge`);
  else if (found.multicast?.snooping !== true) batch.push(`link set dev ${bridge.name} type bridge mcast_snooping 1`);
  if ((found?.multicast?.querier ?? false) !== bridge.querier)
    batch.push(
      // The first waits are set before the querier is: it takes them up when it begins.
      ...(bridge.querier ? [`link set dev ${bridge.name} type bridge ${soonQueries}`] : []),
      `link set dev ${bridge.name} type bridge mcast_querier ${bridge.querier ? 1 : 0}`,
    );
  if (found?.up !== true) batch.push(`link set dev ${bridge.name} up`);
}

/** Three queries a second apart, answered within a second (units of 10 ms), not 31 s and 10 s: members are known soon. */
const soonQueries = "mcast_startup_query_count 3 mcast_startup_query_interval 100 mcast_query_response_interval 100";

interface Sink {
  readonly batch: string[];
  readonly deletions: string[];
  readonly job: (namespace: string) => Job;
}

function planWire(wire: Wire, observed: ReadonlyMap<string, ObservedNode>, { batch, deletions, job }: Sink): void {
  const paired = isPaired(wire, observed);
  if (!paired) {
    for (const end of wire.ends) if (interfaceOf(end, observed) !== undefined) deletions.push(deleteLine(end));
    const [a, b] = wire.ends;
    batch.push(`link add name ${createWords(a, wire.mtu)} type veth peer name ${createWords(b, wire.mtu)}`);
  }
  for (const end of wire.ends) {
    if (end.foreign === true || (end.own === true && paired && hasAddresses(end, observed))) continue;
    const found = paired ? interfaceOf(end, observed) : undefined;
    const lines: string[] = [];
    for (const address of end.own === true ? [] : missingFrom(end.addresses, found?.addresses ?? []))
      lines.push(`addr del ${address} dev ${end.interface}`);
    for (const address of missingFrom(found?.addresses ?? [], end.addresses))
      lines.push(`addr add ${address} dev ${end.interface}${noDad(address)}`);
    if (found !== undefined && end.mac !== undefined && end.mac !== found.mac)
      lines.push(`link set dev ${end.interface} address ${end.mac}`);
    if (found !== undefined && found.mtu !== wire.mtu) lines.push(`link set dev ${end.interface} mtu ${wire.mtu}`);
    if (found?.up !== true) lines.push(`link set dev ${end.interface} up`);
    // Setting an interface down or taking its address away drops its routes, so they are all looked at again.
    const kept = found?.up === true && lines.length === 0 ? found.routes.map(routeText) : [];
    for (const route of end.own === true ? [] : (found?.routes ?? [])) {
      if (!end.routes.some((wanted) => routeText(wanted) === routeText(route)))
        lines.push(`route del ${routeText(route)} dev ${end.interface}`);
    }
    for (const route of end.routes) {
      if (!kept.includes(routeText(route)))
        lines.push(`route replace ${routeText(route)} dev ${end.interface} proto static`);
    }
    if (end.namespace === sandboxNamespace) {
      if (found?.bridge !== end.bridge && end.bridge !== undefined)
        lines.unshift(`link set dev ${end.interface} master ${end.bridge}`);
      batch.push(...lines);
    } else if (lines.length > 0) {
      job(end.namespace).ip.push(...lines);
    }
  }
}

function hasAddresses(end: WireEnd, observed: ReadonlyMap<string, ObservedNode>): boolean {
  return missingFrom(interfaceOf(end, observed)?.addresses ?? [], end.addresses).length === 0;
}

function createWords(end: WireEnd, mtu: number): string {
  const namespace = end.namespace === sandboxNamespace ? "" : ` netns ${end.namespace}`;
  const mac = end.mac ?? (end.namespace === sandboxNamespace ? undefined : hardwareAddress(end));
  return `${end.interface}${mac === undefined ? "" : ` address ${mac}`}${namespace} mtu ${end.foreign === true ? 65_535 : mtu}`;
}

function noDad(address: string): string {
  return address.includes(":") ? " nodad" : "";
}

function planNode(task: NodeTask, job: Job): void {
  const { inputs, observed, files } = task;
  for (const [name, value] of Object.entries(inputs.sysctls)) {
    if (observed?.sysctls[name] !== value) job.setup.push(...sysctlLines(name, value));
  }
  const loopback = observed?.interfaces.get("lo");
  if (observed !== undefined && loopback?.up !== true) job.ip.push("link set dev lo up");
  for (const address of missingFrom(inputs.loopbacks, loopback?.addresses ?? []))
    job.ip.push(`addr del ${address} dev lo`);
  for (const address of missingFrom(loopback?.addresses ?? [], inputs.loopbacks))
    job.ip.push(`addr add ${address} dev lo${noDad(address)}`);
  for (const route of observed?.deadRoutes ?? []) job.ip.push(`route del ${route}`);
  const changed = observed?.rulesetChanged === true && inputs.ownRules !== true;
  if (changed || declaredRules(inputs) !== (files?.ruleset ?? "")) job.rest.push(...rulesetLines(inputs));
  for (const name of files?.undeclared ?? []) job.processes.push(endLine(inputs, name));
  // Another routing daemon would take those that this one left in the kernel for somebody else's.
  if (files?.undeclared.some((name) => name === "bird" || name === "zebra") === true)
    job.processes.push(
      "for protocol in bird bgp ospf 196; do ip route flush proto $protocol; ip -6 route flush proto $protocol; done",
    );
  for (const daemon of inputs.daemons) {
    const running = files?.running.has(daemon.name) === true;
    if (running && !task.start.includes(daemon.name)) continue;
    job.processes.push(...startLines(inputs, daemon, observed !== undefined));
  }
}

/** A `conf.default` only holds for interfaces to come, so those that are there already get it as well. */
function sysctlLines(name: string, value: string): string[] {
  const path = `/proc/sys/${name.replaceAll(".", "/")}`;
  const every = path.replace("/conf/default/", "/conf/*/");
  return every === path
    ? [`echo ${quote(value)} >${path}`]
    : [`for file in ${every}; do echo ${quote(value)} >"$file"; done`];
}

/** Loads the rule set in one transaction and keeps what nftables then lists, to compare with later. */
function rulesetLines(inputs: NodeInputs): string[] {
  const { name, ruleset, iptables, ip6tables } = inputs;
  const rules = declaredRules(inputs);
  const declared = `${nodeDirectory(name)}/${rulesetFile}`;
  const flush = "nft list tables | sed -n '/ netdev labwright_/d; s/^table/delete table/p'";
  if (rules === "") return [`${flush} | nft -f -`, `rm -f ${baselinePath(name)} ${declared}`];
  return [
    // On one line with the flush, so that nftables' errors have the line numbers of the declared text.
    `{ ${flush} | tr '\\n' ';'; printf '%s\\n' ${quote(ruleset)}; } | nft -f -`,
    ...[
      { command: "iptables-nft-restore", text: iptables },
      { command: "ip6tables-nft-restore", text: ip6tables },
    ]
      .filter(({ text }) => text !== "")
      .map(({ command, text }) => `printf '%s\\n' ${quote(text)} | ${command}`),
    `${listRuleset} >${baselinePath(name)}`,
    // Not through a link that a container has put there.
    `rm -f ${declared}`,
    // No new line at the end that the declaration hasn't: the two are compared.
    `(set -C; printf %s ${quote(rules)} >${declared})`,
  ];
}
