/** What labs with containers ask of the machine, and what became of their containers since the engine last saw them. */
import { nodeContainers, type NodeContainer } from "../../provider/container/docker.ts";
import { dockerClient } from "../../toolchain/docker/client.ts";
import { findDocker, type DockerDaemon, type NoDaemon } from "../../toolchain/docker/host.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Engine } from "../engine/engine.ts";
import { CommandError, exitCodes } from "../errors.ts";
import type { Stack } from "../stacks/stack.ts";

export function containersOf({ nodes }: Pick<Topology, "nodes">): readonly string[] {
  return nodes.flatMap(({ name, container }) => (container === undefined ? [] : [name]));
}

/** Refuses a lab with containers where no Docker daemon answers, or links can't be plugged into them. */
export async function requireDocker(
  { name, topology }: Pick<Stack, "name" | "topology">,
  find: () => Promise<DockerDaemon | NoDaemon> = findDocker,
  user = process.getuid?.(),
): Promise<void> {
  if (containersOf(topology).length === 0) return;
  const found = await find();
  const otherwise = `\`lab up ${name} --set runtime=namespace\` needs neither Docker nor root.`;
  if ("reason" in found)
    throw new CommandError(
      `Nodes of ${name} are containers, and ${found.reason}.`,
      `\`sudo service docker start\` or \`npm run docker\` starts one; \`npm run setup -- --docker\` installs it.\n${otherwise}`,
      exitCodes.failed,
    );
  if (user !== 0)
    throw new CommandError(
      `Nodes of ${name} are containers, and links can be plugged into containers by root only.`,
      `Run it as root, such as by \`sudo -E npx lab up ${name}\`.\n${otherwise}`,
      exitCodes.failed,
    );
}

/** Whether somebody removed a container of the lab that the state has: the engine learns it by a refresh only. */
export async function hasLostContainers(engine: Engine, { name, key, topology }: Stack): Promise<boolean> {
  if (containersOf(topology).length === 0) return false;
  const known = await containersInState(engine, name);
  if (known.length === 0) return false;
  const there = await containersOnMachine(key);
  return known.some((id) => !there.some((container) => container.id === id));
}

/** Ids. */
export async function containersInState(engine: Engine, stack: string): Promise<readonly string[]> {
  const resources = (await engine.resources(stack)) ?? [];
  return resources.filter(({ type }) => type === "docker:index/container:Container").map(({ id }) => id);
}

/** Of one sandbox, or of all; none where no daemon answers. */
export async function containersOnMachine(key?: string): Promise<readonly NodeContainer[]> {
  const found = await findDocker();
  return "reason" in found ? [] : nodeContainers(dockerClient(found.host), key);
}
