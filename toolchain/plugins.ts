/**
 * Pulumi's docker and command plugins: the official ones where they are there or can be downloaded, else stand-ins of
 * ours in their place, which start this clone's `plugins/main.ts`.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory as ownDirectory } from "./paths.mjs";
import { installedPlugin, pluginDirectory, pluginNames, pluginVersion, type PluginName } from "./plan.mjs";
import { whyUnreachable } from "./pulumi-cli.ts";
import { lastLine, run } from "./run.ts";
import { obtain, type Found, type Strategy, type Tool } from "./tool.ts";

export interface PluginSurroundings {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Pulumi CLI, and the variables that it is run with. */
  readonly pulumi: { readonly command: string; readonly env: Readonly<Record<string, string>> };
  readonly say: (line: string) => void;
  /** Where a plugin's archive is downloaded from; asked first, so that its absence costs little. */
  readonly downloadUrl?: (name: PluginName, version: string) => string;
}

/** What is in the plugin cache, or else the official one downloaded, or else a stand-in. */
export function pluginTool(name: PluginName, surroundings: PluginSurroundings): Tool {
  const version = pluginVersion(name, surroundings.directory);
  return {
    name: `The Pulumi plugin ${name} ${version}`,
    strategies: [
      inCache(name, surroundings),
      download(name, version, surroundings),
      standIn(name, version, surroundings),
    ],
  };
}

/** Puts the plugins that a lab needs in place. Nothing to do, and nothing asked for, where they are. */
export async function ensurePlugins(names: readonly PluginName[], surroundings: PluginSurroundings): Promise<Found[]> {
  return Promise.all(names.map(async (name) => obtain(pluginTool(name, surroundings))));
}

/**
 * Stand-ins for the official plugins that are neither there nor to be downloaded. Gives those that can be: the engine
 * does that itself when a program needs one.
 */
export async function placeStandIns(surroundings: PluginSurroundings): Promise<string[]> {
  const downloadable: string[] = [];
  for (const name of pluginNames) {
    const version = pluginVersion(name, surroundings.directory);
    if (version === "" || installedPlugin(name, surroundings.directory, surroundings.env) !== undefined) continue;
    if ((await unreachable(name, version, surroundings)) === undefined) downloadable.push(`${name} ${version}`);
    else await standIn(name, version, surroundings).find();
  }
  return downloadable;
}

function inCache(name: PluginName, { directory, env }: PluginSurroundings): Strategy {
  return {
    name: "the plugin cache",
    find: async () => installedPlugin(name, directory, env) ?? { reason: "it isn't there" },
  };
}

function download(name: PluginName, version: string, surroundings: PluginSurroundings): Strategy {
  const { directory, env, pulumi, say } = surroundings;
  return {
    name: "the official download (pulumi plugin install)",
    async find() {
      const why = await unreachable(name, version, surroundings);
      if (why !== undefined) return { reason: why };
      say(`Pulumi plugin ${name} ${version}: downloading it`);
      const installed = await run([pulumi.command, "plugin", "install", "resource", name, version], {
        cwd: "/",
        env: { ...env, ...pulumi.env },
        timeout: 900_000,
      });
      if (installed.exitCode !== 0)
        return { reason: lastLine(installed.stderr) || `it ended with exit code ${installed.exitCode}` };
      return installedPlugin(name, directory, env) ?? { reason: "it isn't in the plugin cache afterwards" };
    },
  };
}

async function unreachable(
  name: PluginName,
  version: string,
  { downloadUrl = officialUrl }: PluginSurroundings,
): Promise<string | undefined> {
  const url = downloadUrl(name, version);
  const why = await whyUnreachable(url);
  return why === undefined ? undefined : `${url} can't be reached: ${why}`;
}

function officialUrl(name: PluginName, version: string): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return `https://get.pulumi.com/releases/plugins/pulumi-resource-${name}-v${version}-linux-${architecture}.tar.gz`;
}

function standIn(name: PluginName, version: string, { directory, env, say }: PluginSurroundings): Strategy {
  return {
    name: "a stand-in",
    async find() {
      const folder = pluginDirectory(name, directory, env);
      const command = join(folder, `pulumi-resource-${name}`);
      // A download that was broken off leaves a mark beside the folder, and the engine then takes neither.
      rmSync(`${folder}.partial`, { force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(command, standInScript(name, version));
      chmodSync(command, 0o755);
      say(`Pulumi plugin ${name} ${version}: Labwright's stand-in, as the official one can't be downloaded`);
      return { command, version, origin: "stand-in" };
    },
  };
}

/** `lab` and `npx pulumi` say which clone they belong to; the one that wrote it serves everybody else. */
function standInScript(name: PluginName, version: string): string {
  return `#!/bin/sh
# Labwright's stand-in for the Pulumi plugin ${name}, in its place as long as that can't be downloaded.
# \`pulumi plugin rm resource ${name} ${version}\` removes it.
root=\${LABWRIGHT_PROJECT:-}
[ -f "$root/plugins/main.ts" ] || root='${ownDirectory.replaceAll("'", `'\\''`)}'
if [ ! -f "$root/plugins/main.ts" ]; then
  echo "The clone of Labwright that this stand-in for the Pulumi plugin ${name} belongs to, $root, is gone: run \\\`npm run setup\\\` in another, or \\\`pulumi plugin rm resource ${name} ${version}\\\`." >&2
  exit 1
fi
node="$root/node_modules/.bin/node"
[ -x "$node" ] || node=\${LABWRIGHT_NODE:-node}
exec "$node" --import "$root/toolchain/require-node.mjs" "$root/plugins/main.ts" ${name} ${version} "$@"
`;
}
