/** With which CLI and which variables Pulumi runs on this clone. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dockerHosts } from "./docker/host.ts";
import { clonePaths } from "./passphrase.ts";
import { cacheDirectory, projectNode } from "./paths.mjs";
import { pathWithTools, pulumiHome, recordedTool } from "./plan.mjs";
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
  const pulumi = recordedTool(projectDirectory, "pulumi");
  if (pulumi === undefined) throw new ToolError("The Pulumi CLI isn't set up in this clone: run `npm run setup`.");
  const paths = clonePaths(projectDirectory);
  const defaults: Record<string, string> = {
    PULUMI_BACKEND_URL: fileUrl(paths.state),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A CLI built without cgo can't name a user who isn't in /etc/passwd, as in many CI containers, and then refuses to run.
    USER: `uid-${process.getuid?.() ?? 0}`,
    // The file backend writes the whole state at each step otherwise. Safe because a resource's creation adopts what exists.
    PULUMI_SKIP_CHECKPOINTS: "true",
    // The salt of a stack whose file lost it (`git checkout stacks`) is in its state.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    // The provider gathers what comes together into few runs of `ip`; the engine's default is four a core.
    PULUMI_PARALLEL: "1024",
    PULUMI_PARALLEL_DIFF: "true",
    // The engine lives for seconds: memory for a heap five times the live one costs less than collecting it.
    GOGC: "400",
    LABWRIGHT_NODE: projectNode(projectDirectory) ?? process.execPath,
    LABWRIGHT_PROJECT: projectDirectory,
    NODE_COMPILE_CACHE: join(cacheDirectory(env), "compile-cache"),
    // A CLI of ours keeps plugins and selected stacks to itself; the user's own keeps using the user's.
    ...(pulumi.origin === "built" ? { PULUMI_HOME: pulumiHome(projectDirectory, env) } : {}),
  };
  // Pulumi's docker plugin by itself knows the system's socket only.
  const docker = dockerHosts(env).find((host) => !host.startsWith("unix://") || existsSync(host.slice(7)));
  if (docker !== undefined) defaults["DOCKER_HOST"] = docker;
  if (env["PULUMI_CONFIG_PASSPHRASE"] === undefined) defaults["PULUMI_CONFIG_PASSPHRASE_FILE"] = paths.passphrase;
  return {
    command: pulumi.command,
    env: {
      ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !env[name])),
      // Daemons of labs are found on the provider's PATH.
      PATH: pathWithTools(projectDirectory, env["PATH"]),
    },
  };
}

/**
 * Makes the home of a built CLI. A file stands where the engine would keep a debug log of each run: it compresses and
 * encrypts it line by line, which is a quarter of its time with hundreds of resources, and there is no switch.
 */
export function preparePulumiHome(env: NodeJS.ProcessEnv = process.env): void {
  const home = join(cacheDirectory(env), "pulumi-home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const logs = join(home, "logs");
  if (existsSync(logs) && statSync(logs).isFile()) return;
  rmSync(logs, { recursive: true, force: true });
  writeFileSync(logs, "This file keeps the Pulumi engine from writing a debug log of each run.\n");
}

/** As Pulumi's file backend reads it: the path as it is, not percent-encoded. */
function fileUrl(path: string): string {
  return `file://${path}`;
}
