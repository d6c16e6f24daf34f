/** `lab doctor`: what is on this machine, where it comes from, and what is lost without what isn't. */
import { readFile } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import { probeKernel, type KernelFeature } from "./kernel.ts";
import { findDocker } from "./docker/host.ts";
import { atLeast, findOnPath, minimumNode, projectDirectory, projectNode } from "./paths.mjs";
import {
  installedPlugin,
  optionalTools,
  pluginNames,
  recordedTool,
  systemPackages,
  type OptionalTool,
  type PluginName,
} from "./plan.mjs";
import { run } from "./run.ts";
import type { Origin } from "./tool.ts";

export interface ToolDiagnosis {
  readonly name: string;
  readonly origin: Origin | "missing";
  /** Of its first command. */
  readonly path?: string;
  readonly version?: string;
  readonly purpose: string;
  /** What is wrong, and what is lost by it; absent when all is well. */
  readonly problem?: string;
  /** Only some labs need it. */
  readonly optional?: true;
}

export interface Limit {
  readonly name: string;
  readonly value: string;
  /** What labs of some size need; absent when there is enough. */
  readonly problem?: string;
}

export interface Diagnosis {
  readonly tools: readonly ToolDiagnosis[];
  readonly kernel: readonly KernelFeature[];
  readonly limits: readonly Limit[];
}

/** Looks at everything, in two seconds or so, and leaves no trace. Never throws for what it doesn't find. */
export async function diagnose(directory = projectDirectory): Promise<Diagnosis> {
  const [packages, docker, kernel, limits] = await Promise.all([
    Promise.all(systemPackages.map(diagnosePackage)),
    diagnoseDocker(),
    probeKernel(),
    readLimits(),
  ]);
  const optional = optionalTools.map((tool) => diagnoseOptional(directory, tool));
  const plugins = pluginNames.map((name) => diagnosePlugin(name, directory));
  const tools = [diagnoseNode(directory), diagnosePulumi(directory), ...plugins, ...packages, docker, ...optional];
  return { tools, kernel, limits };
}

function diagnoseNode(directory: string): ToolDiagnosis {
  const path = projectNode(directory);
  const purpose = "runs the program, the provider and the lab command";
  if (path === undefined)
    return {
      name: "Node.js",
      origin: "missing",
      purpose,
      problem: `${minimumNode.join(".")} or later is needed: run \`npm run setup\``,
    };
  return {
    name: "Node.js",
    origin: path.startsWith(directory) ? "official" : "system",
    path,
    version: process.versions.node,
    purpose,
  };
}

function diagnosePulumi(directory: string): ToolDiagnosis {
  const pulumi = recordedTool(directory, "pulumi");
  const purpose = "the engine";
  if (pulumi === undefined)
    return { name: "Pulumi CLI", origin: "missing", purpose, problem: "no lab can be brought up: run `npm run setup`" };
  return { name: "Pulumi CLI", origin: pulumi.origin, path: pulumi.command, version: pulumi.version, purpose };
}

function diagnoseOptional(
  directory: string,
  { name, title, for: group, purpose, without }: OptionalTool,
): ToolDiagnosis {
  const found = recordedTool(directory, name);
  if (found === undefined) {
    const problem = `optional; ${without} without it: \`npm run setup -- --${group}\``;
    return { name: title, origin: "missing", purpose, problem, optional: true };
  }
  return {
    name: title,
    origin: found.origin,
    path: found.command,
    version: found.version,
    purpose,
    optional: true,
  };
}

function diagnosePlugin(name: PluginName, directory: string): ToolDiagnosis {
  const plugin = installedPlugin(name, directory);
  const common = { name: `Pulumi plugin ${name}`, purpose: `resources of @pulumi/${name}` };
  if (plugin === undefined)
    return { ...common, origin: "missing", optional: true, problem: "the engine downloads it when a lab needs it" };
  return { ...common, origin: plugin.origin, path: plugin.command, version: plugin.version };
}

async function diagnoseDocker(): Promise<ToolDiagnosis> {
  const found = await findDocker();
  const common = { name: "Docker daemon", purpose: "labs in containers" };
  if ("version" in found) {
    const daemon = { ...common, optional: true, origin: "system", path: found.host, version: found.version } as const;
    if (process.getuid?.() === 0) return daemon;
    return { ...daemon, problem: "links can be plugged into containers by root only: run such labs by `sudo -E`" };
  }
  const installed = findOnPath("dockerd") !== undefined;
  const remedy = installed
    ? "`npm run docker` runs one until Ctrl-C, the system's own starts with `service docker start`"
    : "`npm run setup -- --docker` installs it";
  return {
    ...common,
    origin: "missing",
    optional: true,
    problem: `${found.reason}: no lab runs in containers; ${remedy}`,
  };
}

