/** What became of a machine since it was set up. */
import { createHash } from "node:crypto";
import { readFile, readdir, readlink, writeFile } from "node:fs/promises";
import { baselinePath, isRunning, nodeDirectory, observeNodes, type ObservedNode } from "../kernel/observe.ts";
import { missingFrom, routeText } from "../kernel/wire.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { runInside } from "../sandbox/run.ts";
import type { MachineInputs } from "../schema.ts";

/** What its set-up left: what of this is missing later, somebody took away. */
export interface Baseline {
  readonly interfaces: Readonly<Record<string, BaselineInterface>>;
  /** Digests of its declared files, which its set-up may have edited. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the processes of daemons that its set-up started. */
  readonly started: readonly string[];
}

interface BaselineInterface {
  readonly up: boolean;
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
}

export function machineRoot(name: string): string {
  return `/run/machines/${name}/root`;
}

/** Notes what the set-up left, to compare with later. */
export async function noteBaseline(holder: Holder, inputs: MachineInputs): Promise<void> {
  const { name } = inputs;
  const found = (await observeNodes(holder, [{ node: name, sysctls: [], ruleset: true }])).get(name);
  const interfaces = [...(found?.interfaces.values() ?? [])].map((one): [string, BaselineInterface] => [
    one.name,
    { up: one.up, addresses: one.addresses, routes: one.routes.map(routeText) },
  ]);
  const started = await linesOf(holder, `${nodeDirectory(name)}/started`);
  const files = Object.fromEntries(await digestsOf(holder, inputs));
  const baseline: Baseline = { interfaces: Object.fromEntries(interfaces), files, started };
  await writeFile(insidePath(holder, baselineFile(name)), JSON.stringify(baseline));
  const { stdout } = await runInside(holder, ["nsenter", `--net=/run/netns/${name}`, "nft", "-s", "list", "ruleset"]);
  if (stdout.trim() !== "") await writeFile(insidePath(holder, baselinePath(name)), stdout);
}

function baselineFile(name: string): string {
  return `/run/machines/${name}/baseline.json`;
}

/** What it was made of; undefined where it wasn't made, or not to the end. */
export async function declaredBefore(holder: Holder, name: string): Promise<string | undefined> {
  return readFile(insidePath(holder, declarationFile(name)), "utf8").catch(() => undefined);
}

export function declarationFile(name: string): string {
  return `/run/machines/${name}/declaration.json`;
}

/** For people; empty where nothing differs. */
export async function machineDifferences(
  holder: Holder,
  inputs: MachineInputs,
  observed: ObservedNode,
): Promise<string[]> {
  const text = await readFile(insidePath(holder, baselineFile(inputs.name)), "utf8").catch(() => undefined);
  if (text === undefined || (await declaredBefore(holder, inputs.name)) !== declarationOf(inputs))
    return ["not set up as declared"];
  const digests = await digestsOf(holder, inputs);
  const daemons: string[] = [];
  for (const daemon of inputs.daemons)
    if (!(await isRunning(holder, { name: inputs.name }, daemon))) daemons.push(`daemon ${daemon.name}: not running`);
  const baseline = JSON.parse(text) as Baseline;
  const files = Object.entries(baseline.files).flatMap(([path, digest]) => {
    const found = digests.get(path);
    if (found === digest) return [];
    return [`file ${path}: ${found === undefined ? "missing" : "edited"}`];
  });
  const running = baseline.started.length === 0 ? new Set<string>() : await processesOf(holder, inputs.name);
  return [
    ...sinceSetUp(baseline, observed),
    ...Object.entries(inputs.sysctls)
      .filter(([name, value]) => name in observed.sysctls && observed.sysctls[name] !== value)
      .map(([name, value]) => `sysctl ${name}: ${observed.sysctls[name]}, declared ${value}`),
    ...files,
    ...daemons,
    ...baseline.started.filter((name) => !running.has(name)).map((name) => `daemon ${name}: not running`),
  ];
}

/** Of its declared files as they are now. */
async function digestsOf(holder: Holder, { name, files }: MachineInputs): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const path of Object.keys(files)) {
    const content = await readFile(insidePath(holder, machineRoot(name) + path)).catch(() => undefined);
    if (content !== undefined) digests.set(path, createHash("sha256").update(content).digest("hex"));
  }
  return digests;
}

/** Text that is the same for the same declaration. */
export function declarationOf({ sandbox: _, ...inputs }: MachineInputs): string {
  const sorted = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([key, each]) => [key, sorted(each)]),
        );
  return JSON.stringify(sorted({ ...inputs }));
}

/** What of the network the set-up left and is there no more. What was added by hand isn't told from what daemons add. */
export function sinceSetUp({ interfaces }: Baseline, observed: ObservedNode): string[] {
  return [
    ...Object.entries(interfaces).flatMap(([name, before]) => {
      const now = observed.interfaces.get(name);
      if (now === undefined) return [`${name}: missing`];
      if (before.up && !now.up) return [`${name}: down`];
      return [
        ...missingFrom(now.addresses, before.addresses).map((address) => `address ${address} missing`),
        ...missingFrom(now.routes.map(routeText), before.routes).map((route) => `route ${route} missing`),
      ].map((difference) => `${name}: ${difference}`);
    }),
    ...(observed.rulesetSeen && observed.rulesetChanged ? ["rule set: changed"] : []),
  ];
}

/** Names (comm) of the processes in its network namespace. */
async function processesOf(holder: Holder, name: string): Promise<Set<string>> {
  const names = new Set<string>();
  const inside = insidePath(holder, "/proc");
  const own = await runInside(holder, ["stat", "-L", "-c", "%i", `/run/netns/${name}`]);
  for (const pid of await readdir(inside)) {
    if (!/^\d+$/.test(pid)) continue;
    const net = await readlink(`${inside}/${pid}/ns/net`).catch(() => "");
    if (net !== `net:[${own.stdout.trim()}]`) continue;
    names.add((await readFile(`${inside}/${pid}/comm`, "utf8").catch(() => "")).trim());
  }
  return names;
}

async function linesOf(holder: Holder, path: string): Promise<string[]> {
  const text = await readFile(insidePath(holder, path), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}
