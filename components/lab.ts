import * as pulumi from "@pulumi/pulumi";
import { images } from "../images/index.ts";
import type { Containers, NodeInputs } from "../provider/schema.ts";
import type { TrustAnchor } from "../topology/services/render.ts";
import { dockerHosts } from "../topology/services/docker.ts";
import type { Topology } from "../topology/topology.ts";
import { nodeContainer } from "./container.ts";
import { declare, type ContainerDeclaration } from "./declarations.ts";
import { dockerObjects } from "./docker/objects.ts";
import { Image } from "./image.ts";
import { PublicKeyInfrastructure } from "./pki/pki.ts";
import { Links, Machine, Node, Readiness, RouteOriginAuthorizations, Sandbox, Segment } from "./net.ts";

export interface LabArgs {
  /** Name of the lab, also its sandbox's host name. */
  readonly lab: string;
  /** Identity of the sandbox; see sandbox-key.ts. */
  readonly key: string;
  /** Folder of the project. */
  readonly project: string;
  readonly topology: Topology;
  /** Seconds within which it must converge. Default 60. */
  readonly convergesWithin?: number;
}

/**
 * A topology as a running lab: a sandbox, a resource for each node, segment and container, one for the links, and one
 * that holds until all of it has converged. The sandbox's end takes everything in it away, its containers as well.
 */
export class Lab extends pulumi.ComponentResource {
  readonly sandbox: Sandbox;

  constructor(name: string, args: LabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("labwright:index:Lab", name, { lab: args.lab }, opts);
    const { hosts, resolvers, ...declarations } = declare(args.topology, args.convergesWithin ?? 60);
    const inContainers = declarations.containers.map(({ node }) => node);
    this.sandbox = new Sandbox(
      `${name}-sandbox`,
      {
        ...{ key: args.key, lab: args.lab, hosts, resolvers },
        ...(inContainers.length === 0 ? {} : { containers: inContainers }),
      },
      { parent: this },
    );
    // Not `parent: sandbox`: a delete of the sandbox must come first, and then nothing else needs deleting.
    const child = { parent: this, deletedWith: this.sandbox };
    const sandbox = this.sandbox.key;
    const ids = this.#containers(name, args, declarations.containers);
    const idsOf = (nodes: readonly string[]): { containers?: pulumi.Output<Containers> } => {
      const some = nodes.flatMap((node) => (ids.has(node) ? [[node, ids.get(node)] as const] : []));
      return some.length === 0
        ? {}
        : { containers: pulumi.output(Object.fromEntries(some)) as pulumi.Output<Containers> };
    };
    // Links don't wait for nodes: whichever comes first makes the namespaces it needs, so they go in few batches.
    const { links, segments } = declarations;
    const ends = [...new Set(Object.values(links).flatMap((link) => link.ends.map(({ node }) => node)))];
    const wires = [
      ...(Object.keys(links).length === 0
        ? []
        : [new Links(`${name}-links`, { links, sandbox, ...idsOf(ends) }, child)]),
      ...segments.map((segment) => {
        const members = idsOf(segment.members.map(({ node }) => node));
        return new Segment(`${name}-${segment.name}`, { ...segment, sandbox, ...members }, child);
      }),
    ];
    const pki = new PublicKeyInfrastructure(declarations.pki, child);
    const make = (node: Omit<NodeInputs, "sandbox">, trusted: Readonly<Record<string, pulumi.Input<string>>>): Node => {
      const files = { ...node.files, ...trusted, ...pki.filesOf(node.name) };
      const dependsOn = needsInterfaces(node) ? wires : [];
      const container = ids.get(node.name);
      const inputs = { ...node, files, sandbox, ...(container === undefined ? {} : { container }) };
      return new Node(`${name}-${node.name}`, inputs, { ...child, dependsOn });
    };
    const trusts = (node: Omit<NodeInputs, "sandbox">): readonly TrustAnchor[] =>
      declarations.trusts.get(node.name) ?? [];
    const nodes = new Map(
      declarations.nodes.filter((node) => trusts(node).length === 0).map((node) => [node.name, make(node, {})]),
    );
    const authorities = new Map(
      declarations.authorities.map((authority) => {
        const options = { ...child, dependsOn: [nodes.get(authority.node)].flatMap((node) => node ?? []) };
        const made = new RouteOriginAuthorizations(`${name}-${authority.node}`, { ...authority, sandbox }, options);
        return [authority.node, made];
      }),
    );
    const relying = declarations.nodes
      .filter((node) => trusts(node).length > 0)
      .map((node) => make(node, trustFiles(trusts(node), authorities)));
    const machines = new Map<string, Machine>();
    for (const { inputs, after } of declarations.machines) {
      const dependsOn = [...wires, ...after.flatMap((each) => machines.get(each) ?? [])];
      machines.set(inputs.name, new Machine(`${name}-${inputs.name}`, { ...inputs, sandbox }, { ...child, dependsOn }));
    }
    const docker = dockerHosts(args.topology).flatMap((host) => {
      const node = nodes.get(host.node);
      if (node === undefined) throw new Error(`${host.node} has a Docker daemon and relies on an authority.`);
      return dockerObjects(`${name}-${host.node}`, { host, key: args.key, sandbox: this.sandbox, node }, child);
    });
    const parts = [...wires, ...nodes.values(), ...authorities.values(), ...relying, ...machines.values(), ...docker];
    new Readiness(`${name}-readiness`, { ...declarations.readiness, sandbox }, { ...child, dependsOn: parts });
    this.registerOutputs({});
  }

  /** The containers' ids, by node. */
  #containers(
    name: string,
    { key, project }: LabArgs,
    declared: readonly ContainerDeclaration[],
  ): Map<string, pulumi.Output<string>> {
    const references = new Map<string, pulumi.Input<string>>();
    for (const image of new Set(declared.map((each) => each.image))) {
      const ours = images.find((each) => each.name === image)?.name;
      const made = ours && new Image(`${name}-${ours}`, { image: ours }, { parent: this });
      references.set(image, made?.reference ?? image);
    }
    // The sandbox makes what they mount.
    const opts = { parent: this, dependsOn: this.sandbox, deletedWith: this.sandbox, deleteBeforeReplace: true };
    return new Map(
      declared.map((each): [string, pulumi.Output<string>] => {
        const reference = references.get(each.image) ?? each.image;
        const { id } = nodeContainer(`${name}-${each.node}`, { ...each, sandbox: key, project, reference }, opts);
        return [each.node, id];
      }),
    );
  }
}

/** Rules may name interfaces by what the kernel has them under, and some daemons take hold of theirs at their start. */
function needsInterfaces({ ruleset, iptables, ip6tables, daemons }: Omit<NodeInputs, "sandbox">): boolean {
  return ruleset + iptables + ip6tables !== "" || daemons.some(({ interfaces }) => interfaces !== undefined);
}

/** What a node must trust, known once the authority is there. */
function trustFiles(
  anchors: readonly TrustAnchor[],
  authorities: ReadonlyMap<string, RouteOriginAuthorizations>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    anchors.flatMap(({ authority, locator, root }) => {
      const found = authorities.get(authority);
      return found === undefined
        ? []
        : [
            [locator, found.locator],
            [root, found.certificate],
          ];
    }),
  ) as Record<string, pulumi.Output<string>>;
}
