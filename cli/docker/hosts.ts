/** What labs with Docker daemons of their own ask of the machine, and what became of their containers since. */
import { connect } from "node:net";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import { dockerHosts, dockerSocket } from "../../topology/services/docker.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Engine } from "../engine/engine.ts";
import { CommandError, exitCodes } from "../errors.ts";
import type { Stack } from "../stacks/stack.ts";

/** Refuses a lab with Docker daemons to an ordinary user. */
export function requireRoot(
  { name, topology }: { readonly name: string; readonly topology: Pick<Topology, "nodes"> },
  user = process.getuid?.(),
): void {
  const nodes = dockerHosts(topology).map(({ node }) => node);
  if (nodes.length === 0 || user === 0) return;
  throw new CommandError(
    `${nodes.join(", ")} of ${name} ${nodes.length === 1 ? "runs" : "run"} Docker, which root only can.`,
    `Run it as root, such as by \`sudo -E npx lab up ${name}\`. The daemon is the lab's own, and nothing of it reaches this machine's network.`,
    exitCodes.failed,
  );
}

/**
 * When a refresh can tell what became of the lab's containers, as the engine's docker plugin looks at them at a refresh
 * only: `now`; `later`, when daemons that don't answer were started again; `never`, as there are none that the state knows.
 */
export async function whenToLookAtContainers(
  engine: Engine,
  { name, key, topology }: Stack,
): Promise<"now" | "later" | "never"> {
  const hosts = dockerHosts(topology);
  if (hosts.length === 0) return "never";
  const known = (await engine.resources(name))?.find(({ type }) => type === "labwright:net:Sandbox")?.outputs["pid"];
  const sandbox = await findSandbox(key);
  if (known === undefined || sandbox?.pid !== known) return "never";
  const sockets = hosts.map(({ node }) => `/proc/${sandbox.pid}/root/run/nodes/${node}/${dockerSocket}`);
  return (await Promise.all(sockets.map(answers))).every(Boolean) ? "now" : "later";
}

/** A daemon that was killed leaves its socket, at which nobody answers. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
  });
}
