/** Everything that set-up does once npm's packages are there. Started by bootstrap.mjs, which holds the clone's lock. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { preparePulumiHome } from "./environment.ts";
import { clonePaths } from "./passphrase.ts";
import { cacheDirectory, projectDirectory } from "./paths.mjs";
import { recordedPulumi, toolsFile } from "./plan.mjs";
import { pulumiTool } from "./pulumi-cli.ts";
import { installSystemPackages } from "./system.ts";
import { obtain, ToolError, type Found } from "./tool.ts";

async function setUp(): Promise<void> {
  const say = (line: string): void => console.error(line);
  clonePaths(projectDirectory);
  await installSystemPackages({
    env: process.env,
    uid: process.getuid?.() ?? -1,
    terminal: process.stdin.isTTY && !process.env["CI"],
    say,
  });
  if (recordedPulumi(projectDirectory) !== undefined) return;
  const cache = cacheDirectory();
  mkdirSync(cache, { recursive: true });
  const found = await obtain(pulumiTool({ env: process.env, cache, say }));
  if (found.origin === "built") preparePulumiHome();
  record(found);
  say(`Pulumi CLI ${found.version} (${found.origin}): ${found.command}`);
}

/** Size and time of change tell cheaply, later, whether it is still the same file. */
function record(pulumi: Found): void {
  const { size, mtimeMs } = statSync(pulumi.command);
  const file = toolsFile(projectDirectory);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify({ pulumi: { ...pulumi, size, mtimeMs } }, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

setUp().catch((error: unknown) => {
  if (!(error instanceof ToolError)) throw error;
  console.error(`labwright: ${error.message}`);
  process.exitCode = 1;
});
