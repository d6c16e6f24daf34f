/** What set-up has still to do; nothing but a few look-ups in files. Plain JavaScript for Node 18; types in plan.d.mts. */
import { readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { cacheDirectory, findOnPath, projectDirectory, projectNode, readJson } from "./paths.mjs";

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

export function planSetUp(directory = projectDirectory, env = process.env, { optional = false } = {}) {
  return {
    modules: !modulesInStep(directory) || projectNode(directory) === undefined,
    packages: missingPackages(env),
    pulumi: recordedTool(directory, "pulumi") === undefined,
    optional: optional ? missingOptional(directory) : [],
  };
}

export function isDone(plan) {
  return !plan.modules && plan.packages.length === 0 && !plan.pulumi && plan.optional.length === 0;
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

function missingPackages(env) {
  return systemPackages
    .filter((entry) => entry.commands.some((command) => findOnPath(command, env["PATH"]) === undefined))
    .map((entry) => entry.package);
}

function missingOptional(directory) {
  return optionalTools.filter(({ name }) => recordedTool(directory, name) === undefined).map(({ title }) => title);
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

/** PATH with the folders of optional tools that were built, in front of what else has their names. */
export function pathWithTools(directory, path = process.env["PATH"] ?? "") {
  const built = optionalTools.flatMap(({ name }) => {
    const tool = recordedTool(directory, name);
    return tool?.origin === "built" ? [dirname(tool.command)] : [];
  });
  return [...new Set([...built, ...path.split(delimiter)])].join(delimiter);
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
  if (plan.optional.length > 0) {
    lines.push(
      `${plan.optional.join(" and ")}: those on PATH if they are new enough, else NLnet Labs' packages where apt knows them, else built with cargo (2 to 5 minutes, once), in ${cacheDirectory(env)}`,
    );
  }
  return ["Labwright's set-up will install:", ...lines.map((line) => `  - ${line}`)].join("\n");
}
