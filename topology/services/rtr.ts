/** RTR servers (RFC 8210); and StayRTR, which gives the topology's ROAs to routers as they are. */
import type { Node, Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";
import type { RelyingPartySpec, RtrSpec, ServiceSpec } from "./spec.ts";

export interface RtrServer {
  readonly node: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

export const defaultRtrPort = 3323;

/** Whether routers can learn of the RPKI from it. */
export function isRtrServer(service: ServiceSpec): service is RtrSpec | RelyingPartySpec {
  return service.kind === "rtr" || service.kind === "relying-party";
}

/** The lab's RTR servers, by the first address that each node has. */
export function rtrServers(topology: Topology): readonly RtrServer[] {
  return topology.nodes.flatMap((node) =>
    node.services.flatMap(({ name, spec }) => {
      const address = firstAddress(node);
      if (!isRtrServer(spec) || address === undefined) return [];
      return [{ node: node.name, service: name, address, port: spec.port ?? defaultRtrPort }];
    }),
  );
}

function firstAddress(node: Node): string | undefined {
  const loopbacks = node.kind === "router" ? node.loopbacks : [];
  return [...loopbacks, ...node.interfaces.flatMap(({ addresses }) => addresses)][0]?.split("/")[0];
}

/** Its file has the form that relying parties write: a list of validated ROA payloads. */
export function renderRtrServer(
  topology: Topology,
  { name, directory }: Place,
  { port = defaultRtrPort }: RtrSpec,
): Daemon {
  const roas = topology.roas.map(({ prefix, asn, maxLength }) => ({ asn, prefix, maxLength, ta: "lab" }));
  return {
    // It reads its file at a signal; its clock and its own page of metrics are of no use here.
    command: [
      ...["stayrtr", "-bind", `:${port}`, "-cache", `${directory}/vrps.json`],
      ...["-refresh", "3600", "-checktime=false", "-metrics.addr", ""],
    ],
    files: { [`${name}/vrps.json`]: `${JSON.stringify({ roas }, undefined, 2)}\n` },
    reload: "HUP",
  };
}