async function diagnosePackage(entry: (typeof systemPackages)[number]): Promise<ToolDiagnosis> {
  const { purpose } = entry;
  const [name = ""] = entry.commands;
  const missing = entry.commands.filter((command) => findOnPath(command) === undefined);
  const path = findOnPath(name);
  if (path === undefined || missing.length > 0) {
    return {
      name: entry.package,
      origin: "missing",
      ...(entry.for === undefined ? {} : { optional: true as const }),
      purpose,
      problem: `${missing.join(", ")} not found: ${entry.without}; \`npm run setup${entry.for === undefined ? "" : ` -- --${entry.for}`}\` installs it`,
    };
  }
  const version = await reportedVersion(path);
  const found = {
    name: entry.package,
    origin: "system",
    path,
    ...(version === undefined ? {} : { version }),
    purpose,
  } as const;
  if (entry.minimum === undefined || (version !== undefined && atLeast(version, entry.minimum.version))) return found;
  return { ...found, problem: `${entry.minimum.version.join(".")} or later is needed: ${entry.minimum.because}` };
}

/** Each of the tools says its version to one of these. */
async function reportedVersion(path: string): Promise<string | undefined> {
  for (const argument of ["--version", "-V"]) {
    const { stdout, stderr } = await run([path, argument], { timeout: 2000 });
    const version = /\d+(\.\d+)+|\b\d{8}\b/.exec(`${stdout}${stderr}`)?.[0];
    if (version !== undefined) return version;
  }
  return undefined;
}

async function readLimits(): Promise<Limit[]> {
  const gibibyte = 1024 ** 3;
  const number = async (file: string): Promise<number | undefined> => {
    const text = await readFile(file, "utf8").catch(() => "");
    return /^\d+/.test(text) ? Number.parseInt(text, 10) : undefined;
  };
  const files = /Max open files\s+(\d+|unlimited)/.exec(
    await readFile("/proc/self/limits", "utf8").catch(() => ""),
  )?.[1];
  const version =
    (await readFile("/sys/fs/cgroup/cgroup.controllers", "utf8").catch(() => undefined)) === undefined ? "1" : "2";
  const counted = async (name: string, file: string, needed: number, loss: string): Promise<Limit> => {
    const value = await number(file);
    return {
      name,
      value: value === undefined ? "unknown" : String(value),
      ...(value !== undefined && value < needed ? { problem: `below ${needed}: ${loss}` } : {}),
    };
  };
  return [
    { name: "processor cores", value: String(cpus().length) },
    {
      name: "memory",
      value: `${(totalmem() / gibibyte).toFixed(1)} GiB, ${(freemem() / gibibyte).toFixed(1)} free`,
      ...(totalmem() < 2 * gibibyte ? { problem: "below 2 GiB: labs of 100 routers or more may not fit" } : {}),
    },
    { name: "cgroup version", value: version },
    {
      name: "open files of a process",
      value: files ?? "unknown",
      ...(files !== undefined && files !== "unlimited" && Number(files) < 1024
        ? { problem: "below 1024: labs of 200 routers may not come up" }
        : {}),
    },
    await counted("processes", "/proc/sys/kernel/pid_max", 4096, "labs of 200 routers may not come up"),
    await counted(
      "inotify instances of a user",
      "/proc/sys/fs/inotify/max_user_instances",
      128,
      "Kubernetes nodes may not start",
    ),
    await counted(
      "network namespaces of a user",
      "/proc/sys/user/max_net_namespaces",
      500,
      "labs of 400 nodes may not come up",
    ),
  ];
}

/** For people: a line each, what is missing with what is lost. */
export function formatDiagnosis({ tools, kernel, limits }: Diagnosis): string {
  const columns = (rows: readonly (readonly string[])[]): string[] => {
    const widths = rows.reduce<number[]>(
      (all, row) => row.map((cell, index) => Math.max(all[index] ?? 0, cell.length)),
      [],
    );
    return rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd());
  };
  return [
    "Tools",
    ...columns(
      tools.map((tool) => [
        tool.name,
        tool.version ?? "-",
        tool.origin,
        tool.path ?? "-",
        tool.problem ?? tool.purpose,
      ]),
    ),
    "",
    "Kernel",
    ...columns(kernel.map(({ name, present, without }) => [present ? "yes" : "no", name, present ? "" : without])),
    "",
    "Limits",
    ...columns(limits.map(({ name, value, problem }) => [name, value, problem ?? ""])),
  ].join("\n");
}
