/** What killed runs left: found in the world and in the state, never guessed from names. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sandboxKey } from "../../components/sandbox-key.ts";
import type { Engine } from "../engine/engine.ts";
import { workDirectory } from "../engine/environment.ts";
import { isStale, processes, readLocks } from "../engine/locks.ts";
import { endProcess, findOrphans } from "../engine/orphans.ts";
import { unfinishedRuns } from "../engine/unfinished.ts";
import { endHolder, listSandboxes } from "../../provider/sandbox/sandbox.ts";
import type { Project } from "../stacks/project.ts";

export interface Leftover {
  readonly kind: "lab" | "sandbox" | "lock" | "file" | "provider";
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

async function sandboxes(engine: Engine, options: CleanOptions): Promise<Leftover[]> {
  const { directory } = engine.project;
  const found: Leftover[] = [];
  for (const holder of await listSandboxes()) {
    const stack = stackOf(holder.key);
    const own = stack !== undefined && sandboxKey(directory, stack) === holder.key;
    if (own) {
      if (await isKnown(engine, stack)) continue;
      if (isBusy(engine, stack)) continue;
    } else if (!options.all || knownElsewhere(holder.pid, holder.key)) continue;
    const whose = own ? `of ${stack}` : "of another project";
    found.push({
      kind: "sandbox",
      text: `sandbox ${holder.key} ${whose} (process ${holder.pid}, lab ${holder.lab}): no state knows it`,
      remove: () => endHolder(holder),
    });
  }
  return found;
}

async function isKnown(engine: Engine, stack: string): Promise<boolean> {
  return ((await engine.resources(stack)) ?? []).some(({ type }) => type === "labwright:net:Sandbox");
}

/** A run that is still at work writes its state at the end. */
function isBusy(engine: Engine, stack: string): boolean {
  return engine.state !== undefined && readLocks(engine.state.lockDirectory(stack)).some((lock) => !isStale(lock));
}

/** Keys are `<stack>-<12 hexadecimal digits>`; see components/sandbox-key.ts. */
function stackOf(key: string): string | undefined {
  return /^(.+)-[0-9a-f]{12}$/.exec(key)?.[1];
}

/** Another clone's sandbox runs that clone's init script, whose path tells where its state is. */
function knownElsewhere(pid: number, key: string): boolean {
  const script = processes.commandOf(pid)?.[1] ?? "";
  const clone = script.replace(/\/provider\/sandbox\/init\.sh$/, "");
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
