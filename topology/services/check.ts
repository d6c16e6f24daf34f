/** Names and values of services, and files of nodes. */
import type { Draft, DraftEnd } from "../draft.ts";
import type { NodeSpec, TopologySpec } from "../spec.ts";
import { member, type Report } from "../validation/report.ts";
import { checkAnnounced, checkHealthCheck } from "./health-check.ts";
import { checkDocker, checkDockerHost } from "./docker.ts";
import { httpPort } from "./http.ts";
import { checkMulticast, multicastInterfaces } from "./multicast.ts";
import { krillPort } from "./krill.ts";
import { isInside } from "./paths.ts";
import { checkPostgresql } from "./postgresql/check.ts";
import { defaultPostgresqlPort } from "./postgresql/render.ts";
import { checkProxy, checkUpstreams } from "./proxy/check.ts";
import { defaultInboundPort } from "./proxy/render.ts";
import { statusPort } from "./relying-party.ts";
import { defaultRtrPort } from "./rtr.ts";
import type { PortSpec, ServiceSpec } from "./spec.ts";

/** Names that a node's own files and daemons have. */
const reserved = new Set(["bird", "ruleset"]);

/** Kinds whose programs are in no image of ours, and one that would have containers of its own. */
const notInContainers: ReadonlySet<ServiceSpec["kind"]> = new Set([
  ...(["krill", "relying-party", "postgresql", "docker"] as const),
]);

export function checkPrograms({ nodes, runtime }: TopologySpec, report: Report): void {
  for (const [node, spec] of Object.entries(nodes)) {
    const path = `${member("nodes", node)}.services`;
    const taken = new Map<string, string>();
    let multicast: string | undefined;
    checkAnnounced(spec, path, report);
    checkFiles(spec, `${member("nodes", node)}.files`, report);
    checkDockerHost(spec, member("nodes", node), report);
    const inContainer = (spec.runtime ?? runtime) === "container";
    for (const [name, service] of Object.entries(spec.services ?? {})) {
      const at = member(path, name);
      if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || reserved.has(name)) {
        const expected = "1 to 32 lower-case letters, digits and hyphens, a letter first, and not bird or ruleset";
        report.add("bad-name", at, name, expected, "Choose another name.");
      }
      checkService(service, at, report);
      if (service.kind === "multicast") {
        if (multicast === undefined) multicast = at;
        else {
          const hint = `${multicast} is one already; put everything into it.`;
          report.add("duplicate-service", at, name, "one multicast service a node", hint);
        }
      }
      if (inContainer && notInContainers.has(service.kind)) {
        const hint = `Set \`runtime: "namespace"\` on ${node}: nodes of both runtimes may be linked.`;
        report.add("no-container", at, service.kind, "a service that can run in a container", hint);
      }
      if (service.kind === "proxy") checkUpstreams(service, nodes, at, report);
      if (service.kind === "relying-party") checkAuthority(nodes, node, service.authority, at, report);
      for (const { protocol, port } of portsOf(service)) {
        const earlier = taken.get(`${protocol} ${port}`);
        if (earlier === undefined) taken.set(`${protocol} ${port}`, at);
        else
          report.add(
            "duplicate-port",
            at,
            `${protocol} port ${port}`,
            "a port that no other service of the node has",
            `${earlier} has it already; change one of them.`,
          );
      }
    }
  }
}

/** That the interfaces which services name are the node's. `names`: those that ends go by. */
export function checkServiceInterfaces(draft: Draft, names: ReadonlyMap<DraftEnd, string>, report: Report): void {
  for (const [node, { services = {} }] of Object.entries(draft.spec.nodes)) {
    const own = draft.attachments.flatMap(({ ends }) =>
      ends.flatMap((end) => (end.node === node ? (names.get(end) ?? []) : [])),
    );
    for (const [name, service] of Object.entries(services)) {
      const path = member(`${member("nodes", node)}.services`, name);
      for (const [at, each] of interfacesOf(service, path))
        if (!own.includes(each)) report.unknownReference(at, each, `an interface of ${node}`, own);
    }
  }
}

/** By place. */
function interfacesOf(service: ServiceSpec, path: string): ReadonlyMap<string, string> {
  switch (service.kind) {
    case "daemon":
      return new Map((service.interfaces ?? []).map((name, index) => [`${path}.interfaces[${index}]`, name]));
    case "multicast":
      return multicastInterfaces(service, path);
    case "rtr":
    case "krill":
    case "relying-party":
    case "dns":
    case "http":
    case "registry":
    case "health-check":
    case "docker":
    case "postgresql":
    case "proxy":
      return new Map();
  }
}

