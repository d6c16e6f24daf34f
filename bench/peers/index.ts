import { findContainerlab } from "./containerlab.ts";
import { findKathara } from "./kathara.ts";
import type { Leftovers } from "../leftovers.ts";
import type { BenchProject } from "../project.ts";
import { findLabwrightInContainers } from "./labwright-containers.ts";
import { findMininet } from "./mininet.ts";
import type { Peer } from "./peer.ts";

export type { Peer } from "./peer.ts";

/** Those that are installed, and why the others can't be measured. `image`: for those that run containers. */
export async function findPeers(
  image: string,
  project: BenchProject,
  leftovers: Leftovers,
): Promise<{ peers: Peer[]; absent: Record<string, string> }> {
  const peers: Peer[] = [];
  const absent: Record<string, string> = {};
  const all = {
    "Labwright, containers": findLabwrightInContainers(project, leftovers),
    mininet: findMininet(),
    containerlab: findContainerlab(image),
    Kathará: findKathara(image),
  };
  for (const [name, finding] of Object.entries(all)) {
    const found = await finding;
    if (typeof found === "string") absent[name] = found;
    else peers.push(found);
  }
  return { peers, absent };
}
