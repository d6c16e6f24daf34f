/** Puts the results of all stages together. */
import { addressBits, formatAddress, type Address } from "./addressing/address.ts";
import type { AddressPlan } from "./addressing/plan.ts";
import { formatPrefix } from "./addressing/prefix.ts";
import type { Attachment, Draft, DraftEnd } from "./draft.ts";
import type { Origination } from "./routing/originations.ts";
import type { ResolvedRelation } from "./routing/relations.ts";
import { planRouterIds } from "./routing/router-ids.ts";
import type { HostSpec, ImpairmentsSpec, RouterSpec, TimersSpec, TopologySpec } from "./spec.ts";
import type {
  AutonomousSystem,
  Container,
  End,
  Host,
  Impairments,
  Hijack,
  Interface,
  Link,
  Node,
  Relation,
  Roa,
  Route,
  Router,
  Session,
  Timers,
  Topology,
} from "./topology.ts";

export interface Results {
  readonly addresses: AddressPlan;
  /** By node. */
  readonly extraAddresses: ReadonlyMap<string, readonly string[]>;
  readonly originations: ReadonlyMap<string, readonly Origination[]>;
  readonly hijacks: ReadonlyMap<string, readonly Hijack[]>;
  readonly roas: readonly Roa[];
  readonly interfaces: ReadonlyMap<DraftEnd, string>;
  readonly autonomousSystems: readonly AutonomousSystem[];
  readonly relations: readonly ResolvedRelation[];
  readonly sessions: readonly Session[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

export function assemble(draft: Draft, results: Results): Omit<Topology, "pki"> {
  const links: Link[] = [];
  const segments: Topology["segments"][number][] = [];
  const interfacesOf = new Map<string, Interface[]>(Object.keys(draft.spec.nodes).map((name) => [name, []]));
  for (const attachment of draft.attachments) {
    const mtu = attachment.mtu ?? 1500;
    const ends = attachment.ends.map((end) => resolveEnd(end, attachment, draft, results));
    const [one, other] = ends;
    const wire = {
      name: attachment.name,
      prefixes: prefixesOf(attachment, draft, results.addresses),
      mtu,
      impairments: resolveImpairments(attachment.impairments),
    };
    if (attachment.kind === "segment")
      segments.push({ ...wire, members: ends, multicastQuerier: attachment.multicastQuerier });
    else if (one !== undefined && other !== undefined) links.push({ ...wire, ends: [one, other] });
    for (const end of ends) {
      interfacesOf.get(end.node)?.push({
        name: end.interface,
        attachedTo: attachment.name,
        attachment: attachment.kind,
        addresses: end.addresses,
        mtu,
      });
    }
  }
  return {
    families: draft.families,
    autonomousSystems: results.autonomousSystems,
    nodes: resolveNodes(draft, results, interfacesOf),
    links,
    segments,
    relations: resolveRelations(results.relations),
    sessions: results.sessions,
    roas: results.roas,
    names: Object.entries(draft.spec.names ?? {}).map(([name, node]) => ({ name, node })),
    resolver: draft.spec.resolver ?? "",
    timers: resolveTimers(draft.spec.timers ?? {}),
  };
}

type Common = Omit<Host, "kind" | "routes" | "clock">;

function resolveNodes(draft: Draft, results: Results, interfacesOf: ReadonlyMap<string, readonly Interface[]>): Node[] {
  const routerIds = planRouterIds(draft, results.addresses);
  const asnOf = new Map(results.autonomousSystems.map((system) => [system.name, system.asn]));
  const resolveRouter = (name: string, spec: RouterSpec): Omit<Router, keyof Common> => {
    const originations = (results.originations.get(name) ?? []).filter(({ family }) => draft.families.includes(family));
    return {
      kind: "router",
      as: spec.as,
      asn: asnOf.get(spec.as) ?? 0,
      daemon: spec.daemon ?? "bird",
      routerId: routerIds.get(name) ?? "",
      loopbacks: draft.families.flatMap((family) => {
        const address = results.addresses.loopbackOf(name, family);
        return address === undefined ? [] : [withLength(address, addressBits(family))];
      }),
      originates: originations.map(({ prefix }) => prefix),
      anycast: originations.filter(({ anycast }) => anycast).map(({ prefix }) => prefix),
      hijacks: results.hijacks.get(name) ?? [],
      routeServer: spec.routeServer ?? false,
    };
  };
  return Object.entries(draft.spec.nodes).map(([name, declared]): Node => {
    const spec = declared.kind === "machine" ? { ...declared, ...noRules } : declared;
    const common: Common = {
      name,
      interfaces: interfacesOf.get(name) ?? [],
      addresses: results.extraAddresses.get(name) ?? [],
      files: spec.files ?? {},
      credentials: Object.entries(spec.credentials ?? {}).map(([path, each]) => ({ path, spec: each })),
      services: Object.entries(spec.services ?? {}).map(([service, each]) => ({ name: service, spec: each })),
      sysctls: spec.sysctls ?? {},
      ruleset: spec.ruleset ?? "",
      iptables: draft.families.includes("ipv4") ? (spec.iptables ?? "") : "",
      ip6tables: draft.families.includes("ipv6") ? (spec.ip6tables ?? "") : "",
      ...(spec.kind === "machine" ? {} : containerOf(spec, draft.spec)),
    };
    if (spec.kind === "router") return { ...common, ...resolveRouter(name, spec) };
    if (spec.kind === "host")
      return {
        ...common,
        kind: "host",
        routes: results.routes.get(name) ?? [],
        ...(spec.clock === undefined ? {} : { clock: spec.clock }),
      };
    const { image = "", files = {}, environment = {}, setup = [], forwarding = false, after = [] } = spec;
    return { ...common, kind: "machine", image, files, environment, setup, forwarding, after };
  });
}

/** What a machine declares of its rules: its setup loads what it needs. */
const noRules = { credentials: undefined, ruleset: undefined, iptables: undefined, ip6tables: undefined };

/** Where there are services, their clients are on other nodes. A clock needs a library that `router` hasn't. */
function containerOf(
  node: RouterSpec | HostSpec,
  { runtime, nodes }: TopologySpec,
): { readonly container?: Container } {
  if ((node.runtime ?? runtime ?? "namespace") === "namespace") return {};
  const services =
    (node.kind === "host" && node.clock !== undefined) ||
    Object.values(nodes).some((each) => Object.keys(each.services ?? {}).length > 0);
  const daemons = node.kind === "router" && (node.daemon ?? "bird") !== "bird";
  return { container: { image: daemons ? "daemons" : services ? "services" : "router", ...node.container } };
}

function resolveEnd(end: DraftEnd, attachment: Attachment, draft: Draft, { addresses, interfaces }: Results): End {
  return {
    node: end.node,
    interface: interfaces.get(end) ?? "",
    addresses: draft.families.flatMap((family) => {
      const address = addresses.addressOf(end, family);
      const prefix = addresses.prefixOf(attachment, family);
      return address === undefined || prefix === undefined ? [] : [withLength(address, prefix.length)];
    }),
    ...(end.mac === undefined ? {} : { mac: end.mac.toLowerCase() }),
  };
}

function prefixesOf(attachment: Attachment, draft: Draft, addresses: AddressPlan): string[] {
  return draft.families.flatMap((family) => {
    const prefix = addresses.prefixOf(attachment, family);
    return prefix === undefined ? [] : [formatPrefix(prefix)];
  });
}

function withLength(address: Address, length: number): string {
  return `${formatAddress(address)}/${length}`;
}

/** Each once: an AS may have several route servers with the same member. */
function resolveRelations(relations: readonly ResolvedRelation[]): Relation[] {
  const once = new Map(relations.map(({ kind, a, b }) => [`${kind} ${a} ${b}`, { kind, a, b }]));
  return [...once.values()];
}

/** Without those that change nothing. */
function resolveImpairments(spec: ImpairmentsSpec): Impairments {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined && value !== 0));
}

function resolveTimers({
  hold = 90,
  keepalive,
  connectDelay = 1,
  connectRetry = 1,
  ospfHello = 1,
}: TimersSpec): Timers {
  return { hold, keepalive: keepalive ?? Math.floor(hold / 3), connectDelay, connectRetry, ospfHello };
}
