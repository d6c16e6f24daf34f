import { spawn } from "node:child_process";
import { collect } from "../../provider/sandbox/run.ts";
import type { Leftovers } from "../leftovers.ts";

/** What a program prints; undefined where it isn't there or fails. */
export async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const result = await collect(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), { timeout: 30_000 });
    return result.exitCode === 0 ? result.stdout : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program to its good end. */
export async function must(
  program: string,
  args: readonly string[],
  directory: string,
  leftovers: Leftovers,
): Promise<void> {
  const child = spawn(program, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  leftovers.child(child);
  const { exitCode, stdout, stderr } = await collect(child, { timeout: 900_000 });
  if (exitCode !== 0)
    throw new Error(`${program} ${args[0] ?? ""}: ${(stderr.trim() || stdout.trim()).split("\n").pop() ?? ""}`);
}

/** Why containers can't be run; undefined where they can. */
export async function lacksDocker(image: string): Promise<string | undefined> {
  if ((await output("docker", ["version", "--format", "{{.Server.Version}}"])) === undefined)
    return "Docker isn't there, or its daemon doesn't run";
  if ((await output("docker", ["image", "inspect", image])) === undefined)
    return `there is no Docker image ${image}; see --image`;
  return undefined;
}
