/** One run of the engine that brings a stack up, with progress; shared by up, reset and start. */
import { containersOf, hasLostContainers, requireDocker } from "../containers/containers.ts";
import type { Context } from "../context.ts";
import { whenToLookAtContainers, requireRoot } from "../docker/hosts.ts";
import { explainTakenPorts } from "../docker/ports.ts";
import type { Changes } from "../engine/engine.ts";
import type { Program } from "../engine/run.ts";
import { beginRun, endRun } from "../engine/unfinished.ts";
import { createDisplay } from "../progress/display.ts";
import { Progress } from "../progress/progress.ts";
import { Repairs, type Repair } from "../progress/repairs.ts";
import { requireCommands, requireOptionalTools } from "../stacks/requirements.ts";
import type { Stack } from "../stacks/stack.ts";

export interface BroughtUp {
  readonly changes: Changes;
  readonly repairs: readonly Repair[];
  readonly seconds: number;
}

export interface BringUpOptions {
  readonly refresh?: boolean;
  readonly thorough?: boolean;
  /** First line of the progress, such as `Bringing up bgp`. */
  readonly title: string;
}

/** @throws CommandError where the machine lacks what the stack needs, before anything is changed. */
export async function requireForStack({ directory }: Context, stack: Stack): Promise<void> {
  requireCommands(stack.lab, containersOf(stack.topology).length === stack.topology.nodes.length);
  await requireDocker(stack);
  requireOptionalTools(stack.name, stack.topology, directory);
  requireRoot(stack);
}

export async function bringUp(context: Context, stack: Stack, options: BringUpOptions): Promise<BroughtUp> {
  await requireForStack(context, stack);
  const engine = await context.engine();
  const started = performance.now();
  const { nodes, links, segments } = stack.topology;
  const progress = new Progress(stack.lab.name, {
    sandbox: 1,
    image: new Set(nodes.flatMap(({ container }) => container?.image ?? [])).size,
    container: containersOf(stack.topology).length,
    node: nodes.length,
    links: links.length === 0 ? 0 : 1,
    segment: segments.length,
    roas: nodes.flatMap(({ services }) => services).filter(({ spec }) => spec.kind === "krill").length,
  });
  const repairs = new Repairs(stack.lab.name);
  const display = createDisplay(context.output, progress, options.title);
  // A lab that was up before is no leftover, whatever becomes of this run.
  const isNew = ((await engine.resources(stack.name))?.length ?? 0) === 0;
  if (isNew) beginRun(stack.project, { stack: stack.name, verb: "up", pid: process.pid });
  try {
    const look = await whenToLookAtContainers(engine, stack);
    const bring = (refresh: boolean): Promise<Changes> =>
      engine.up(stack.name, programOf(stack), {
        lab: stack.lab.name,
        refresh,
        thorough: options.thorough === true,
        say: (line) => display.say(line),
        onEvent: (event) => {
          repairs.take(event);
          display.take(event);
        },
      });
    const lost = look === "now" || (await hasLostContainers(engine, stack));
    let changes = await bring(look !== "later" && (lost || options.refresh === true));
    if (look === "later") changes = together(changes, await bring(true));
    endRun(stack.project, stack.name);
    return { changes, repairs: repairs.all(), seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    throw await explainTakenPorts(error, stack);
  } finally {
    display.end();
  }
}

/** Of two runs one after the other: all that they did, and what the last one let be. */
function together(first: Changes, { same, ...last }: Changes): Changes {
  const { same: _, ...sum } = first;
  const changes: Record<string, number> = { ...sum };
  for (const [operation, count] of Object.entries(last)) changes[operation] = (changes[operation] ?? 0) + count;
  return same === undefined ? changes : { ...changes, same };
}

/** The same program as index.ts. Pulumi's SDK is loaded with it, while the engine starts. */
export function programOf(stack: Pick<Stack, "name" | "project">): Program {
  return async () => {
    const { deploy } = await import("../../components/deploy.ts");
    return { ...(await deploy(stack.name, stack.project.directory)) };
  };
}

/** `3 nodes, 2 links, 4 sessions`. */
export function sizeOf(stack: Stack): Record<"nodes" | "links" | "segments" | "sessions", number> {
  const { nodes, links, segments, sessions } = stack.topology;
  return { nodes: nodes.length, links: links.length, segments: segments.length, sessions: sessions.length };
}

/** The lab's suggestions as whole commands: the lab's name goes after the verb. */
export function nextSteps(stack: Stack, prefix: string): string[] {
  return stack.lab.tryNext.map((step) => {
    const [verb = "", ...rest] = step.split(" ");
    return [prefix, verb, stack.name, ...rest].join(" ");
  });
}
