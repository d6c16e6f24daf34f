/** From a resolved topology to what the native provider takes. Pure. */
import type {
  DaemonInputs,
  EndInputs,
  LinksInputs,
  MachineInputs,
  NodeInputs,
  ReadinessInputs,
  RoaInputs,
  RouteOriginAuthorizationsInputs,
  RouterReadiness,
  RpkiReadiness,
  SegmentInputs,
} from "../provider/schema.ts";
import { hasForwarder, speakerProtocol } from "../topology/bird/forwarder.ts";
import { isProgram } from "../provider/kernel/programs.ts";
import { policyOf } from "../topology/bird/neighbour.ts";
import { checkedProtocols } from "../topology/bird/origins.ts";
import { renderRouter, routerIdentity } from "../topology/daemons/render.ts";
import { roaTable } from "../topology/bird/policy.ts";
import { rtrProtocol } from "../topology/bird/rtr.ts";
import { familyOf } from "../topology/bird/text.ts";
import { declarePki, type PkiDeclarations } from "./pki/declarations.ts";
import { roasDigest } from "../topology/rpki/digest.ts";
import { hostSysctls, machineSysctls, routerSysctls } from "../topology/bird/sysctls.ts";
import { addressesOf, namesOf } from "../topology/names/hosts.ts";
import {
  assertSettles,
  establishedSessions,
  expectedDigest,
  expectedRoutes,
  possibleRoutes,
} from "../topology/routes/index.ts";
import { certificationAuthority, krillRoot, krillSocket } from "../topology/services/krill.ts";
import { rtrServers } from "../topology/services/rtr.ts";
import { renderService, type Daemon, type TrustAnchor } from "../topology/services/render.ts";
import type { Family, RouterDaemon } from "../topology/spec.ts";
import type { Container, End, Host, Machine, Node, Router, Topology } from "../topology/topology.ts";

export interface Declarations {
  readonly hosts: readonly string[];
  readonly resolvers: readonly string[];
  readonly nodes: readonly Omit<NodeInputs, "sandbox" | "container">[];
  /** Of nodes that run in one. */
  readonly containers: readonly ContainerDeclaration[];
  /** Those that wait for none come first. */
  readonly machines: readonly MachineDeclaration[];
  readonly links: LinksInputs["links"];
  readonly segments: readonly Omit<SegmentInputs, "sandbox">[];
  /** Certification authorities with their ROAs. */
  readonly authorities: readonly Omit<RouteOriginAuthorizationsInputs, "sandbox">[];
  readonly pki: PkiDeclarations;
  /** By node: files that it gets when its authorities are there. */
  readonly trusts: ReadonlyMap<string, readonly TrustAnchor[]>;
  readonly readiness: Omit<ReadinessInputs, "sandbox">;
}

export interface ContainerDeclaration extends Container {
  readonly node: string;
  /** Whether it runs programs of the project. */
  readonly programs: boolean;
  /** Programs of this machine that it runs, as they are in no package of Debian's. */
  readonly tools: readonly "envoy"[];
  /** Of a router. */
  readonly daemon?: RouterDaemon;
}

export interface MachineDeclaration {
  readonly inputs: Omit<MachineInputs, "sandbox">;
  /** Names of machines that are set up before it. */
  readonly after: readonly string[];
}

/**
 * `within`: seconds that the lab may take to converge.
 *
 * @throws ProblemsError where BGP would never settle.
 */
