import type { Declarations } from "../../components/declarations.ts";
import { ipBatches } from "../raw.ts";
import { containerPeer, startScript } from "./containers.ts";
import { lacksDocker, output } from "./programs.ts";
import type { Found } from "./peer.ts";

const topologyFile = "bench.clab.yml";

export async function findContainerlab(image: string): Promise<Found> {
  if ((await output("containerlab", ["version"])) === undefined) return "not found on PATH";
  const lacking = await lacksDocker(image);
  if (lacking !== undefined) return lacking;
  return containerPeer({
    name: "containerlab",
    program: "containerlab",
    up: ["deploy", "--topo", topologyFile],
    down: ["destroy", "--topo", topologyFile, "--cleanup"],
    nodeFolder: "nodes",
    files: (declarations) => containerlabFiles(declarations, image),
  });
}

/** Nodes of kind linux without a management network, and a start script for each. JSON is YAML. */
export function containerlabFiles(declarations: Declarations, image: string): Record<string, string> {
  const batches = ipBatches(declarations);
  const topology = {
    name: "labwright-bench",
    topology: {
      defaults: { kind: "linux", image, cmd: "sleep infinity", "network-mode": "none" },
      nodes: Object.fromEntries(
        declarations.nodes.map(({ name }) => [name, { binds: [`nodes/${name}:/bench`], exec: ["sh /bench/start.sh"] }]),
      ),
      links: Object.values(declarations.links).map(({ ends }) => ({
        endpoints: ends.map((end) => `${end.node}:${end.interface}`),
      })),
    },
  };
  return {
    [topologyFile]: JSON.stringify(topology, undefined, 2),
    ...Object.fromEntries(
      declarations.nodes.map((node) => [
        `nodes/${node.name}/start.sh`,
        startScript(node, batches.get(node.name) ?? [], "/bench"),
      ]),
    ),
  };
}
