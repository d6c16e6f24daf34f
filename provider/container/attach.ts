/**
 * Plugs containers' network namespaces into a sandbox, as `ip netns attach` does: from then on they are like those of
 * its own. A sandbox's processes can't see a container's, so the namespace is opened here and handed over.
 */
import { open } from "node:fs/promises";
import { connectDocker, dockerMessage, isNotFound } from "../../toolchain/docker/client.ts";
import { startTimeOf, type Holder } from "../sandbox/holder.ts";
import { collect, spawnInside } from "../sandbox/run.ts";
import type { Containers } from "../schema.ts";
import { attachments, detachLines, recordAttachment, type Attachment } from "./attachments.ts";
import { nodeContainers, removeContainers } from "./docker.ts";

/**
 * Makes these nodes' containers run and be plugged in. Other containers that say to be one of these nodes, which a run
 * that was killed has left, are taken away.
 */
export async function attachContainers(holder: Holder, wanted: Containers): Promise<void> {
  if (Object.keys(wanted).length === 0) return;
  const docker = await connectDocker();
  const there = await nodeContainers(docker, holder.key);
  const known = await attachments(holder);
  const runs = new Set(there.filter(({ state }) => state === "running").map(({ id }) => id));
  const missing = Object.entries(wanted).filter(([node, id]) => known.get(node)?.container !== id || !runs.has(id));
  if (missing.length === 0) return;
  const gone = missing.filter(([, id]) => !there.some((container) => container.id === id)).map(([node]) => node);
  if (gone.length > 0)
    throw new Error(
      `${gone.join(", ")}: ${gone.length === 1 ? "its container was" : "their containers were"} removed. \`pulumi up --refresh\` makes what is missing anew, as \`lab up\` does by itself.`,
    );
  const stale = there.filter(({ node, id }) => missing.some(([name, wants]) => node === name && id !== wants));
  await removeContainers(
    docker,
    stale.map(({ id }) => id),
  );
  const found = await Promise.all(
    missing.map(async ([node, id]): Promise<[string, Attachment]> => {
      try {
        const container = docker.getContainer(id);
        const state = there.find((each) => each.id === id)?.state;
        if (state === "paused") await container.unpause();
        else if (state !== "running") await container.start();
        const { Pid: pid } = (await container.inspect()).State;
        const startTime = startTimeOf(pid);
        if (pid === 0 || startTime === undefined) throw new Error("it ended at once; `docker logs` may tell why");
        return [node, { container: id, pid, startTime }];
      } catch (error) {
        const reason = isNotFound(error) ? "it was removed" : dockerMessage(error);
        throw new Error(`${node}: its container doesn't run: ${reason}`);
      }
    }),
  );
  await mountNamespaces(holder, new Map(found));
  for (const [node, attachment] of found) await recordAttachment(holder, node, attachment);
}

async function mountNamespaces(holder: Holder, found: ReadonlyMap<string, Attachment>): Promise<void> {
  const files = await Promise.all([...found.values()].map(({ pid }) => open(`/proc/${pid}/ns/net`, "r")));
  try {
    const lines = [...found.keys()].flatMap((node, index) => [
      ...detachLines(node),
      `: >/run/netns/${node}`,
      `mount --bind /proc/self/fd/${index + firstFile} /run/netns/${node}`,
      // Docker leaves IPv6 off in a container without a network of Docker's own.
      `nsenter --net=/run/netns/${node} sh -c 'for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 0 >$file; done'`,
    ]);
    const stdio = ["pipe", "pipe", "pipe", ...files.map((file) => file.fd)] as const;
    const result = await collect(spawnInside(holder, ["sh", "-e"], [...stdio]), { stdin: lines.join("\n") });
    if (result.exitCode !== 0)
      throw new Error(`A container's network could not be plugged in: ${result.stderr.trim().replaceAll("\n", "; ")}`);
  } finally {
    for (const file of files) await file.close();
  }
}

/** After standard input, output and error. */
const firstFile = 3;
