/** What every verb gets: the project, the engine when it needs one, the output, the running sandboxes. */
import { join } from "node:path";
import { Engine } from "./engine/engine.ts";
import { workDirectory } from "./engine/environment.ts";
import { CommandError, exitCodes } from "./errors.ts";
import { nearest } from "../labs/nearest.ts";
import { Output, wantsColor, type Streams } from "./output/output.ts";
import { findSandbox } from "../provider/sandbox/sandbox.ts";
import type { SandboxHandle } from "../provider/sandbox/handle.ts";
import { readProject, type Project } from "./stacks/project.ts";
import { openStack, type Exercise, type Stack } from "./stacks/stack.ts";

export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly directory?: string;
}

/** The clone that this command belongs to. */
export const ownDirectory = join(import.meta.dirname, "..");

export class Context {
  readonly output: Output;
  readonly directory: string;
  #project: Project | undefined;
  #engine: Promise<Engine> | undefined;

  constructor(options: GlobalOptions, streams: Streams = process, env: NodeJS.ProcessEnv = process.env) {
    this.directory = options.directory ?? ownDirectory;
    this.output = new Output(streams, {
      json: options.json === true,
      quiet: options.quiet === true,
      color: options.color !== false && wantsColor(streams.stdout, env),
    });
  }

  get project(): Project {
    this.#project ??= readProject(this.directory);
    return this.#project;
  }

  get logDirectory(): string {
    return workDirectory(this, "logs");
  }

  engine(): Promise<Engine> {
    this.#engine ??= Engine.open(this.project);
    return this.#engine;
  }

  /** `exercise`: the fault and solution that it is to have, whatever its settings name. */
  stack(name: string, exercise?: Exercise): Promise<Stack> {
    return openStack(this.project, name, exercise);
  }

  /** The stack and its running sandbox. */
  async running(name: string): Promise<{ stack: Stack; sandbox: SandboxHandle }> {
    const stack = await this.stack(name);
    const sandbox = await findSandbox(stack.key);
    if (sandbox === undefined)
      throw new CommandError(`The lab ${name} is not up.`, `\`lab up ${name}\` brings it up.`, exitCodes.failed);
    return { stack, sandbox };
  }
}

/** Refuses a name that isn't one of `names`, with the nearest that is. `what`: "node", "check" and so on. */
export function requireName(name: string, names: readonly string[], what: string, of: string): string {
  if (names.includes(name)) return name;
  const close = nearest(name, names);
  const shown = names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", ");
  throw new CommandError(
    `${of} has no ${what} called ${JSON.stringify(name)}; it has ${shown === "" ? "none" : shown}.`,
    close === undefined ? undefined : `Did you mean ${close}?`,
  );
}
