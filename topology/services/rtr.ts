/** StayRTR: gives the topology's ROAs to routers. */
import type { Node, Topology } from "../topology.ts";
import type { Daemon } from "./render.ts";
import type { RtrSpec } from "./spec.ts";

export interface RtrServer {
  readonly node: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

export const defaultRtrPort = 3323;

/** The lab's RTR servers, by the first address that each node has. */
export function rtrServers(topology: Topology): readonly RtrServer[] {
  return topology.nodes.flatMap((node) =>
    node.services.flatMap(({ name, spec }) => {
      const address = firstAddress(node);
      if (spec.kind !== "rtr" || address === undefined) return [];
      return [{ node: node.name, service: name, address, port: spec.port ?? defaultRtrPort }];
    }),
  );
}

function firstAddress(node: Node): string | undefined {
  const loopbacks = node.kind === "router" ? node.loopbacks : [];
  return [...loopbacks, ...node.interfaces.flatMap(({ addresses }) => addresses)][0]?.split("/")[0];
}

/** Its file is what validators write: a list of validated ROA payloads. */
export function renderRtrServer(topology: Topology, name: string, { port = defaultRtrPort }: RtrSpec): Daemon {
  const file = `${name}/vrps.json`;
  const roas = topology.roas.map(({ prefix, asn, maxLength }) => ({ asn, prefix, maxLength, ta: "lab" }));
  return {
    command: ["stayrtr", "-bind", `:${port}`, "-cache", file, "-checktime=false", "-refresh", "1", "-metrics.addr", ""],
    files: { [file]: `${JSON.stringify({ roas }, undefined, 2)}\n` },
    reload: "HUP",
  };
}
