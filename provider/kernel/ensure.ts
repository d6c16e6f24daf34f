/** Makes nodes, links and segments of a sandbox be as declared, many at a time. */
import { access, readFile, rm } from "node:fs/promises";
import { attachContainers } from "../container/attach.ts";
import { moveNodes } from "../container/move.ts";
import { order } from "../container/orders.ts";
import { birdCommand } from "../routers/bird-socket.ts";
import { inFolder, replaceFile } from "../sandbox/beneath.ts";
import { makeDirectory } from "../sandbox/files.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { runOnNode } from "../sandbox/commands.ts";
import { scriptInside } from "../sandbox/run.ts";
import type { Containers, DaemonInputs, NodeInputs } from "../schema.ts";
import { clockFile, clockText } from "./clock.ts";
import { declaredRules } from "./rules.ts";
import { waitFor } from "../wait.ts";
import {
  fileDifferences,
  namespaces,
  nodeDirectory,
  observeFile,
  observeFiles,
  observeNodes,
  isRunning,
  lostInterfaces,
  mountsFile,
  noteSysctls,
  procOf,
  sandboxNamespace,
  type Look,
  type ObservedNode,
} from "./observe.ts";
import { closedPorts } from "./ports.ts";
import { planEnsure, type EnsurePlan, type NodeTask } from "./plan.ts";
import { hereDocument } from "./shell.ts";
import type { Wiring } from "./wire.ts";

export type EnsureRequest =
  | { readonly kind: "node"; readonly inputs: NodeInputs; readonly restart: readonly string[] }
  | { readonly kind: "wiring"; readonly wiring: Wiring; readonly containers: Containers };

/**
 * Carries out the requests together. `isNew` says that nothing of these requests can be there yet, which saves the
 * look. Throws when a command fails; what was made until then stays.
 */
export async function ensureAll(holder: Holder, requests: readonly EnsureRequest[], isNew: boolean): Promise<void> {
  const nodes = requests.filter((request) => request.kind === "node");
  const wirings = requests.filter((request) => request.kind === "wiring").map((request) => request.wiring);
  const containers: Containers = Object.assign({}, ...requests.map(containersOf));
  const looks = looksFor(
    nodes.map((node) => node.inputs),
    wirings,
    true,
  );
  // Whichever comes first, a node or what it is wired to.
  const places = looks.map(({ node }) => node).filter((node) => node !== sandboxNamespace);
  if (!isNew) await moveNodes(holder, places, containers);
  await attachContainers(holder, containers);
  const existing = new Set(await namespaces(holder));
  // A container that is new to a sandbox may have run before.
  const observed =
    isNew && Object.keys(containers).length === 0 ? new Map<string, ObservedNode>() : await observeNodes(holder, looks);
  const changes = await Promise.all(nodes.map((node) => writeFiles(holder, node.inputs)));
  await noteSysctls(
    holder,
    nodes.flatMap((node) => Object.keys(node.inputs.sysctls)),
  );
  const tasks: NodeTask[] = [];
  const reloads: { inputs: NodeInputs; daemon: DaemonInputs }[] = [];
  for (const [index, { inputs, restart }] of nodes.entries()) {
    const found = observed.get(inputs.name);
    const files = found === undefined ? undefined : await observeFiles(holder, inputs);
    const changed = changes[index] ?? [];
    const start = new Set(restart);
    for (const daemon of inputs.daemons) {
      if (start.has(daemon.name) || found === undefined || files?.running.has(daemon.name) !== true) continue;
      const lost = lostInterfaces(daemon, found, files).length > 0;
      if (!lost && !daemon.reads.some((file) => changed.includes(file))) continue;
      const once = daemon.readOnce?.some((file) => changed.includes(file)) === true;
      if (lost || once || daemon.reload === undefined) start.add(daemon.name);
      else if (daemon.reload.kind === "itself") continue;
      else if (daemon.reload.kind === "command") {
        if (!(await reloadByCommand(holder, inputs.name, daemon.reload.command))) start.add(daemon.name);
      } else reloads.push({ inputs, daemon });
    }
    for (const { name, after } of inputs.daemons) {
      const before = inputs.daemons.find(({ socket }) => after !== undefined && socket === after);
      const anew = before !== undefined && (start.has(before.name) || files?.running.has(before.name) !== true);
      if (anew) start.add(name);
    }
    tasks.push({
      inputs,
      ...(found === undefined ? {} : { observed: found }),
      ...(files === undefined ? {} : { files }),
      start: [...start],
    });
  }
  const plan = planEnsure(existing, tasks, wirings, observed);
  await runPlan(holder, plan);
  await Promise.all([...plan.orders].map(([node, script]) => order(holder, node, script)));
  for (const { inputs, daemon } of reloads) await reload(holder, inputs, daemon);
  await Promise.all(
    tasks.flatMap(({ inputs }) => inputs.daemons.map((daemon) => waitForDaemon(holder, inputs, daemon))),
  );
}

