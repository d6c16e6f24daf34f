/** What labs with Docker daemons of their own ask of the machine, and what became of their containers since. */
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import { dockerHosts } from "../../topology/services/docker.ts";
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
 * Whether the lab's daemons run those containers that the state has, as far as is known: then a refresh tells what
 * became of each. The engine's docker plugin looks at them at a refresh only.
 */
export async function canLookAtContainers(engine: Engine, { name, key, topology }: Stack): Promise<boolean> {
  if (dockerHosts(topology).length === 0) return false;
  const known = (await engine.resources(name))?.find(({ type }) => type === "labwright:net:Sandbox")?.outputs["pid"];
  return known !== undefined && (await findSandbox(key))?.pid === known;
}
