/** Labs whose routers run different daemons. */
import { whyLacking, featureNames } from "../../../topology/daemons/features.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { NodeSpec, RouterDaemon, TopologySpec } from "../../../topology/spec.ts";

/** Those that lack most come first: what they can't do is left to the others. */
const order: readonly RouterDaemon[] = (["gobgp", "openbgpd", "frr", "bird"] as const).toSorted(
  (one, other) => lacks(other) - lacks(one),
);

function lacks(daemon: RouterDaemon): number {
  return featureNames.filter((feature) => whyLacking(daemon, feature) !== undefined).length;
}

/** The lab with each router on the first daemon, beginning at another one for each, that can do what is asked of it. */
export function withDaemons(spec: TopologySpec): TopologySpec {
  let mixed = spec;
  for (const [index, [name, node]] of Object.entries(spec.nodes).entries()) {
    if (node.kind !== "router") continue;
    for (let turn = 0; turn < order.length; turn++) {
      const daemon = order[(index + turn) % order.length] ?? "bird";
      const tried: TopologySpec = {
        ...mixed,
        nodes: { ...mixed.nodes, [name]: { ...node, daemon } satisfies NodeSpec },
      };
      if (!resolves(tried)) continue;
      mixed = tried;
      break;
    }
  }
  return mixed;
}

function resolves(spec: TopologySpec): boolean {
  try {
    resolve(spec);
    return true;
  } catch (error) {
    if (error instanceof ProblemsError) return false;
    throw error;
  }
}
