/** The Pulumi engine on one project: up, preview, destroy, and what its state says. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { CommandError, exitCodes, InterruptedError } from "../errors.ts";
import { settingsFile } from "../stacks/stack.ts";
import type { Project } from "../stacks/project.ts";
import { saltOf, withSalt } from "../stacks/settings-file.ts";
import { engineEnvironment, workDirectory, type EngineEnvironment } from "./environment.ts";
import { clean, Failures, formatFailures, type Failure } from "./failures.ts";
import { FileState, type StateResource } from "./file-state.ts";
import { clearLocks } from "./locks.ts";
import { endOrphans } from "./orphans.ts";
import { runPulumi, type EngineEvent, type Program, type RunResult } from "./run.ts";

/** The engine failed: what it reported for each resource. */
export class EngineError extends CommandError {
  /** The message without the failures. */
  readonly summary: string;
  readonly failures: readonly Failure[];

  constructor(message: string, failures: readonly Failure[], hint?: string) {
    super(failures.length === 0 ? message : `${message}:\n${formatFailures(failures)}`, hint, exitCodes.failed);
    this.summary = message;
    this.failures = failures;
  }
}

export interface OperationOptions {
  /** Name of the lab, to shorten its resources' names. */
  readonly lab: string;
  readonly onEvent?: (event: EngineEvent) => void;
  /** A line about something done on the way, such as a stale lock taken away. */
  readonly say?: (line: string) => void;
}

export interface UpOptions extends OperationOptions {
  /** Looks at all of the world for differences; without it, what costs a process a node is left out. */
  readonly thorough?: boolean;
  /** Reads every resource into the state before anything is changed. */
  readonly refresh?: boolean;
}

export interface PreviewOptions extends UpOptions {
  /** Text of the settings file to go by, instead of the stack's own. */
  readonly settings?: string;
}

/** Numbers of resources by operation: same, create, update, delete and so on. */
export type Changes = Readonly<Record<string, number>>;

export class Engine {
  readonly project: Project;
  readonly environment: EngineEnvironment;
  /** The state of the file backend; undefined with any other. */
  readonly state: FileState | undefined;

  constructor(project: Project, environment: EngineEnvironment) {
    this.project = project;
    this.environment = environment;
    this.state = environment.state === undefined ? undefined : new FileState(environment.state, project.name);
  }

  static async open(project: Project): Promise<Engine> {
    return new Engine(project, await engineEnvironment(project));
  }

