/** Builds the Pulumi CLI from its Go module at the pinned version, and puts the Node.js language host beside it. */
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isIntact, recordHash } from "./hashes.ts";
import { withLock } from "./lock.mjs";
import { lastLine, run } from "./run.ts";
import type { Missing } from "./tool.ts";

export interface Build {
  readonly go: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly say: (line: string) => void;
}

const moduleDirectory = join(import.meta.dirname, "pulumi");
const hostDirectory = join(import.meta.dirname, "language-host");
const hostFiles = ["package.json", "main.ts", "service.ts", "program.ts", "sdk.ts"];

/** The cached build, or a new one. Several runs at once build it once. */
export async function buildPulumi(build: Build): Promise<{ readonly command: string } | Missing> {
  const directory = join(build.cache, "pulumi", await cacheKey(build.version));
  const command = join(directory, "pulumi");
  return withLock(
    `${directory}.lock`,
    async () => {
      if (!(await isIntact(command))) {
        const failure = await buildInto(directory, build);
        if (failure !== undefined) return failure;
      }
      await installLanguageHost(directory);
      return { command };
    },
    { say: build.say },
  );
}

/** Version, processor, and what is built: another go.mod gives another folder. */
async function cacheKey(version: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(moduleDirectory, file)));
  return `${version}-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 12)}`;
}

async function buildInto(directory: string, { go, version, env, cache, say }: Build): Promise<Missing | undefined> {
  say(`Pulumi CLI ${version}: building it with ${go}; 4 to 8 minutes, once for all clones`);
  await mkdir(join(cache, "pulumi"), { recursive: true });
  // This process holds the lock, so what lies there is of builds that were killed.
  const draft = `.build-${basename(directory)}-`;
  for (const name of await readdir(join(cache, "pulumi"))) {
    if (name.startsWith(draft)) await rm(join(cache, "pulumi", name), { recursive: true, force: true });
  }
  const work = await mkdtemp(join(cache, "pulumi", draft));
  try {
    for (const file of ["go.mod", "go.sum"]) await copyFile(join(moduleDirectory, file), join(work, file));
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    const still = setInterval(() => say("Pulumi CLI: still building"), 60_000);
    const result = await run(
      [go, "build", "-trimpath", "-ldflags", flags, "-o", "pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
      {
        cwd: work,
        env: { ...env, ...goDirectories(env, cache), CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
        timeout: 3_600_000,
      },
    ).finally(() => clearInterval(still));
    if (result.exitCode !== 0)
      return { reason: `\`go build\` failed: ${lastLine(result.stderr) || `exit code ${result.exitCode}`}` };
    const runs = await run([join(work, "pulumi"), "version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 30_000,
    });
    if (runs.exitCode !== 0) return { reason: `what it built does not run: ${lastLine(runs.stderr)}` };
    await recordHash(join(work, "pulumi"));
    await rm(directory, { recursive: true, force: true });
    await rename(work, directory);
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Go keeps its caches in HOME; where there is none it gets a place beside ours. */
function goDirectories(env: Build["env"], cache: string): Record<string, string> {
  if (env["HOME"]) return {};
  return {
    GOCACHE: env["GOCACHE"] ?? join(cache, "go-build"),
    GOPATH: env["GOPATH"] ?? join(cache, "go"),
    HOME: tmpdir(),
  };
}

/** Renewed at each set-up: the newest clone's host serves them all. */
async function installLanguageHost(directory: string): Promise<void> {
  const target = join(directory, "language-host");
  await mkdir(target, { recursive: true });
  for (const file of hostFiles) await replace(join(hostDirectory, file), join(target, file));
  await replace(join(hostDirectory, "pulumi-language-nodejs"), join(directory, "pulumi-language-nodejs"));
}

async function replace(source: string, target: string): Promise<void> {
  await copyFile(source, `${target}.new`);
  await chmod(`${target}.new`, (await stat(source)).mode);
  await rename(`${target}.new`, target);
}
