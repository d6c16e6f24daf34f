/** Small Pulumi programs on the real engine, with the official plugins or the stand-ins. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPulumi, type EngineEvent, type Program } from "../../cli/engine/run.ts";
import { pulumiEnvironment } from "../../toolchain/environment.ts";
import { pluginNames } from "../../toolchain/plan.mjs";
import { pluginTool } from "../../toolchain/plugins.ts";
import { projectDirectory } from "../../toolchain/paths.mjs";

export interface Outcome {
  readonly exitCode: number;
  /** Numbers of resources by operation, without the stack's own. */
  readonly changes: Readonly<Record<string, number>>;
  /** By name of a resource that something happens to: the operation, and paths of what differs. */
  readonly steps: Readonly<Record<string, { readonly op: string; readonly differs: readonly string[] }>>;
  readonly output: string;
}

export interface State {
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface TestStack {
  readonly directory: string;
  up(program: Program): Promise<Outcome>;
  preview(program: Program): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  import(type: string, name: string, id: string): Promise<Outcome>;
  /** What the state has of a resource. */
  state(name: string): Promise<State>;
  remove(): Promise<void>;
}

/** An empty stack. `plugins`: the user's plugin cache, or one that has the stand-ins and nothing else. */
export async function makeStack(plugins: "official" | "stand-in"): Promise<TestStack> {
  const directory = mkdtempSync(join(tmpdir(), "labwright-program-"));
  const state = join(directory, "state");
  mkdirSync(state);
  const provider = join(projectDirectory, "provider", "bin");
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    `name: program\nruntime: nodejs\nplugins:\n  providers:\n    - { name: labwright, path: ${JSON.stringify(provider)} }\n`,
  );
  const { command, env } = await pulumiEnvironment(projectDirectory);
  const all: NodeJS.ProcessEnv = {
    ...process.env,
    ...env,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_COMMANDS: "true",
    LABWRIGHT_PROJECT: projectDirectory,
  };
  if (plugins === "stand-in") {
    all["PULUMI_HOME"] = join(directory, "home");
    const surroundings = { directory: projectDirectory, env: all, pulumi: { command, env }, say: () => {} };
    for (const name of pluginNames) await pluginTool(name, surroundings).strategies.at(-1)?.find();
  }
  const environment = { command, env: all, state: undefined };

  async function run(args: readonly string[], program?: Program): Promise<Outcome> {
    const steps: Record<string, { op: string; differs: string[] }> = {};
    let changes: Record<string, number> = {};
    const onEvent = (event: EngineEvent): void => {
      const step = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
      if (step !== undefined && step.op !== "same" && step.type !== "pulumi:pulumi:Stack") {
        const differs = Object.keys(step.detailedDiff ?? {});
        const before = steps[step.urn.split("::").at(-1) ?? ""];
        // A replacement is several steps, of which the first tells most.
        if (before === undefined || before.op === "refresh")
          steps[step.urn.split("::").at(-1) ?? ""] = { op: step.op, differs: differs.sort() };
      }
      if (event.summaryEvent !== undefined) changes = { ...event.summaryEvent.resourceChanges };
    };
    const result = await runPulumi([...args, "--stack", "test"], {
      environment,
      directory,
      onEvent,
      ...(program === undefined ? {} : { program }),
    });
    if (changes["same"] !== undefined) changes["same"] -= 1;
    if (changes["same"] === 0) delete changes["same"];
    return { exitCode: result.exitCode, changes, steps, output: result.output };
  }
  const plain = async (...args: string[]): Promise<string> => {
    const { exitCode, output } = await runPulumi(args, { environment, directory });
    if (exitCode !== 0) throw new Error(output);
    return output;
  };
  await plain("stack", "init", "test");

  return {
    directory,
    up: (program) => run(["up", "--yes", "--skip-preview"], program),
    preview: (program) => run(["preview"], program),
    refresh: () => run(["refresh", "--yes", "--skip-preview"]),
    destroy: () => run(["destroy", "--yes", "--skip-preview"]),
    import: (type, name, id) =>
      run(["import", type, name, id, "--yes", "--skip-preview", "--generate-code=false", "--protect=false"]),
    async state(name) {
      const exported = JSON.parse(await plain("stack", "export")) as {
        deployment: { resources?: { urn: string; type: string; id?: string; inputs?: object; outputs?: object }[] };
      };
      const found = exported.deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
      if (found === undefined) throw new Error(`The state has no ${name}.`);
      const { type, id = "", inputs = {}, outputs = {} } = found;
      return { type, id, inputs: inputs as State["inputs"], outputs: outputs as State["outputs"] };
    },
    async remove() {
      await run(["destroy", "--yes", "--skip-preview"]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