  /** Brings the stack's resources in line with the program. Makes the stack where there is none. */
  async up(stack: string, program: Program, options: UpOptions): Promise<Changes> {
    if (!(await this.has(stack))) await this.#create(stack);
    const refresh = options.refresh === true ? ["--refresh=true"] : [];
    return this.#operate(
      stack,
      "up",
      ["up", "--yes", "--skip-preview", "--suppress-outputs", ...refresh],
      options,
      program,
    );
  }

  /** What `up` would change. Changes nothing. */
  async preview(stack: string, program: Program, options: PreviewOptions): Promise<Changes> {
    if (!(await this.has(stack))) await this.#create(stack);
    const refresh = options.refresh === true ? ["--refresh=true"] : [];
    return this.#operate(stack, "preview", ["preview", "--suppress-outputs", ...refresh], options, program);
  }

  /** Takes away the stack's resources, then its state. Nothing to do where there is no such stack. */
  async destroy(stack: string, options: OperationOptions): Promise<Changes> {
    if (!(await this.has(stack))) return {};
    const nothing = this.state?.resources(stack)?.length === 0;
    const changes = nothing
      ? {}
      : await this.#operate(stack, "destroy", ["destroy", "--yes", "--skip-preview"], options);
    if (nothing && this.state !== undefined)
      clearLocks(this.state.lockDirectory(stack), stack, options.say ?? ((): void => {}));
    endOrphans(this.project);
    await this.#remove(stack);
    return changes;
  }

  async has(stack: string): Promise<boolean> {
    return this.state === undefined ? (await this.stacks()).includes(stack) : this.state.has(stack);
  }

  /** Names of the stacks that the backend knows. */
  async stacks(): Promise<readonly string[]> {
    if (this.state !== undefined) return this.state.stacks();
    const listed = JSON.parse(await this.#ask(["stack", "ls", "--json"])) as { name: string }[];
    return listed.map(({ name }) => name.split("/").pop() ?? name);
  }

  /** The stack's resources as the engine last saw them; undefined where there is no such stack. */
  async resources(stack: string): Promise<readonly StateResource[] | undefined> {
    if (this.state !== undefined) return this.state.resources(stack);
    if (!(await this.has(stack))) return undefined;
    const exported = JSON.parse(await this.#ask(["stack", "export", "--stack", stack])) as {
      deployment?: { resources?: Partial<StateResource>[] };
    };
    return (exported.deployment?.resources ?? []).map(({ urn = "", type = "", id = "", outputs }) => ({
      ...{ urn, type, id },
      outputs: outputs ?? {},
    }));
  }

  /** The same with secrets in plain text, for whoever exports them on purpose. */
  async resourcesWithSecrets(stack: string): Promise<readonly StateResource[]> {
    const exported = JSON.parse(await this.#ask(["stack", "export", "--show-secrets", "--stack", stack])) as {
      deployment?: { resources?: StateResource[] };
    };
    return exported.deployment?.resources ?? [];
  }

  /** The stack's outputs; empty where there is no such stack. */
  async outputs(stack: string): Promise<Readonly<Record<string, unknown>>> {
    const resources = await this.resources(stack);
    return resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  }

  async #operate(
    stack: string,
    verb: string,
    args: readonly string[],
    options: PreviewOptions,
    program?: Program,
  ): Promise<Changes> {
    const say = options.say ?? ((): void => {});
    // A killed engine leaves its provider behind, which may still be at work on what this run is about.
    if (this.state !== undefined && clearLocks(this.state.lockDirectory(stack), stack, say) > 0)
      endOrphans(this.project);
    const failures = new Failures(options.lab);
    let changes: Changes = {};
    let programError: Error | undefined;
    const guarded: Program | undefined =
      program &&
      (async () => {
        try {
          return await program();
        } catch (error) {
          programError = error instanceof Error ? error : new Error(String(error));
          throw error;
        }
      });
    const configFile = this.#writeConfigFile(stack, options.settings);
    const result = await runPulumi([...args, "--stack", stack, "--config-file", configFile], {
      environment: options.thorough === true ? thorough(this.environment) : this.environment,
      directory: this.project.directory,
      ...(guarded === undefined ? {} : { program: guarded }),
      onEvent: (event) => {
        failures.take(event);
        if (event.summaryEvent !== undefined) changes = event.summaryEvent.resourceChanges ?? {};
        options.onEvent?.(event);
      },
      onInterrupt: () => say("Ending in good order; press Ctrl-C again to end at once."),
    });
    if (result.interrupted)
      throw new InterruptedError(
        `\`${verb}\` of ${stack} was broken off.`,
        "What it has made is kept: run it again to go on, or `lab down` to take everything away.",
      );
    if (result.exitCode === 0) return changes;
    if (result.killedBy !== undefined)
      throw new EngineError(
        `\`${verb}\` of ${stack}: the Pulumi engine was ended by ${result.killedBy}`,
        [],
        `Run it again: it takes up what is there.`,
      );
    if (programError !== undefined) throw programError;
    throw this.#failure(stack, verb, failures.all(result.output), result);
  }

  #failure(stack: string, verb: string, failures: readonly Failure[], result: RunResult): EngineError {
    const first = failures[0]?.message ?? "";
    if (/incorrect passphrase/i.test(first)) {
      return new EngineError(
        `The passphrase for the secrets of ${stack} is not the one that they were encrypted with.`,
        [],
        "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to that one.",
      );
    }
    const count = failures.filter(({ resource }) => resource !== undefined).length;
    const what = count === 0 ? "failed" : `failed for ${count} resource${count === 1 ? "" : "s"}`;
    return new EngineError(
      `\`${verb}\` of ${stack} ${what}`,
      failures.length > 0 ? failures : [{ resource: undefined, message: clean(result.output) }],
    );
  }

  async #create(stack: string): Promise<void> {
    if (this.state !== undefined) return this.state.create(stack);
    const file = settingsFile(this.project, stack);
    const before = existsSync(file) ? readFileSync(file) : undefined;
    await this.#ask(["stack", "init", stack, "--no-select"]);
    // It wrote the salt into the settings file, which is under version control; ours goes into the copy.
    if (before === undefined) return;
    const salt = saltOf(readFileSync(file, "utf8"));
    writeFileSync(file, before);
    this.#writeConfigFile(stack, undefined, salt);
  }

  async #remove(stack: string): Promise<void> {
    if (this.state === undefined) await this.#ask(["stack", "rm", stack, "--yes", "--preserve-config"]);
    else this.state.remove(stack);
    rmSync(this.configFile(stack), { force: true });
  }

  /** The copy of the settings file that the engine gets; it may write the salt of the stack's secrets there. */
  configFile(stack: string): string {
    return workDirectory(this.project, "config", `Pulumi.${stack}.yaml`);
  }

  #writeConfigFile(stack: string, settings?: string, salt?: string): string {
    const file = this.configFile(stack);
    const own = settingsFile(this.project, stack);
    const text = settings ?? (existsSync(own) ? readFileSync(own, "utf8") : "");
    const known =
      salt ?? this.state?.salt(stack) ?? (existsSync(file) ? saltOf(readFileSync(file, "utf8")) : undefined);
    mkdirSync(workDirectory(this.project, "config"), { recursive: true });
    writeFileSync(file, withSalt(text, known), { mode: 0o600 });
    return file;
  }

  /** Runs the CLI for its output. */
  async #ask(args: readonly string[]): Promise<string> {
    const result = await runPulumi(args, {
      environment: this.environment,
      directory: this.project.directory,
      whole: true,
    });
    if (result.interrupted) throw new InterruptedError("Broken off.");
    if (result.exitCode !== 0)
      throw new EngineError(`\`pulumi ${args.slice(0, 2).join(" ")}\` failed`, new Failures("").all(result.output));
    return result.answer;
  }
}

/** The provider reads this; see provider/main.ts. */
function thorough(environment: EngineEnvironment): EngineEnvironment {
  return { ...environment, env: { ...environment.env, LABWRIGHT_OBSERVE: "full" } };
}
