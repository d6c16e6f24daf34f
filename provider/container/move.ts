/** Nodes that were containers and are to be namespaces of the sandbox, or the other way round. */
import { connectDocker } from "../../toolchain/docker/client.ts";
import { baselinePath, namespaces, nodeDirectory } from "../kernel/observe.ts";
import type { Holder } from "../sandbox/holder.ts";
import { scriptInside } from "../sandbox/run.ts";
import type { Containers } from "../schema.ts";
import { detachLines, isContainer } from "./attachments.ts";
import { nodeContainers, removeContainers } from "./docker.ts";

/**
 * Ends what runs on nodes whose kind of place changes, and takes their links away: both are made anew where they are to be.
 * Otherwise daemons of before would have the ports, and take those sockets away at their end that are the new ones'.
 * `nodes`: all that are about to be made, of which `containers` has those that are to be containers.
 */
export async function moveNodes(holder: Holder, nodes: readonly string[], containers: Containers): Promise<void> {
  const isWanted = (node: string): boolean => Object.hasOwn(containers, node);
  const others = nodes.filter((node) => isContainer(holder, node) !== isWanted(node));
  if (others.length === 0) return;
  const there = new Set(await namespaces(holder));
  const moved = others.filter((node) => there.has(node));
  if (moved.length === 0) return;
  const out = moved.filter((node) => !isWanted(node));
  if (out.length > 0) {
    const docker = await connectDocker();
    const left = (await nodeContainers(docker, holder.key)).filter(({ node }) => out.includes(node));
    await removeContainers(
      docker,
      left.map(({ id }) => id),
    );
  }
  const lines = moved.flatMap((node) => [
    `ip -n ${node} -o link show type veth | sed 's/^[0-9]*: \\([^@:]*\\).*/\\1/' | xargs -r -n 1 ip -n ${node} link delete`,
    ...(isWanted(node) ? [`ip netns pids ${node} | xargs -r kill -9`, `ip netns delete ${node}`] : detachLines(node)),
    `rm -f ${baselinePath(node)} ${nodeDirectory(node)}/*.pid`,
  ]);
  const { exitCode, stderr } = await scriptInside(holder, `set -e\n${lines.join("\n")}`);
  if (exitCode !== 0) throw new Error(`${moved.join(", ")} can't be moved: ${stderr.trim().replaceAll("\n", "; ")}`);
}
