import { findContainerlab } from "./containerlab.ts";
import { findKathara } from "./kathara.ts";
import type { Leftovers } from "../leftovers.ts";
import type { BenchProject } from "../project.ts";
import { findLabwrightInContainers } from "./labwright-containers.ts";
import { findMininet } from "./mininet.ts";
import type { Peer } from "./peer.ts";

export type { Peer } from "./peer.ts";

/**
 * Those that are installed, and why the others can't be measured. `image`: for those that run containers; default: that of
 * Labwright's own routers.
 */
export async function findPeers(
  image: string | undefined,
  project: BenchProject,
  leftovers: Leftovers,
): Promise<{ peers: Peer[]; absent: Record<string, string> }> {
  const peers: Peer[] = [];
  const absent: Record<string, string> = {};
  const own = await findLabwrightInContainers(project, leftovers);
  const same = image ?? own.image;
  const all = {
    "Labwright, containers": own.found,
    mininet: findMininet(),
    containerlab: same === undefined ? own.found : findContainerlab(same),
    Kathará: same === undefined ? own.found : findKathara(same),
  };
  for (const [name, finding] of Object.entries(all)) {
    const found = await finding;
    if (typeof found === "string") absent[name] = found;
    else peers.push(found);
  }
  return { peers, absent };
}
