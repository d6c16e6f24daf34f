/** Builds programs from their crate at the pinned version. */
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isIntact, recordHash } from "./hashes.ts";
import { withLock } from "./lock.mjs";
import type { OptionalTool } from "./plan.mjs";
import { lastLine, run } from "./run.ts";
import type { Missing } from "./tool.ts";

export interface CrateBuild {
  readonly cargo: string;
  readonly tool: OptionalTool;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** The quickest build: a lab's authority has a few objects to sign. */
const profile = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "256",
  CARGO_PROFILE_RELEASE_DEBUG: "0",
  CARGO_PROFILE_RELEASE_STRIP: "symbols",
};

/** Gives the first of the tool's commands: the cached build's, or a new one's. Several runs at once build it once. */
export async function buildCrate(build: CrateBuild): Promise<{ readonly command: string } | Missing> {
  const { tool, cache, say } = build;
  const directory = join(cache, "cargo", `${tool.name}-${tool.version}-${process.platform}-${process.arch}`);
  const commands = tool.commands.map((command) => join(directory, "bin", command));
  return withLock(
    `${directory}.lock`,
    async () => {
      const intact = await Promise.all(commands.map(isIntact));
      const failure = intact.every(Boolean) ? undefined : await buildInto(directory, build);
      return failure ?? { command: commands[0] ?? "" };
    },
    { say },
  );
}

async function buildInto(
  directory: string,
  { cargo, tool, env, cache, say }: CrateBuild,
): Promise<Missing | undefined> {
  const { name, title, version, commands } = tool;
  say(`${title} ${version}: building it with ${cargo}; 1 to 3 minutes, once for all clones`);
  await mkdir(join(cache, "cargo"), { recursive: true });
  // This process holds the lock, so what lies there is of builds that were killed.
  const draft = `.build-${basename(directory)}-`;
  for (const entry of await readdir(join(cache, "cargo")))
    if (entry.startsWith(draft)) await rm(join(cache, "cargo", entry), { recursive: true, force: true });
  const work = await mkdtemp(join(cache, "cargo", draft));
  const root = join(work, "root");
  try {
    const still = setInterval(() => say(`${title}: still building`), 60_000);
    const wanted = ["--locked", "--no-default-features", "--no-track", "--version", version, "--root", root];
    const binaries = commands.flatMap((command) => ["--bin", command]);
    const result = await run([cargo, "install", ...wanted, ...binaries, name], {
      cwd: work,
      env: {
        ...env,
        ...(env["HOME"] ? {} : { HOME: work, CARGO_HOME: env["CARGO_HOME"] ?? join(cache, "cargo", "home") }),
        ...profile,
        CARGO_TARGET_DIR: join(work, "target"),
      },
      timeout: 3_600_000,
    }).finally(() => clearInterval(still));
    if (result.exitCode !== 0) return { reason: `\`cargo install ${name}\` failed: ${reasonOf(result.stderr)}` };
    for (const command of commands) await recordHash(join(root, "bin", command));
    await rm(directory, { recursive: true, force: true });
    await rename(root, directory);
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Cargo says what went wrong first, and what follows from it after. */
function reasonOf(stderr: string): string {
  return /^error(?:\[\w+\])?: (.*)$/m.exec(stderr)?.[1] ?? (lastLine(stderr) || "it said nothing");
}
