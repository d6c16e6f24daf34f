/** With which CLI and which variables Pulumi runs on this clone. */
import { join } from "node:path";
import { clonePaths } from "./passphrase.ts";
import { cacheDirectory, projectNode } from "./paths.mjs";
import { recordedPulumi } from "./plan.mjs";
import { ToolError } from "./tool.ts";

export interface PulumiEnvironment {
  /** Absolute path of the CLI. */
  readonly command: string;
  /** Variables to set over those of the process. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What set-up has found, from its record: nothing is started. What the user has set stays: a passphrase, another
 * backend, PULUMI_HOME. Throws a ToolError when set-up hasn't been run, or the CLI has changed since.
 */
export async function pulumiEnvironment(
  projectDirectory: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<PulumiEnvironment> {
  const pulumi = recordedPulumi(projectDirectory);
  if (pulumi === undefined) throw new ToolError("The Pulumi CLI isn't set up in this clone: run `npm run setup`.");
  const paths = clonePaths(projectDirectory);
  const defaults: Record<string, string> = {
    PULUMI_BACKEND_URL: fileUrl(paths.state),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The file backend writes the whole state at each step otherwise. Safe because a resource's creation adopts what exists.
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    LABWRIGHT_NODE: projectNode(projectDirectory) ?? process.execPath,
    LABWRIGHT_PROJECT: projectDirectory,
    NODE_COMPILE_CACHE: join(cacheDirectory(env), "compile-cache"),
    // A CLI of ours keeps plugins and selected stacks to itself; the user's own keeps using the user's.
    ...(pulumi.origin === "built" ? { PULUMI_HOME: join(cacheDirectory(env), "pulumi-home") } : {}),
  };
  if (env["PULUMI_CONFIG_PASSPHRASE"] === undefined) defaults["PULUMI_CONFIG_PASSPHRASE_FILE"] = paths.passphrase;
  return { command: pulumi.command, env: Object.fromEntries(Object.entries(defaults).filter(([name]) => !env[name])) };
}

/** As Pulumi's file backend reads it: the path as it is, not percent-encoded. */
function fileUrl(path: string): string {
  return `file://${path}`;
}
