/** Everything that set-up does once npm's packages are there. Started by bootstrap.mjs, which holds the clone's lock. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { preparePulumiHome, pulumiEnvironment } from "./environment.ts";
import { clonePaths } from "./passphrase.ts";
import { optionalTool } from "./optional-tools.ts";
import { cacheDirectory, projectDirectory, readJson } from "./paths.mjs";
import {
  optionalGroups,
  optionalTools,
  packageGroups,
  pluginNames,
  recordedTool,
  toolsFile,
  type OptionalGroup,
  type PackageGroup,
} from "./plan.mjs";
import { ensurePlugins, placeStandIns } from "./plugins.ts";
import { pulumiTool } from "./pulumi-cli.ts";
import { installSystemPackages, type Host } from "./system.ts";
import { obtain, ToolError, type Found } from "./tool.ts";

const say = (line: string): void => console.error(line);

/**
 * `wanted`, `tried`: groups of tools that only some labs need; of those that are tried none is an error where it can't be
 * had. `groups`: of packages.
 */
async function setUp(
  wanted: readonly OptionalGroup[],
  tried: readonly OptionalGroup[],
  groups: readonly PackageGroup[],
): Promise<void> {
  clonePaths(projectDirectory);
  const host: Host = {
    env: process.env,
    uid: process.getuid?.() ?? -1,
    terminal: process.stdin.isTTY && !process.env["CI"],
    say,
    groups,
  };
  await installSystemPackages(host);
  const cache = cacheDirectory();
  mkdirSync(cache, { recursive: true });
  if (recordedTool(projectDirectory, "pulumi") === undefined) {
    const found = await obtain(pulumiTool({ env: process.env, cache, say }));
    if (found.origin === "built") preparePulumiHome();
    record("pulumi", "Pulumi CLI", found);
  }
  const surroundings = { directory: projectDirectory, env: process.env, say };
  const pulumi = await pulumiEnvironment(projectDirectory);
  if (groups.includes("docker")) await ensurePlugins(pluginNames, { ...surroundings, pulumi });
  write({ downloadable: await placeStandIns({ ...surroundings, pulumi }) });
  for (const tool of optionalTools) {
    if (![...wanted, ...tried].includes(tool.for)) continue;
    if (recordedTool(projectDirectory, tool.name) !== undefined) continue;
    try {
      record(tool.name, tool.title, await obtain(optionalTool(tool, { ...host, cache })));
    } catch (error) {
      if (wanted.includes(tool.for) || !(error instanceof ToolError)) throw error;
      say(error.message);
    }
  }
}

/** Size and time of change tell cheaply, later, whether it is still the same file. */
function record(name: string, title: string, found: Found): void {
  const { size, mtimeMs } = statSync(found.command);
  write({ [name]: { ...found, size, mtimeMs } });
  say(`${title} ${found.version} (${found.origin}): ${found.command}`);
}

function write(found: object): void {
  const file = toolsFile(projectDirectory);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...(readJson(file) ?? {}), ...found }, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

const { values } = parseArgs({
  options: Object.fromEntries(
    [...packageGroups, ...optionalGroups, ...optionalGroups.map((name) => `try-${name}`)].map((name) => [
      name,
      { type: "boolean" as const },
    ]),
  ),
});

setUp(
  optionalGroups.filter((name) => values[name] === true),
  optionalGroups.filter((name) => values[`try-${name}`] === true),
  packageGroups.filter((name) => values[name] === true),
).catch((error: unknown) => {
  if (!(error instanceof ToolError)) throw error;
  console.error(`labwright: ${error.message}`);
  process.exitCode = 1;
});