/** Nodes with an authority come up first, so they can't be relying parties too. */
function checkAuthority(
  nodes: Readonly<Record<string, NodeSpec>>,
  node: string,
  authority: string,
  path: string,
  report: Report,
): void {
  const expected = "a node with a service of kind krill";
  if (!isAuthority(nodes[authority]))
    report.add("not-an-authority", `${path}.authority`, authority, expected, "Give it one, or name another node.");
  if (isAuthority(nodes[node]))
    report.add("authority-relies", path, "relying-party", "none beside a krill", "Put it on a node of its own.");
}

function isAuthority(node: NodeSpec | undefined): boolean {
  return Object.values(node?.services ?? {}).some(({ kind }) => kind === "krill");
}

/** Ports that a service opens. */
export function portsOf(service: ServiceSpec): readonly PortSpec[] {
  switch (service.kind) {
    case "daemon":
      return service.listens ?? [];
    case "rtr":
      return [{ protocol: "tcp", port: service.port ?? defaultRtrPort }];
    case "krill":
      return [{ protocol: "tcp", port: krillPort }];
    case "relying-party":
      return [service.port ?? defaultRtrPort, statusPort].map((port) => ({ protocol: "tcp", port }));
    case "dns":
      return [
        { protocol: "udp", port: 53 },
        { protocol: "tcp", port: 53 },
      ];
    case "http":
      return [{ protocol: "tcp", port: httpPort(service) }];
    case "registry":
      return [43, 80, 443].map((port) => ({ protocol: "tcp", port }));
    case "postgresql":
      return [{ protocol: "tcp", port: service.port ?? defaultPostgresqlPort }];
    case "proxy":
      return [
        ...(service.inbound === undefined ? [] : [service.inbound.port ?? defaultInboundPort]),
        ...Object.values(service.outbound ?? {}).map(({ port }) => port),
      ].map((port) => ({ protocol: "tcp", port }));
    case "multicast":
    case "health-check":
      return [];
    case "docker":
      return Object.values(service.containers ?? {}).flatMap(({ ports = {} }) =>
        Object.keys(ports).map((port) => ({ protocol: "tcp", port: Number(port) })),
      );
  }
}

function checkService(service: ServiceSpec, path: string, report: Report): void {
  for (const { port } of portsOf(service)) {
    if (Number.isInteger(port) && port >= 1 && port <= 65535) continue;
    report.add("port-out-of-range", path, port, "a whole number from 1 to 65535", "Choose another port.");
  }
  switch (service.kind) {
    case "daemon":
      if ((service.command[0] ?? "") === "")
        report.add("empty-command", `${path}.command`, undefined, "a program and its arguments", "Name a program.");
      for (const file of Object.keys(service.files ?? {}))
        if (!isInside(file))
          report.add("bad-path", `${path}.files`, file, "a path inside the node's directory", "Use a relative path.");
      break;
    case "dns":
      for (const [zone, records] of Object.entries(service.zones)) {
        const at = member(`${path}.zones`, zone);
        if (!isDomainName(zone))
          report.add("bad-zone", at, zone, "a domain name without the last dot", "Such as example.com.");
        for (const [index, { name, value }] of records.entries()) {
          if (name !== "@" && !isDomainName(name.replace(/^\*(\.|$)/, "")) && name !== "*")
            report.add("bad-record", `${at}[${index}].name`, name, "a name relative to the zone, or @", "Such as www.");
          if (/[\n\r]/.test(value) || value === "")
            report.add(
              "bad-record",
              `${at}[${index}].value`,
              value,
              "a value on one line",
              "Take the line breaks out.",
            );
        }
      }
      break;
    case "multicast":
      checkMulticast(service, path, report);
      break;
    case "health-check":
      checkHealthCheck(service, path, report);
      break;
    case "docker":
      checkDocker(service, path, report);
      break;
    case "postgresql":
      checkPostgresql(service, path, report);
      break;
    case "proxy":
      checkProxy(service, path, report);
      break;
    case "http":
    case "rtr":
    case "krill":
    case "relying-party":
    case "registry":
      break;
  }
}

/** A node's own daemons have files named after them. A machine's files are elsewhere: in its own file system. */
function checkFiles(node: NodeSpec, path: string, report: Report): void {
  if (node.kind === "machine") return;
  const { files = {}, services = {} } = node;
  for (const file of Object.keys(files)) {
    const [first = ""] = file.split(/[./]/);
    if (isInside(file) && !reserved.has(first) && !Object.hasOwn(services, first)) continue;
    const expected = "a path inside the node's directory that no daemon or service of the node is named like";
    report.add("bad-path", path, file, expected, "Use another relative path.");
  }
}

/** RFC 1035 with RFC 2181's underscores; a reverse name's digits and nibbles are labels like any other. */
function isDomainName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}
