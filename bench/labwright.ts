/** Labwright as a person uses it: the command, in a process of its own each time. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sandboxKey } from "../components/sandbox-key.ts";
import type { Declarations } from "../components/declarations.ts";
import type { Shape } from "../labs/scale/topology.ts";
import { nodeDirectory } from "../provider/kernel/observe.ts";
import { findHolder, insidePath, type Holder } from "../provider/sandbox/holder.ts";
import { collect, scriptInside } from "../provider/sandbox/run.ts";
import type { EngineRun, LabwrightRun } from "./figures.ts";
import type { Leftovers } from "./leftovers.ts";
import { sandboxMemory, watchPeaks, type Peaks } from "./memory.ts";
import type { BenchProject } from "./project.ts";

const stack = "scale";

export async function measureLabwright(
  project: BenchProject,
  leftovers: Leftovers,
  topology: { readonly shape: Shape; readonly routers: number; readonly declarations: Declarations },
): Promise<LabwrightRun> {
  const key = leftovers.sandbox(sandboxKey(project.directory, stack));
  const command = [project.lab, "--directory", project.directory, "--json"];
  const settings = [
    "--set",
    `shape=${topology.shape}`,
    "--set",
    `routers=${topology.routers}`,
    "--set",
    "runtime=namespace",
  ];

  const up = await run([...command, "up", stack, ...settings], project, leftovers, true);
  const holder = await findHolder(key);
  if (holder === undefined) throw new Error("`lab up` has left no sandbox.");
  const memory = { lab: sandboxMemory(holder), ...up.peaks };

  const again = await run([...command, "up", stack], project, leftovers);
  refuseChanges(again.stdout);

  const verify = await breakRouter(holder, topology.declarations);
  const reset = await run([...command, "reset", stack], project, leftovers);
  await verify();

  const down = await run([...command, "down", stack], project, leftovers);
  if ((await findHolder(key)) !== undefined) throw new Error("`lab down` has left the sandbox.");
  return { up: up.seconds, noChange: again.seconds, reset: reset.seconds, down: down.seconds, memory };
}

/** The engine's own cost: a stack of one resource brought up, and again with nothing to do. */
export async function measureEngine(project: BenchProject, leftovers: Leftovers): Promise<EngineRun> {
  const key = leftovers.sandbox("bench-engine");
  const program = join(import.meta.dirname, "engine.ts");
  const command = (verb: string): string[] => [process.execPath, program, project.directory, key, verb];
  const up = await run(command("up"), project, leftovers);
  const noChange = await run(command("up"), project, leftovers);
  await run(command("down"), project, leftovers);
  return { up: up.seconds, noChange: noChange.seconds };
}

interface Ran {
  readonly seconds: number;
  readonly stdout: string;
  readonly peaks: Peaks;
}

async function run(
  argv: readonly string[],
  project: BenchProject,
  leftovers: Leftovers,
  watched = false,
): Promise<Ran> {
  const [program = "", ...args] = argv;
  const started = performance.now();
  const child = spawn(program, args, { cwd: project.directory, env: project.env, stdio: ["ignore", "pipe", "pipe"] });
  leftovers.child(child);
  const stop = watched && child.pid !== undefined ? watchPeaks(child.pid) : undefined;
  const { exitCode, stdout, stderr } = await collect(child, { timeout: 600_000 });
  const seconds = (performance.now() - started) / 1000;
  const peaks = stop?.() ?? { engine: 0, provider: 0, command: 0 };
  if (exitCode !== 0)
    throw new Error(`\`${argv.join(" ")}\` ended with exit code ${exitCode}:\n${stderr.trim() || stdout.trim()}`);
  return { seconds, stdout, peaks };
}

function refuseChanges(stdout: string): void {
  const { changes } = JSON.parse(stdout) as { changes?: Readonly<Record<string, number>> };
  const made = ["create", "update", "replace", "delete"].filter((operation) => (changes?.[operation] ?? 0) > 0);
  if (made.length > 0) throw new Error(`\`up\` with nothing to do has changed something: ${JSON.stringify(changes)}`);
}

/** Kills a router's daemon and removes an address. The function that it gives throws unless both are back. */
async function breakRouter(holder: Holder, { links }: Declarations): Promise<() => Promise<void>> {
  const end = Object.values(links)[0]?.ends[0];
  const address = end?.addresses[0];
  if (end === undefined || address === undefined) throw new Error("There is no link.");
  const pidFile = insidePath(holder, `${nodeDirectory(end.node)}/bird.pid`);
  const pid = (await readFile(pidFile, "utf8")).trim();
  await inside(holder, `kill -9 ${pid} && ip -n ${end.node} addr del ${address} dev ${end.interface}`);
  return async () => {
    await inside(holder, `ip -n ${end.node} addr show dev ${end.interface} | grep -qF 'inet ${address} '`);
    await inside(holder, `kill -0 ${(await readFile(pidFile, "utf8")).trim()}`);
  };
}

async function inside(holder: Holder, script: string): Promise<void> {
  const { exitCode, stderr } = await scriptInside(holder, script);
  if (exitCode !== 0) throw new Error(`\`${script}\` failed in the sandbox. ${stderr.trim()}`);
}
