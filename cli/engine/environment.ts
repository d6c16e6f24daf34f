/** What the Pulumi CLI is run with. */
import { join } from "node:path";
import { stateDirectory, type Project } from "../stacks/project.ts";

export interface EngineEnvironment {
  /** The Pulumi CLI. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the file backend's state (`.../.pulumi`); undefined with any other backend. */
  readonly state: string | undefined;
}

/** The CLI that set-up found or built. */
export async function engineEnvironment(project: Project): Promise<EngineEnvironment> {
  const { pulumiEnvironment } = await import("../../toolchain/environment.ts");
  const { command, env } = await pulumiEnvironment(project.directory);
  return completeEnvironment(project, command, env);
}

/** Variables of the process and, over them, `env`; settings of ours where neither has others. */
export function completeEnvironment(
  project: Project,
  command: string,
  env: Readonly<Record<string, string>>,
): EngineEnvironment {
  const url = env["PULUMI_BACKEND_URL"] ?? process.env["PULUMI_BACKEND_URL"] ?? project.backend;
  return {
    command,
    state: url === undefined ? undefined : stateDirectory(url, project.directory),
    env: {
      // The whole checkpoint after each of hundreds of steps costs more than the steps. A crash loses what was made
      // since the run began, and the next `up` adopts that: the world is the truth.
      PULUMI_SKIP_CHECKPOINTS: "true",
      // Without it there is no --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...process.env,
      ...env,
    },
  };
}

/** Where the command keeps what belongs to one project: copies of settings, results, logs. */
export function workDirectory(project: Pick<Project, "directory">, ...path: string[]): string {
  return join(project.directory, ".labwright", ...path);
}
