/** What killed runs left: found in the world and in the state, never guessed from names. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sandboxKey } from "../../components/sandbox-key.ts";
import type { Engine } from "../engine/engine.ts";
import { workDirectory } from "../engine/environment.ts";
import { isBusy, isStale, processes, readLocks } from "../engine/locks.ts";
import { endProcess, findOrphans } from "../engine/orphans.ts";
import { unfinishedRuns } from "../engine/unfinished.ts";
import { containersInState, containersOnMachine } from "../containers/containers.ts";
import { count } from "../output/table.ts";
import { runDirectories } from "../../provider/container/directory.ts";
import { removeContainers, type NodeContainer } from "../../provider/container/docker.ts";
import { controlGroups } from "../../provider/sandbox/control-groups.ts";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { listSandboxes, removeSandbox } from "../../provider/sandbox/sandbox.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import type { Project } from "../stacks/project.ts";

export interface Leftover {
  readonly kind: "lab" | "sandbox" | "container" | "lock" | "file" | "provider";
  /** What it is, for people. */
  readonly text: string;
  remove(): Promise<void> | void;
}

export interface CleanOptions {
  /** Sandboxes of other projects of this user too, where no state of theirs knows them. */
  readonly all: boolean;
  /** Takes a lab down whose `up` or `down` did not finish. */
  readonly takeDown: (stack: string) => Promise<unknown>;
}

export async function findLeftovers(engine: Engine, options: CleanOptions): Promise<Leftover[]> {
  return [
    ...labs(engine, options),
    ...(await sandboxes(engine, options)),
    ...locks(engine),
    ...orphanedProviders(engine.project, options),
    ...(await files(engine)),
  ];
}

function labs(engine: Engine, options: CleanOptions): Leftover[] {
  return unfinishedRuns(engine.project)
    .filter(({ stack }) => !isBusy(engine, stack))
    .map(({ stack, verb }) => ({
      kind: "lab",
      text: `lab ${stack}, whose \`${verb}\` did not finish`,
      remove: async () => void (await options.takeDown(stack)),
    }));
}

/** What there is of one sandbox: its process, its containers, its directory and control groups on the host. */
interface Remains {
  holder?: Holder;
  readonly containers: NodeContainer[];
  readonly files: string[];
}

async function sandboxes(engine: Engine, options: CleanOptions): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const [key, { holder, containers, files }] of await remains()) {
    const stack = stackOf(key);
    const own = stack !== undefined && sandboxKey(engine.project.directory, stack) === key;
    if (own) {
      if (isBusy(engine, stack)) continue;
      if (await isKnown(engine, stack)) {
        found.push(...(await strays(engine, stack, containers)));
        continue;
      }
    } else if (!options.all || knownElsewhere(key, holder, containers)) continue;
    const whose = own ? `of ${stack}` : "of another project";
    const what = [
      ...(holder === undefined ? [] : [`process ${holder.pid}, lab ${holder.lab}`]),
      ...(containers.length === 0 ? [] : [count(containers.length, "container")]),
      ...files,
    ];
    found.push({
      kind: "sandbox",
      text: `sandbox ${key} ${whose} (${what.join(", ")}): no state knows it`,
      remove: async () => void (await removeSandbox(key)),
    });
  }
  return found;
}

/** By the sandbox's key. */
async function remains(): Promise<ReadonlyMap<string, Remains>> {
  const found = new Map<string, Remains>();
  const of = (key: string): Remains => {
    const known = found.get(key) ?? { containers: [], files: [] };
    found.set(key, known);
    return known;
  };
  for (const holder of await listSandboxes()) of(holder.key).holder = holder;
  for (const container of await containersOnMachine()) of(container.sandbox).containers.push(container);
  for (const key of await runDirectories()) of(key).files.push("a directory");
  for (const key of await controlGroups()) of(key).files.push("control groups");
  return found;
}

/** Containers of a lab that is up which its state doesn't know. */
async function strays(engine: Engine, stack: string, containers: readonly NodeContainer[]): Promise<Leftover[]> {
  const known = await containersInState(engine, stack);
  return containers
    .filter(({ id }) => !known.includes(id))
    .map(({ id, name }) => ({
      kind: "container",
      text: `container ${name} of ${stack}: no state knows it`,
      remove: async () => removeContainers(await connectDocker(), [id]),
    }));
}

async function isKnown(engine: Engine, stack: string): Promise<boolean> {
  return ((await engine.resources(stack)) ?? []).some(({ type }) => type === "labwright:net:Sandbox");
}

/** Keys are `<stack>-<12 hexadecimal digits>`; see components/sandbox-key.ts. */
function stackOf(key: string): string | undefined {
  return /^(.+)-[0-9a-f]{12}$/.exec(key)?.[1];
}

/** Another clone's sandbox runs that clone's init script, whose path tells where its state is; its containers say it. */
function knownElsewhere(key: string, holder: Holder | undefined, [container]: readonly NodeContainer[]): boolean {
  const script = holder === undefined ? "" : (processes.commandOf(holder.pid)?.[1] ?? "");
  const clone = container?.project ?? script.replace(/\/provider\/sandbox\/init\.sh$/, "");
  const stack = stackOf(key);
  if (clone === script || stack === undefined || !existsSync(clone) || sandboxKey(clone, stack) !== key) return false;
  const state = join(clone, ".labwright", "state", ".pulumi");
  if (
    existsSync(join(state, "locks")) &&
    readdirSync(join(state, "locks"), { recursive: true }).some((file) => String(file).endsWith(`${stack}.json`))
  )
    return true;
  const folders = existsSync(join(state, "stacks")) ? readdirSync(join(state, "stacks")) : [];
  return folders.some((project) => {
    const file = join(state, "stacks", project, `${stack}.json`);
    return existsSync(file) && readFileSync(file, "utf8").includes("labwright:net:Sandbox");
  });
}

function locks(engine: Engine): Leftover[] {
  const { state } = engine;
  if (state === undefined) return [];
  const folder = join(state.directory, "locks", "organization", engine.project.name);
  const stacks = existsSync(folder) ? readdirSync(folder) : [];
  return stacks.flatMap((stack) =>
    readLocks(state.lockDirectory(stack))
      .filter((lock) => isStale(lock))
      .map((lock): Leftover => ({
        kind: "lock",
        text: `lock of ended process ${lock.pid} on ${stack}`,
        remove: () => rmSync(lock.file, { force: true }),
      })),
  );
}

function orphanedProviders(project: Project, options: CleanOptions): Leftover[] {
  return findOrphans(options.all ? undefined : project).map((pid) => ({
    kind: "provider",
    text: `provider process ${pid}: its engine has ended`,
    remove: () => endProcess(pid),
  }));
}

async function files(engine: Engine): Promise<Leftover[]> {
  const folder = workDirectory(engine.project, "config");
  const stacks = new Set(await engine.stacks());
  return (existsSync(folder) ? readdirSync(folder) : []).flatMap((file): Leftover[] => {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    if (stack === undefined || stacks.has(stack)) return [];
    return [
      {
        kind: "file",
        text: `settings copy ${join(folder, file)} of a stack that is gone`,
        remove: () => rmSync(join(folder, file), { force: true }),
      },
    ];
  });
}