function containersOf(request: EnsureRequest): Containers {
  if (request.kind === "wiring") return request.containers;
  const { name, container } = request.inputs;
  return container === undefined ? {} : { [name]: container };
}

/** What must be looked at to carry out, or to judge, these nodes and wirings. */
export function looksFor(nodes: readonly NodeInputs[], wirings: readonly Wiring[], rulesets = false): Look[] {
  const looks = new Map<string, Look>();
  for (const end of wirings.flatMap((wiring) => wiring.wires.flatMap((wire) => wire.ends))) {
    looks.set(end.namespace, { node: end.namespace, sysctls: [], ruleset: false });
  }
  for (const node of nodes) {
    looks.set(node.name, {
      node: node.name,
      sysctls: Object.keys(node.sysctls),
      ruleset: rulesets || declaredRules(node) !== "",
    });
  }
  return [...looks.values()];
}

async function runPlan(holder: Holder, plan: EnsurePlan): Promise<void> {
  if (plan.deletions.length + plan.batch.length + plan.jobs.size === 0) return;
  const batch =
    plan.batch.length === 0 ? [] : [hereDocument("ip -batch -", plan.batch.join("\n")), "[ $? = 0 ] || exit 1"];
  const jobs = [...plan.jobs].map(([node, job]) => {
    const script = `trap '[ $? = 0 ] || echo "@@failed ${node}"' EXIT\n${job}`;
    return hereDocument(`nsenter --net=/run/netns/${node} sh -e 2>/run/labwright/jobs/${node}`, script, " &");
  });
  const result = await scriptInside(holder, [...plan.deletions, ...batch, ...jobs, "wait"].join("\n"));
  if (result.exitCode !== 0) throw new Error(explain(result.stderr, plan.batch));
  const failed = [...result.stdout.matchAll(/^@@failed (\S+)$/gm)].map((match) => match[1] ?? "");
  if (failed.length === 0) return;
  const reports = await Promise.all(
    failed.map(async (node) => {
      const text = await readFile(insidePath(holder, `/run/labwright/jobs/${node}`), "utf8").catch(() => "");
      return `${node}: ${explain(text, ipLines(plan.jobs.get(node) ?? ""))}`;
    }),
  );
  throw new Error(reports.join("\n"));
}

/** The lines of a job's `ip -batch`, which its errors count from 1. */
function ipLines(job: string): string[] {
  const lines = job.split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("ip -batch")) + 1);
}

/** iproute2 says "RTNETLINK answers: X" and then "Command failed -:LINE": puts the line itself beside the reason. */
function explain(stderr: string, lines: readonly string[]): string {
  const line = /Command failed -:(\d+)/.exec(stderr)?.[1];
  const reason = stderr
    .replace(/Command failed -:\d+\n?/, "")
    .trim()
    .replaceAll("\n", "; ");
  return line === undefined
    ? reason || "a command failed and said nothing"
    : `\`ip ${lines[Number(line) - 1]}\`: ${reason}`;
}

