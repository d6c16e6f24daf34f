/** What happens to a lab's containers, as the Docker daemon tells it. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { nodeLabel, sandboxLabel } from "../../provider/container/labels.ts";
import { dockerClient } from "../../toolchain/docker/client.ts";
import { findDocker } from "../../toolchain/docker/host.ts";

export interface ContainerEvent {
  readonly node: string;
  /** `die`, `start`, `pause` and so on, as Docker names it. */
  readonly action: string;
}

/**
 * What leaves a container without its links or its daemons. Its removal too: it ends first, and a repair that began then
 * may still have found it.
 */
const actions = ["start", "die", "pause", "destroy"];

/** Ends when the daemon does, or at the signal. @throws when no daemon answers. */
export async function* containerEvents(sandbox: string, signal: AbortSignal): AsyncGenerator<ContainerEvent> {
  const found = await findDocker();
  if ("reason" in found) throw new Error(found.reason);
  const stream = (await dockerClient(found.host).getEvents({
    filters: { type: ["container"], label: [`${sandboxLabel}=${sandbox}`], event: actions },
  })) as Readable;
  signal.addEventListener("abort", () => stream.destroy());
  try {
    for await (const line of createInterface({ input: stream })) {
      if (line === "") continue;
      const { Action: action, Actor: actor } = JSON.parse(line) as {
        Action: string;
        Actor: { Attributes: Record<string, string> };
      };
      yield { node: actor.Attributes[nodeLabel] ?? "", action };
    }
  } finally {
    stream.destroy();
  }
}
