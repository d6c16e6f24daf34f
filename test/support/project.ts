/** A project of its own for a test: this clone's code, other stacks and state. And the command, run as a user runs it. */
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { collect } from "../../provider/sandbox/run.ts";
import { listHolders, type Holder } from "../../provider/sandbox/holder.ts";
import { sandboxKey } from "../../components/sandbox-key.ts";
import type { CommandResult } from "../../labs/lab.ts";

const clone = join(import.meta.dirname, "..", "..");

export interface TestProject {
  readonly directory: string;
  /** Starts `lab` with these arguments in the project. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  /** Runs `lab` to its end. */
  lab(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** Runs `lab`, which must succeed, and gives what it printed. */
  good(args: readonly string[]): Promise<string>;
  /** Runs plain `pulumi` with what `lab env` tells. */
  pulumi(args: readonly string[]): Promise<CommandResult>;
  /** Key of a stack's sandbox. */
  key(stack: string): string;
  /** The running sandbox of a stack. */
  holder(stack: string): Promise<Holder | undefined>;
  /** Takes down what a test left and removes the folder. */
  remove(): Promise<void>;
}

export function makeProject(): TestProject {
  const directory = mkdtempSync(join(tmpdir(), "labwright-test-"));
  for (const name of [
    "node_modules",
    "provider",
    "components",
    "topology",
    "cli",
    "toolchain",
    "plugins",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
  ]) {
    symlinkSync(join(clone, name), join(directory, name));
  }
  // Not a link: a module's own path is its real one, and a stack's sandbox goes by it.
  for (const name of ["index.ts", "Pulumi.yaml"]) copyFileSync(join(clone, name), join(directory, name));
  // Written to by `lab import` and `lab up --name`.
  for (const name of ["stacks", "labs"]) cpSync(join(clone, name), join(directory, name), { recursive: true });
  mkdirSync(join(directory, ".labwright"), { mode: 0o700 });
  for (const name of ["tools.json", "passphrase"]) {
    if (existsSync(join(clone, ".labwright", name)))
      copyFileSync(join(clone, ".labwright", name), join(directory, ".labwright", name));
  }
  const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(command, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const start = (args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess =>
    run(process.execPath, [join(clone, "cli/main.ts"), "--directory", directory, ...args], env);
  // The first `up` of a lab with containers makes their image.
  const timeout = 300_000;
  const lab: TestProject["lab"] = (args, env) => collect(start(args, env), { timeout });
  return {
    directory,
    start,
    lab,
    async good(args) {
      const { exitCode, stdout, stderr } = await lab(args);
      expect(exitCode, stderr + stdout).toBe(0);
      return stdout;
    },
    async pulumi(args) {
      const { stdout } = await collect(start(["env", "--json"]), { timeout });
      const { command, env } = JSON.parse(stdout) as { command: string; env: Record<string, string> };
      return collect(run(command, [...args, "--non-interactive"], env), { timeout });
    },
    key: (stack) => sandboxKey(directory, stack),
    holder: async (stack) => (await listHolders()).find((holder) => holder.key === sandboxKey(directory, stack)),
    async remove() {
      await collect(start(["down", "--all"]), { timeout });
      await collect(start(["clean"]), { timeout });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
