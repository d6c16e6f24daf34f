/** A spec put into one shape: what the stages of `resolve` work on. Nothing in it is validated but its form. */
import type {
  EndSpec,
  Family,
  HostSpec,
  ImpairmentsSpec,
  MachineSpec,
  RelationSpec,
  RouterSpec,
  TopologySpec,
} from "./spec.ts";
import { member } from "./validation/report.ts";

export interface Draft {
  readonly spec: TopologySpec;
  /** IPv4 first. */
  readonly families: readonly Family[];
  readonly routers: ReadonlyMap<string, DraftRouter>;
  readonly hosts: ReadonlyMap<string, DraftHost>;
  readonly machines: ReadonlyMap<string, DraftMachine>;
  /** Links, then segments. */
  readonly attachments: readonly Attachment[];
  readonly relations: readonly RelationSpec[];
  /** Routers of each AS that is declared, in their order. */
  readonly routersOf: ReadonlyMap<string, readonly DraftRouter[]>;
}

export interface DraftRouter {
  readonly name: string;
  readonly path: string;
  readonly spec: RouterSpec;
}

export interface DraftHost {
  readonly name: string;
  readonly path: string;
  readonly spec: HostSpec;
}

export interface DraftMachine {
  readonly name: string;
  readonly path: string;
  readonly spec: MachineSpec;
}

/** A link or a segment. */
export interface Attachment {
  readonly kind: "link" | "segment";
  readonly name: string;
  /** Whether the name was declared, not made. */
  readonly named: boolean;
  readonly path: string;
  readonly ends: readonly DraftEnd[];
  /** As declared: a prefix, none of that family, or (undefined) one of the pool. */
  readonly prefixes: Readonly<Record<Family, string | false | undefined>>;
  readonly mtu: number | undefined;
  readonly impairments: ImpairmentsSpec;
  /** Segments only. */
  readonly multicastQuerier: boolean;
}

export interface DraftEnd {
  readonly node: string;
  readonly path: string;
  /** The place of the node's name: `path` itself where the end is nothing but that. */
  readonly nodePath: string;
  readonly interface: string | undefined;
  readonly addresses: Readonly<Record<Family, string | undefined>>;
  readonly mac: string | undefined;
}

export function draftOf(spec: TopologySpec): Draft {
  const routers = new Map<string, DraftRouter>();
  const hosts = new Map<string, DraftHost>();
  const machines = new Map<string, DraftMachine>();
  const routersOf = new Map<string, DraftRouter[]>(Object.keys(spec.autonomousSystems ?? {}).map((name) => [name, []]));
  for (const [name, node] of Object.entries(spec.nodes)) {
    const path = member("nodes", name);
    if (node.kind === "host") hosts.set(name, { name, path, spec: node });
    else if (node.kind === "machine") machines.set(name, { name, path, spec: node });
    else {
      const router = { name, path, spec: node };
      routers.set(name, router);
      routersOf.get(node.as)?.push(router);
    }
  }
  return {
    spec,
    families: (["ipv4", "ipv6"] as const).filter((family) => spec.families?.includes(family) ?? true),
    routers,
    hosts,
    machines,
    attachments: [...linksOf(spec), ...segmentsOf(spec)],
    relations: spec.relations ?? [],
    routersOf,
  };
}

function linksOf(spec: TopologySpec): Attachment[] {
  const parallel = new Map<string, number>();
  return (spec.links ?? []).map((link, index) => {
    const path = `links[${index}]`;
    const ends = endsOf(link.ends, `${path}.ends`);
    const pair = ends.map((end) => end.node).join("--");
    let name = link.name;
    if (name === undefined) {
      const count = (parallel.get(pair) ?? 0) + 1;
      parallel.set(pair, count);
      name = count === 1 ? pair : `${pair}#${count}`;
    }
    return {
      kind: "link",
      name,
      named: link.name !== undefined,
      path,
      ends,
      prefixes: { ipv4: link.ipv4, ipv6: link.ipv6 },
      mtu: link.mtu,
      impairments: link.impairments ?? {},
      multicastQuerier: false,
    };
  });
}

function segmentsOf(spec: TopologySpec): Attachment[] {
  return Object.entries(spec.segments ?? {}).map(([name, segment]) => {
    const path = member("segments", name);
    return {
      kind: "segment",
      name,
      named: true,
      path,
      ends: endsOf(segment.members, `${path}.members`),
      prefixes: { ipv4: segment.ipv4, ipv6: segment.ipv6 },
      mtu: segment.mtu,
      impairments: segment.impairments ?? {},
      multicastQuerier: segment.multicastQuerier ?? false,
    };
  });
}

function endsOf(ends: readonly EndSpec[], path: string): DraftEnd[] {
  return ends.map((end, index) => {
    const place = `${path}[${index}]`;
    if (typeof end === "string") {
      return {
        node: end,
        path: place,
        nodePath: place,
        interface: undefined,
        addresses: { ipv4: undefined, ipv6: undefined },
        mac: undefined,
      };
    }
    return {
      node: end.node,
      path: place,
      nodePath: `${place}.node`,
      interface: end.interface,
      addresses: { ipv4: end.ipv4, ipv6: end.ipv6 },
      mac: end.mac,
    };
  });
}
