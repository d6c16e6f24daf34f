/** Containers of labs as the Docker daemon has them, known by their labels. */
import type Docker from "dockerode";
import { dockerClient, dockerMessage, isNotFound, statusOf } from "../../toolchain/docker/client.ts";
import { findDocker } from "../../toolchain/docker/host.ts";
import { nodeLabel, projectLabel, sandboxLabel } from "./labels.ts";

export interface NodeContainer {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly sandbox: string;
  readonly node: string;
  /** Folder of the project. */
  readonly project: string;
  /** `running`, `paused`, `exited` and so on. */
  readonly state: string;
}

/** Of one sandbox, or of all. */
export async function nodeContainers(docker: Docker, sandbox?: string): Promise<NodeContainer[]> {
  const label = sandbox === undefined ? sandboxLabel : `${sandboxLabel}=${sandbox}`;
  const listed = await docker.listContainers({ all: true, filters: { label: [label] } });
  return listed.map(({ Id: id, Names: names, Labels: labels, State: state }) => ({
    id,
    name: (names[0] ?? id).replace(/^\//, ""),
    sandbox: labels[sandboxLabel] ?? "",
    node: labels[nodeLabel] ?? "",
    project: labels[projectLabel] ?? "",
    state,
  }));
}

/** Takes them away, running or not. No error for one that is gone, or on its way. */
export async function removeContainers(docker: Docker, ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      const container = docker.getContainer(id);
      try {
        await container.remove({ force: true, v: true });
      } catch (error) {
        if (isNotFound(error)) return;
        if (statusOf(error) !== 409) throw new Error(`Docker can't remove a container: ${dockerMessage(error)}`);
        await container.wait({ condition: "removed" }).catch(() => {});
      }
    }),
  );
}

/**
 * Takes away all containers of a sandbox; gives their number. Where no daemon answers there are none, unless some are
 * known to be there: then it throws.
 */
export async function removeContainersOf(sandbox: string, known: boolean): Promise<number> {
  const found = await findDocker();
  if ("reason" in found) {
    if (!known) return 0;
    throw new Error(
      `Containers of the lab can't be taken away, as ${found.reason}. Start the daemon (\`npm run docker\` runs one), then try again.`,
    );
  }
  const docker = dockerClient(found.host);
  const containers = await nodeContainers(docker, sandbox);
  await removeContainers(
    docker,
    containers.map(({ id }) => id),
  );
  return containers.length;
}