export function declare(topology: Topology, within: number): Declarations {
  assertSettles(topology);
  const nodes = new Map(topology.nodes.map((node) => [node.name, node]));
  const end = (declared: End): EndInputs => ({
    node: declared.node,
    interface: declared.interface,
    addresses: declared.addresses,
    routes: routesThrough(nodes.get(declared.node), declared.interface),
    ...(declared.mac === undefined ? {} : { mac: declared.mac }),
    ...(nodes.get(declared.node)?.kind === "machine" ? { own: true } : {}),
  });
  return {
    hosts: hostLines(topology),
    resolvers: addressesOf(topology.nodes.find(({ name }) => name === topology.resolver)),
    nodes: topology.nodes.flatMap((node) => {
      switch (node.kind) {
        case "router":
          return [routerInputs(topology, node)];
        case "host":
          return [hostInputs(topology, node)];
        case "machine":
          return [];
      }
    }),
    containers: topology.nodes.flatMap((node) => {
      if (node.container === undefined) return [];
      const programs = servicesOf(topology, node).daemons.some(({ command }) => isProgram(command));
      const daemon = node.kind === "router" ? { daemon: node.daemon } : {};
      const tools = node.services.some(({ spec }) => spec.kind === "proxy") ? (["envoy"] as const) : [];
      return [{ node: node.name, ...node.container, programs, tools, ...daemon }];
    }),
    machines: inOrder(topology.nodes.filter((node) => node.kind === "machine")).map((machine) => ({
      inputs: machineInputs(topology, machine),
      after: machine.after,
    })),
    links: Object.fromEntries(
      topology.links.map(({ name, ends, mtu, impairments }) => [
        name,
        { ends: [end(ends[0]), end(ends[1])], mtu, impairments },
      ]),
    ),
    segments: topology.segments.map(({ name, members, mtu, impairments, multicastQuerier }) => ({
      name,
      members: members.map(end),
      mtu,
      impairments,
      multicastQuerier,
    })),
    pki: declarePki(topology.pki, topology.nodes),
    authorities: topology.nodes.flatMap((node) => authoritiesOf(topology, node)),
    trusts: new Map(
      topology.nodes.flatMap((node): [string, TrustAnchor[]][] => {
        const anchors = renderedServices(topology, node).flatMap(({ trusts }) => trusts ?? []);
        return anchors.length === 0 ? [] : [[node.name, anchors]];
      }),
    ),
    readiness: readiness(topology, within),
  };
}

function authoritiesOf({ roas }: Topology, node: Node): Omit<RouteOriginAuthorizationsInputs, "sandbox">[] {
  return node.services
    .filter(({ spec }) => spec.kind === "krill")
    .map(({ name }) => ({
      node: node.name,
      daemon: name,
      socket: krillSocket,
      root: krillRoot(name),
      authority: certificationAuthority,
      roas: Object.fromEntries(
        roas.map(({ prefix, maxLength, asn }): [string, RoaInputs] => [
          `${prefix}-${maxLength} => ${asn}`,
          { prefix, maxLength, asn },
        ]),
      ),
    }));
}

function routerInputs(topology: Topology, router: Router): Omit<NodeInputs, "sandbox" | "container"> {
  const services = servicesOf(topology, router);
  const { files, processes, mounts } = renderRouter(topology, router);
  return {
    name: router.name,
    loopbacks: [...router.loopbacks, ...router.addresses],
    sysctls: { ...routerSysctls(topology, policyOf(topology, router)), ...router.sysctls },
    files: { ...files, ...services.files },
    ...rulesOf(router),
    daemons: [...processes, ...services.daemons],
    mounts,
  };
}

function rulesOf({ ruleset, iptables, ip6tables }: Node): Pick<NodeInputs, "ruleset" | "iptables" | "ip6tables"> {
  return { ruleset, iptables, ip6tables };
}

/** Files and daemons of a node's services. */
function servicesOf(topology: Topology, node: Node): Pick<NodeInputs, "files" | "daemons"> {
  const services = renderedServices(topology, node);
  return {
    files: Object.assign(
      {},
      node.kind === "machine" ? {} : node.files,
      ...services.map(({ files }) => files),
    ) as Record<string, string>,
    daemons: services.map(({ name, command, prepare, files, readOnce, watches = [], trusts, user, ...rest }) => ({
      name,
      command,
      ...(prepare === undefined ? {} : { prepare }),
      reads: [
        ...new Set([
          ...Object.keys(files),
          ...watches,
          ...(trusts === undefined ? [] : [trusts.locator, trusts.root]),
          ...node.credentials.map(({ path }) => path).filter((path) => path.startsWith(`${name}/`)),
        ]),
      ],
      ...(readOnce === undefined ? {} : { readOnce }),
      ...(rest.reload === undefined ? {} : { reload: reloadOf(rest.reload) }),
      ...(user === undefined ? {} : { user }),
      ...(rest.socket === undefined ? {} : { socket: rest.socket }),
      ...(rest.endsAtStart === undefined ? {} : { endsAtStart: rest.endsAtStart }),
      ...(rest.changesUser === undefined ? {} : { changesUser: rest.changesUser }),
      ...(rest.listens.length === 0 ? {} : { listens: rest.listens }),
      ...(rest.interfaces === undefined ? {} : { interfaces: rest.interfaces }),
    })),
  };
}

function reloadOf(reload: NonNullable<Daemon["reload"]>): NonNullable<DaemonInputs["reload"]> {
  return reload === "itself" ? { kind: "itself" } : { kind: "signal", signal: reload };
}

function renderedServices(topology: Topology, node: Node): ReturnType<typeof renderService>[] {
  return node.services.map((service) => renderService(topology, node.name, service));
}

