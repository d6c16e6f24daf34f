import * as pulumi from "@pulumi/pulumi";
import type { Topology } from "../topology/topology.ts";
import type { NodeInputs } from "../provider/schema.ts";
import { declare } from "./declarations.ts";
import { Links, Node, Readiness, Sandbox, Segment } from "./net.ts";

export interface LabArgs {
  /** Name of the lab, also its sandbox's host name. */
  readonly lab: string;
  /** Identity of the sandbox; see sandbox-key.ts. */
  readonly key: string;
  readonly topology: Topology;
  /** Seconds within which it must converge. Default 60. */
  readonly convergesWithin?: number;
}

/**
 * A topology as a running lab in namespaces: a sandbox, a resource for each node and segment, one for the links, and one that holds
 * until all of it has converged. The sandbox's end takes everything in it away.
 */
export class Lab extends pulumi.ComponentResource {
  readonly sandbox: Sandbox;

  constructor(name: string, args: LabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("labwright:index:Lab", name, { lab: args.lab }, opts);
    const declarations = declare(args.topology, args.convergesWithin ?? 60);
    this.sandbox = new Sandbox(
      `${name}-sandbox`,
      { key: args.key, lab: args.lab, hosts: declarations.hosts, resolvers: declarations.resolvers },
      { parent: this },
    );
    // Not `parent: sandbox`: a delete of the sandbox must come first, and then nothing else needs deleting.
    const child = { parent: this, deletedWith: this.sandbox };
    const sandbox = this.sandbox.key;
    // Links don't wait for nodes: whichever comes first makes the namespaces it needs, so they go in few batches.
    const wires = [
      ...(Object.keys(declarations.links).length === 0
        ? []
        : [new Links(`${name}-links`, { links: declarations.links, sandbox }, child)]),
      ...declarations.segments.map((segment) => new Segment(`${name}-${segment.name}`, { ...segment, sandbox }, child)),
    ];
    const parts = [
      ...wires,
      ...declarations.nodes.map((node) => {
        const dependsOn = needsInterfaces(node) ? wires : [];
        return new Node(`${name}-${node.name}`, { ...node, sandbox }, { ...child, dependsOn });
      }),
    ];
    new Readiness(`${name}-readiness`, { ...declarations.readiness, sandbox }, { ...child, dependsOn: parts });
    this.registerOutputs({});
  }
}

/** Rules may name interfaces by what the kernel has them under, and some daemons take hold of theirs at their start. */
function needsInterfaces({ ruleset, iptables, ip6tables, daemons }: Omit<NodeInputs, "sandbox">): boolean {
  return ruleset + iptables + ip6tables !== "" || daemons.some(({ interfaces }) => interfaces !== undefined);
}
