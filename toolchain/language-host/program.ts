/** Starts a program and reads what is installed around it. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { findUpwards } from "./sdk.ts";

/** The SDK's exit code for "failed, and the user has been told why". */
const alreadyReported = 32;

export interface ProgramStart {
  readonly directory: string;
  readonly entryPoint: string;
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly engine: string;
  readonly monitor: string;
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly pwd: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

export type ProgramEnd =
  | { readonly kind: "succeeded" }
  | { readonly kind: "reported" }
  | { readonly kind: "failed"; readonly message: string };

/** Runs it to its end. Its output goes to the host's own, which the engine logs. `started` gets the process. */
export async function runProgram(start: ProgramStart, started: (child: ChildProcess) => void): Promise<ProgramEnd> {
  const runner = findUpwards(start.directory, "node_modules/@pulumi/pulumi/cmd/run/index.js");
  if (runner === undefined)
    return { kind: "failed", message: `@pulumi/pulumi is not installed in ${start.directory}: run \`npm ci\` there` };
  const args = [
    ...nodeArguments(start.options["nodeargs"]),
    runner,
    `--monitor=${start.monitor}`,
    `--engine=${start.engine}`,
    `--project=${start.project}`,
    `--stack=${start.stack}`,
    `--organization=${start.organization}`,
    `--pwd=${start.pwd}`,
    `--parallel=${start.parallel}`,
    ...(start.dryRun ? ["--dry-run"] : []),
    start.entryPoint,
    ...start.arguments,
  ];
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(start.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(start.secretKeys),
    ...(start.options["typescript"] === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
  };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: start.directory, env, stdio: ["ignore", "inherit", "inherit"] });
    started(child);
    child.once("error", (error) => resolve({ kind: "failed", message: `Node could not be started: ${error.message}` }));
    child.once("close", (code, signal) => {
      if (code === 0) resolve({ kind: "succeeded" });
      else if (code === alreadyReported) resolve({ kind: "reported" });
      else
        resolve({
          kind: "failed",
          message:
            signal === null ? `Program exited with non-zero exit code: ${code}` : `Program was ended by ${signal}`,
        });
    });
  });
}

/** `nodeargs` of Pulumi.yaml: words, quoted with ' or " where they hold spaces. */
function nodeArguments(value: unknown): string[] {
  if (typeof value !== "string") return [];
  return [...value.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** The `pulumi` field of its package.json. */
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** Packages at the top of the node_modules folder that the program uses. */
export async function installedPackages(directory: string): Promise<InstalledPackage[]> {
  const modules = findUpwards(directory, "node_modules");
  if (modules === undefined) return [];
  const names: string[] = [];
  for (const entry of await readdir(modules)) {
    if (entry.startsWith(".")) continue;
    if (entry.startsWith("@")) names.push(...(await readdir(join(modules, entry))).map((name) => `${entry}/${name}`));
    else names.push(entry);
  }
  const found = await Promise.all(names.map(async (name) => readPackage(join(modules, name, "package.json"))));
  return found.filter((entry) => entry !== undefined);
}

/** Names in `dependencies` of the program's package.json. */
export async function directDependencies(directory: string): Promise<readonly string[]> {
  const file = findUpwards(directory, "package.json");
  if (file === undefined) return [];
  const { dependencies = {} } = JSON.parse(await readFile(file, "utf8")) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies);
}

async function readPackage(file: string): Promise<InstalledPackage | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as InstalledPackage;
  } catch {
    return undefined;
  }
}