function hostInputs(topology: Topology, host: Host): Omit<NodeInputs, "sandbox" | "container"> {
  return {
    name: host.name,
    loopbacks: host.addresses,
    sysctls: { ...hostSysctls(topology), ...host.sysctls },
    ...rulesOf(host),
    ...(host.services.some(({ spec }) => spec.kind === "docker") ? { ownRules: true as const } : {}),
    ...servicesOf(topology, host),
    mounts: {},
    ...(host.clock === undefined ? {} : { clock: host.clock }),
  };
}

function machineInputs(topology: Topology, machine: Machine): Omit<MachineInputs, "sandbox"> {
  const { files, daemons } = servicesOf(topology, machine);
  return {
    name: machine.name,
    interfaces: machine.interfaces.map(({ name, addresses }) => ({ name, addresses })),
    sysctls: { ...machineSysctls(topology, machine), ...machine.sysctls },
    files: machine.files,
    environment: machine.environment,
    setup: machine.setup,
    serviceFiles: files,
    daemons,
  };
}

/** Each behind those that it waits for. */
function inOrder(machines: readonly Machine[]): Machine[] {
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const ordered = new Set<Machine>();
  const visit = (machine: Machine): void => {
    for (const name of machine.after) {
      const before = byName.get(name);
      if (before !== undefined) visit(before);
    }
    ordered.add(machine);
  };
  for (const machine of machines) visit(machine);
  return [...ordered];
}

function routesThrough(node: Node | undefined, name: string): EndInputs["routes"] {
  if (node?.kind !== "host") return [];
  return node.routes.filter((route) => route.interface === name).map(({ destination, via }) => ({ destination, via }));
}

function hostLines(topology: Topology): string[] {
  return topology.nodes.flatMap((node) =>
    addressesOf(node).map((address) => `${address} ${namesOf(topology, node.name).join(" ")}`),
  );
}

function readiness(topology: Topology, within: number): Omit<ReadinessInputs, "sandbox"> {
  const expected = expectedRoutes(topology);
  const names = new Map<string, string>();
  const prefixSets: Record<string, readonly string[]> = {};
  const routers = topology.nodes
    .filter((node) => node.kind === "router")
    .flatMap((router): RouterReadiness[] => {
      const prefixes = [...(expected.routes.get(router.name)?.keys() ?? [])]
        .filter((prefix) => possibleRoutes(expected, router.name, prefix).every((route) => route !== undefined))
        .sort();
      const announces = checkedProtocols(topology, router);
      const key = prefixes.join(" ");
      let name = names.get(key);
      if (name === undefined) {
        name = `set${names.size + 1}`;
        names.set(key, name);
        prefixSets[name] = prefixes;
      }
      const digest = expectedDigest(topology, router.name);
      // The end that has the limit; the other one goes on trying.
      const shut = expected.shut.flatMap(({ ends }) =>
        ends.flatMap((end) => (end.router === router.name && end.neighbour === "customer" ? [end.protocol] : [])),
      );
      const readiness = {
        ...routerIdentity(topology, router),
        sessions: sessionsOf(topology, router.name),
        prefixes: name,
        ...(shut.length === 0 ? {} : { shut }),
        // GoBGP's route server has no routes in use, only those of each client.
        ...(digest === undefined || (router.daemon === "gobgp" && router.routeServer) ? {} : { routes: digest }),
        ...(announces.length === 0 ? {} : { announces }),
        ...(policyOf(topology, router).originValidation ? { rpki: rpkiReadiness(topology) } : {}),
      };
      if (!hasForwarder(router)) return [readiness];
      // BIRD beside it must have the same routes, for the kernel.
      return [readiness, { node: router.name, sessions: { [speakerProtocol(router.daemon)]: "" }, prefixes: name }];
    });
  return {
    routers,
    hosts: topology.nodes.filter((node) => node.kind === "host").map((node) => node.name),
    prefixSets,
    within,
  };
}

function rpkiReadiness(topology: Topology): RpkiReadiness {
  const digest = (family: Family): string =>
    roasDigest(topology.roas.filter(({ prefix }) => familyOf(prefix) === family));
  return {
    protocols: rtrServers(topology).map(rtrProtocol),
    roas: Object.fromEntries(topology.families.map((family) => [roaTable(family), digest(family)])),
  };
}

function sessionsOf(topology: Topology, router: string): Record<string, string> {
  const sessions: Record<string, string> = {};
  for (const { ends } of establishedSessions(topology)) {
    for (const [near, far] of [ends, [ends[1], ends[0]] as const]) {
      if (near.router === router) sessions[near.protocol] = `${far.router}/${far.protocol}`;
    }
  }
  return sessions;
}
