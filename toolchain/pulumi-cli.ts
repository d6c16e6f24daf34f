/** The Pulumi CLI: on PATH, by the official installer, or built from its Go module. */
import { readFile } from "node:fs/promises";
import { realpathSync, statSync, openSync, readSync, closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildPulumi } from "./pulumi-build.ts";
import { atLeast, findAllOnPath, findOnPath } from "./paths.mjs";
import { lastLine, run } from "./run.ts";
import type { Found, Missing, Strategy, Tool } from "./tool.ts";

/** The SDK's own version: Pulumi tests its SDK with this CLI and later ones of the same major version. */
export const pulumiVersion = "3.259.0";
const minimum = [3, 259, 0] as const;

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The cache for all clones. */
  readonly cache: string;
  /** Takes lines about progress. */
  readonly say: (line: string) => void;
  /** Where the official installer's script is; asked before npm's package is, so that its absence costs little. */
  readonly installerUrl?: string;
  /** Where Go is looked for after PATH. Default: where its makers and distributions put it. */
  readonly goDirectories?: readonly string[];
}

export function pulumiTool(surroundings: Surroundings): Tool {
  return {
    name: `The Pulumi CLI (version ${pulumiVersion} or a later 3.x)`,
    strategies: [onPath(surroundings), officialInstaller(surroundings), goBuild(surroundings)],
  };
}

function onPath({ env }: Surroundings): Strategy {
  return {
    name: "pulumi on PATH",
    async find() {
      const candidates = findAllOnPath("pulumi", env["PATH"], []).filter((command) => !isOwnShim(command));
      const reasons: string[] = [];
      for (const command of candidates) {
        const result = await judge(command, "official", env);
        if ("command" in result) return result;
        reasons.push(result.reason);
      }
      return { reason: reasons.length === 0 ? "none there" : reasons.join("; ") };
    },
  };
}

/** `npx pulumi` in a clone puts the clone's own wrapper on PATH. */
function isOwnShim(command: string): boolean {
  const file = realpathSync(command);
  if (statSync(file).size > 65_536) return false;
  const buffer = Buffer.alloc(512);
  const descriptor = openSync(file, "r");
  try {
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    return buffer.toString("utf8", 0, length).includes("bootstrap.mjs");
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a CLI runs, is new enough, and has the Node.js language host beside it. */
export async function judge(
  command: string,
  origin: Found["origin"],
  env: Surroundings["env"],
): Promise<Found | Missing> {
  const version = await run([command, "version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 30_000,
  });
  const text = version.stdout.trim();
  if (version.exitCode !== 0 || !/^v?\d+\.\d+\.\d+/.test(text)) {
    return {
      reason: `${command} does not run: ${lastLine(version.stderr) || `\`pulumi version\` ended with exit code ${version.exitCode}`}`,
    };
  }
  if (!atLeast(text, minimum) || atLeast(text, [4]))
    return { reason: `${command} is ${text}, and ${pulumiVersion} or a later 3.x is needed` };
  const host = "pulumi-language-nodejs";
  if (
    findOnPath(host, dirname(realpathSync(command)), []) === undefined &&
    findOnPath(host, env["PATH"], []) === undefined
  ) {
    return { reason: `${command} has no ${host} beside it` };
  }
  return { command, version: text.replace(/^v/, "").split(/\s/)[0] ?? "", origin };
}

function officialInstaller(surroundings: Surroundings): Strategy {
  const { env, cache, say } = surroundings;
  const url = surroundings.installerUrl ?? "https://get.pulumi.com/install.sh";
  return {
    name: "the official installer (npm package pulumi)",
    async find() {
      const home = join(cache, "pulumi-official");
      const command = join(home, "versions", pulumiVersion, "bin", "pulumi");
      const there = await judge(command, "official", env);
      if ("command" in there) return there;
      const unreachable = await whyUnreachable(url);
      if (unreachable !== undefined) return { reason: `${url} can't be reached: ${unreachable}` };
      const npm = findOnPath("npm", env["PATH"], []);
      if (npm === undefined) return { reason: "npm isn't on PATH" };
      say(`Pulumi CLI ${pulumiVersion}: downloading it with npm's package pulumi`);
      const installed = await run(
        [npm, "exec", "--yes", `--package=pulumi@${pulumiVersion}`, "--", "pulumi", "version"],
        {
          // Not in the clone, where `pulumi` is the clone's own wrapper.
          cwd: "/",
          env: { ...env, PULUMI_HOME: home, PULUMI_VERSION: pulumiVersion, PULUMI_SKIP_UPDATE_CHECK: "true" },
          timeout: 900_000,
        },
      );
      if (installed.exitCode !== 0)
        return { reason: lastLine(installed.stderr) || `it ended with exit code ${installed.exitCode}` };
      return judge(command, "official", env);
    },
  };
}

/** Undefined when it can be reached, within five seconds. */
export async function whyUnreachable(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) });
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function goBuild({
  env,
  cache,
  say,
  goDirectories = ["/usr/local/go/bin", "/usr/lib/go/bin"],
}: Surroundings): Strategy {
  return {
    name: "a build of its Go module",
    async find() {
      const go = findOnPath("go", env["PATH"], goDirectories);
      const wanted = await goDirective();
      if (go === undefined) return { reason: `go isn't on PATH: install Go ${wanted} or later from https://go.dev/dl` };
      const version = /go(\d+\.\d+(\.\d+)?)/.exec(
        (await run([go, "env", "GOVERSION"], { env: { ...env, GOTOOLCHAIN: "local" } })).stdout,
      )?.[1];
      // From 1.21 on, Go fetches the toolchain that go.mod names.
      if (version === undefined || !atLeast(version, [1, 21])) {
        return {
          reason: `${go} is ${version ?? "of an unknown version"}: install Go ${wanted} or later (1.21 or later fetches it by itself) from https://go.dev/dl`,
        };
      }
      const built = await buildPulumi({ go, version: pulumiVersion, env, cache, say });
      return "command" in built ? judge(built.command, "built", env) : built;
    },
  };
}

export const goModuleDirectory = join(import.meta.dirname, "pulumi");

async function goDirective(): Promise<string> {
  return /^go (\S+)$/m.exec(await readFile(join(goModuleDirectory, "go.mod"), "utf8"))?.[1] ?? "1.25";
}
