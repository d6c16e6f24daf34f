/** The project's own server of registry look-ups (programs/registry). */
import { registryData } from "../registry/data.ts";
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";

export function renderRegistry(topology: Topology, { node, name, directory }: Place): Daemon {
  return {
    // Whoever starts it knows where the project's own programs are (provider/kernel/programs.ts).
    command: ["labwright-registry", `${directory}/registry.json`],
    files: { [`${name}/registry.json`]: `${JSON.stringify(registryData(topology, node))}\n` },
    reload: "HUP",
  };
}
