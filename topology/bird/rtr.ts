/** ROAs from the lab's RTR servers (RFC 8210), for routers that validate origins. */
import { rtrServers } from "../services/rtr.ts";
import type { Policy, Topology } from "../topology.ts";
import { roaTable } from "./policy.ts";
import { block } from "./text.ts";

/** Name of BIRD's protocol for an RTR server. */
export function rtrProtocol(server: { readonly node: string; readonly service: string }): string {
  return `${server.service}_${server.node}`.replaceAll("-", "_");
}

export function renderRtr(topology: Topology, policy: Policy): string[] {
  if (!policy.originValidation) return [];
  return [
    "# What the RPKI says, from the RTR servers.",
    ...topology.families.map(
      (family) =>
        `${family === "ipv4" ? "roa4" : "roa6"} table ${roaTable(family)} { min settle time 100 ms; max settle time 1 s; };`,
    ),
    "",
    ...rtrServers(topology).flatMap((server) => [
      ...block(`protocol rpki ${rtrProtocol(server)}`, [
        ...topology.families.map((family) => `${family === "ipv4" ? "roa4" : "roa6"} { table ${roaTable(family)}; };`),
        `remote ${server.address} port ${server.port};`,
        "retry keep 1;",
        "refresh keep 10;",
        "expire keep 7200;",
      ]),
      "",
    ]),
  ];
}
