/** A port that Docker can't publish, in words: who has it, and what to do. */
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import { dockerHosts } from "../../topology/services/docker.ts";
import type { Failure } from "../engine/failures.ts";
import { EngineError } from "../engine/engine.ts";
import type { Stack } from "../stacks/stack.ts";

/** The TCP port that Docker says is taken. */
export function takenPort(message: string): number | undefined {
  const found =
    /Bind for \S+:(\d+) failed: port is already allocated/.exec(message) ??
    /listen tcp4? \S+:(\d+): bind: address already in use/.exec(message);
  return found === null ? undefined : Number(found[1]);
}

/** The error of a broken-off run, with those of taken ports explained. Any other error as it is. */
export async function explainTakenPorts(error: unknown, { name, key, topology }: Stack): Promise<unknown> {
  if (!(error instanceof EngineError) || error.failures.every(({ message }) => takenPort(message) === undefined))
    return error;
  const sandbox = await findSandbox(key);
  if (sandbox === undefined) return error;
  const nodes = dockerHosts(topology).map(({ node }) => node);
  const failures = await Promise.all(
    error.failures.map(async (failure): Promise<Failure> => {
      const port = takenPort(failure.message);
      const node = nodes.find((each) => failure.resource?.startsWith(`container ${each}-`));
      if (port === undefined || node === undefined) return failure;
      const message = `it can't be published at TCP port ${port} of ${node}, which ${await holder(sandbox, node, port)} has.`;
      return { ...failure, message };
    }),
  );
  return new EngineError(
    error.summary,
    failures,
    `End what has the port (\`lab exec ${name} ${nodes[0]} -- ss -lntp\` lists them all), or publish the container at another one; then run \`lab up ${name}\` again.`,
  );
}

async function holder(sandbox: Pick<SandboxHandle, "exec">, node: string, port: number): Promise<string> {
  const ask = async (...argv: readonly string[]): Promise<string> => {
    const { exitCode, stdout } = await sandbox.exec(node, argv);
    return exitCode === 0 ? stdout.trim() : "";
  };
  const containers = await ask("docker", "ps", "--filter", `publish=${port}`, "--format", "{{.Names}}");
  if (containers !== "") return `the container ${containers.split("\n").join(", ")}`;
  const process = /users:\(\("([^"]+)",pid=(\d+)/.exec(await ask("ss", "-Hlntp", `sport = :${port}`));
  return process === null ? "another program" : `the program ${process[1]} (process ${process[2]} in the sandbox)`;
}
