/** Runs programs inside a sandbox. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import type { CommandResult } from "../../labs/lab.ts";
import type { ExecOptions } from "./handle.ts";
import { killTree } from "./process-tree.ts";
import { hasOwnUserNamespace, type Holder } from "./holder.ts";

/** Arguments of nsenter(1) that lead into the sandbox. */
export function enterArguments(holder: Holder, directory = "/"): string[] {
  const user = hasOwnUserNamespace(holder) ? ["--user", "--preserve-credentials"] : [];
  return [
    "--target",
    String(holder.pid),
    ...user,
    "--mount",
    "--net",
    "--pid",
    "--uts",
    "--ipc",
    `--wd=${directory}`,
    "--",
  ];
}

export function spawnInside(
  holder: Holder,
  argv: readonly string[],
  stdio: StdioOptions,
  directory?: string,
): ChildProcess {
  return spawn("nsenter", [...enterArguments(holder, directory), ...argv], {
    stdio,
    env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin:/usr/bin:/bin` },
  });
}

/** Runs a program in the sandbox to its end and gives what it printed. */
export async function runInside(
  holder: Holder,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  return collect(spawnInside(holder, argv, ["pipe", "pipe", "pipe"]), options);
}

/** Runs a shell script in the sandbox. */
export async function scriptInside(holder: Holder, script: string, timeout = 120_000): Promise<CommandResult> {
  return runInside(holder, ["sh"], { stdin: script, timeout });
}

/** Waits for a program's end. One that takes too long is killed with all that it started: nsenter(1) leaves its child. */
export async function collect(child: ChildProcess, options: ExecOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killTree(child.pid);
      // What was started in the background and is nobody's child any more may still have them.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, options.timeout ?? 60_000);
    child.stdout?.on("data", (data: Buffer) => output.push(data));
    child.stderr?.on("data", (data: Buffer) => errors.push(data));
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({
        exitCode: timedOut ? 124 : (code ?? 128),
        stdout: Buffer.concat(output).toString("utf8"),
        stderr: Buffer.concat(errors).toString("utf8"),
      });
    });
    // A program that ends before it has read everything is no error of ours.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin ?? "");
  });
}