/** Writes the files that differ and gives the names of those with another content: daemons needn't know of a mode. */
async function writeFiles(holder: Holder, inputs: NodeInputs): Promise<string[]> {
  const directory = insidePath(holder, nodeDirectory(inputs.name));
  await makeDirectory(holder, nodeDirectory(inputs.name));
  const changed: string[] = [];
  const mounts = Object.entries(inputs.mounts).map(([place, folder]) => `${folder} ${place}\n`);
  for (const folder of Object.values(inputs.mounts)) await inFolder(directory, folder, true, async () => {});
  if (mounts.length === 0) await rm(`${directory}/${mountsFile}`, { force: true });
  const { clock = 0 } = inputs;
  if (clock === 0) await rm(`${directory}/${clockFile}`, { force: true });
  for (const [name, content] of Object.entries({
    ...inputs.files,
    ...(mounts.length === 0 ? {} : { [mountsFile]: mounts.join("") }),
    ...(clock === 0 ? {} : { [clockFile]: `${clockText(clock)}\n` }),
  })) {
    const found = await observeFile(`${directory}/${name}`);
    if (fileDifferences(content, found).length === 0) continue;
    await replaceFile(directory, name, content);
    if (found?.content !== content) changed.push(name);
  }
  return changed;
}

/** False where the daemon must be restarted to have its new files. */
async function reloadByCommand(holder: Holder, node: string, command: readonly string[]): Promise<boolean> {
  return (await runOnNode(holder, node, command, { timeout: 120_000 })).exitCode === 0;
}

async function reload(holder: Holder, { name: node, container }: NodeInputs, daemon: DaemonInputs): Promise<void> {
  if (daemon.reload?.kind === "signal") {
    const line = `kill -${daemon.reload.signal} "$(cat ${nodeDirectory(node)}/${daemon.name}.pid)"`;
    if (container !== undefined) return order(holder, node, line);
    const { exitCode, stderr } = await scriptInside(holder, line);
    if (exitCode !== 0) throw new Error(`${node}: ${daemon.name} was not told of its new files: ${stderr.trim()}`);
    return;
  }
  const reply = await birdCommand(insidePath(holder, `${nodeDirectory(node)}/${daemon.socket ?? ""}`), "configure");
  if (!/Reconfigur(ed|ation)/.test(reply))
    throw new Error(`${node}: ${daemon.name} did not take its new configuration: ${reply}`);
}

/** Ready is when its socket is there and its ports are open; one that ends instead is an error with the end of its log. */
export async function waitForDaemon(
  holder: Holder,
  inputs: Pick<NodeInputs, "name" | "container">,
  daemon: DaemonInputs,
): Promise<void> {
  const node = inputs.name;
  const directory = insidePath(holder, nodeDirectory(node));
  const proc = procOf(holder, inputs);
  // Between fork and exec the process exists but is not yet the daemon.
  const hasEnded = async (): Promise<boolean> => {
    const pid = await pidOf(holder, node, daemon.name);
    return pid === "" || !(await isThere(`${proc}/${pid}`));
  };
  if (daemon.endsAtStart === true)
    return waitFor(`${daemon.name} on ${node}, which is to end at its start,`, 20_000, async () =>
      (await hasEnded()) ? undefined : "it runs",
    );
  await waitFor(`${daemon.name} on ${node}`, 20_000, async () => {
    if (await isRunning(holder, inputs, daemon)) {
      const socket = daemon.socket === undefined || (await isThere(`${directory}/${daemon.socket}`));
      if (!socket) return "it runs but does not take orders yet";
      const closed = await closedPorts(proc, await pidOf(holder, node, daemon.name), daemon.listens ?? []);
      if (closed.length === 0) return undefined;
      return `it runs but hasn't opened ${closed.map(({ protocol, port }) => `${protocol} port ${port}`).join(", ")}`;
    }
    if (await hasEnded()) {
      const log = await readFile(`${directory}/${daemon.name}.log`, "utf8").catch(() => "");
      throw new Error(
        `${node}: ${daemon.name} ended at once; the end of its log: ${log.trim().split("\n").slice(-3).join("; ")}`,
      );
    }
    return "it is starting";
  });
}

/** Where the node's processes are; empty where it was never started. */
async function pidOf(holder: Holder, node: string, daemon: string): Promise<string> {
  const text = await readFile(insidePath(holder, `${nodeDirectory(node)}/${daemon}.pid`), "utf8").catch(() => "");
  return text.trim();
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
