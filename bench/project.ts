/** A Pulumi project for the benchmark alone, so that nobody's stacks, settings or state are touched. */
import { copyFile, mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { toolsFile } from "../toolchain/plan.mjs";
import type { Leftovers } from "./leftovers.ts";

export interface BenchProject {
  readonly directory: string;
  /** Path of the `lab` command. */
  readonly lab: string;
  readonly env: NodeJS.ProcessEnv;
}

/** `lab`: path of a clone's cli/lab. */
export async function makeProject(lab: string, leftovers: Leftovers): Promise<BenchProject> {
  const command = await realpath(lab);
  const clone = dirname(dirname(command));
  const directory = leftovers.directory(await mkdtemp(join(tmpdir(), "labwright-bench-")));
  await mkdir(join(directory, "stacks"));
  await symlink(join(clone, "labs"), join(directory, "labs"));
  await mkdir(join(directory, ".labwright"), { mode: 0o700 });
  await copyFile(toolsFile(clone), toolsFile(directory));
  await writeFile(join(directory, "Pulumi.yaml"), pulumiYaml(join(clone, "provider", "bin")));
  const env = { ...process.env };
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
    delete env[name];
  return { directory, lab: command, env };
}

function pulumiYaml(plugin: string): string {
  return [
    "name: labwright",
    "runtime: nodejs",
    "stackConfigDir: stacks",
    "backend:",
    "  url: file://./.labwright/state",
    "plugins:",
    "  providers:",
    "    - name: labwright",
    `      path: ${JSON.stringify(plugin)}`,
    "",
  ].join("\n");
}
