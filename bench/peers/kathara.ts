import type { Declarations } from "../../components/declarations.ts";
import { ipBatches } from "../raw.ts";
import { containerPeer, startScript } from "./containers.ts";
import { lacksDocker, output } from "./programs.ts";
import type { Found } from "./peer.ts";

export async function findKathara(image: string): Promise<Found> {
  if ((await output("kathara", ["--version"])) === undefined) return "not found on PATH";
  const lacking = await lacksDocker(image);
  if (lacking !== undefined) return lacking;
  return containerPeer({
    name: "Kathará",
    program: "kathara",
    up: ["lstart", "--noterminals", "--directory", "."],
    down: ["lclean", "--directory", "."],
    // Kathará mounts this folder at /shared in every node.
    nodeFolder: "shared",
    files: (declarations) => katharaFiles(declarations, image),
  });
}

/** lab.conf and a startup file for each node. Interfaces are eth0, eth1 and so on there, in the order of the links. */
export function katharaFiles(declarations: Declarations, image: string): Record<string, string> {
  const counts = new Map<string, number>();
  const conf = declarations.nodes.map(({ name }) => `${name}[image]="${image}"`);
  const links = Object.values(declarations.links).map((link, index) => ({
    ...link,
    ends: [link.ends[0], link.ends[1]].map((end) => {
      const number = counts.get(end.node) ?? 0;
      counts.set(end.node, number + 1);
      conf.push(`${end.node}[${number}]="L${index}"`);
      return { ...end, interface: `eth${number}` };
    }) as unknown as typeof link.ends,
  }));
  const batches = ipBatches({
    nodes: declarations.nodes,
    links: Object.fromEntries(links.map((link, index) => [String(index), link])),
  });
  return {
    "lab.conf": `${conf.join("\n")}\n`,
    ...Object.fromEntries(
      declarations.nodes.map((node) => [
        `${node.name}.startup`,
        startScript(node, batches.get(node.name) ?? [], `/shared/${node.name}`),
      ]),
    ),
  };
}
