/** What set-up has still to do; nothing but a few look-ups in files. Plain JavaScript for Node 18; types in plan.d.mts. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, findOnPath, projectDirectory, projectNode, readJson } from "./paths.mjs";

export const systemPackages = JSON.parse(
  readFileSync(join(projectDirectory, "toolchain", "system-packages.json"), "utf8"),
);

export function toolsFile(directory) {
  return join(directory, ".labwright", "tools.json");
}

export function planSetUp(directory = projectDirectory, env = process.env) {
  return {
    modules: !modulesInStep(directory) || projectNode(directory) === undefined,
    packages: missingPackages(env),
    pulumi: recordedPulumi(directory) === undefined,
  };
}

export function isDone(plan) {
  return !plan.modules && plan.packages.length === 0 && !plan.pulumi;
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

/** The Pulumi CLI that set-up has found or built, while it is still the same file. */
export function recordedPulumi(directory) {
  const pulumi = readJson(toolsFile(directory))?.pulumi;
  if (typeof pulumi?.command !== "string") return undefined;
  try {
    const { size, mtimeMs } = statSync(pulumi.command);
    return size === pulumi.size && mtimeMs === pulumi.mtimeMs ? pulumi : undefined;
  } catch {
    return undefined;
  }
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
  return ["Labwright's set-up will install:", ...lines.map((line) => `  - ${line}`)].join("\n");
}
