import { spawn } from "node:child_process";

export interface RunResult {
  /** 127 when the program could not be started, 124 when it ran out of time. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** Milliseconds. Default 10,000. */
  readonly timeout?: number;
  /** Also shows what it prints, on standard error. */
  readonly echo?: boolean;
}

/** Runs a program to its end. Never throws. */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [command, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
      // A grandchild may keep the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.timeout ?? 10_000);
    const end = (exitCode: number, message?: string): void => {
      clearTimeout(timer);
      resolve({
        exitCode,
        stdout: Buffer.concat(output).toString("utf8"),
        stderr: message ?? Buffer.concat(errors).toString("utf8"),
      });
    };
    child.stdout.on("data", (data: Buffer) => output.push(data));
    child.stderr.on("data", (data: Buffer) => {
      errors.push(data);
      if (options.echo === true) process.stderr.write(data);
    });
    child.on("error", (error) => end(127, error.message));
    child.on("close", (code) => end(timedOut ? 124 : (code ?? 128)));
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
  });
}

/** The last line that says something, for messages. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
