/** A Docker daemon of a node's own, its networks and containers. */
import { formatAddress, parseAddress } from "../addressing/address.ts";
import {
  formatPrefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
  prefixOf,
  usableOffsets,
  type Prefix,
} from "../addressing/prefix.ts";
import type { NodeSpec } from "../spec.ts";
import type { Node, Topology } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";
import type { Daemon, Place } from "./render.ts";
import type { DockerContainerSpec, DockerNetworkSpec, DockerSpec } from "./spec.ts";

/** Docker's own, when it isn't told another. */
const defaultBridge = "172.17.0.1/16";
const defaultMtu = 1500;
export const defaultImage = "tools";

/** Unix socket on which it takes orders, in the node's directory: there `docker` finds it (sandbox/init.sh). */
export const dockerSocket = "docker.sock";

/** Everything but what depends on the sandbox: that is in the settings, which programs/docker/prepare.sh writes. */
export function renderDocker(_topology: Topology, { node, directory }: Place, { bridge = {} }: DockerSpec): Daemon {
  const settings = `${directory}/daemon.json`;
  return {
    prepare: ["labwright-docker-prepare", settings],
    command: [
      ...["dockerd", "--config-file", settings, "--host", `unix:///run/nodes/${node}/${dockerSocket}`],
      ...["--data-root", `${directory}/data`, "--exec-root", `${directory}/exec`],
      ...["--pidfile", `${directory}/dockerd.pid`],
      ...["--bip", bridge.address ?? defaultBridge, "--mtu", String(bridge.mtu ?? defaultMtu)],
    ],
    files: {},
    socket: dockerSocket,
    // The ports are its containers', which come when it takes orders.
    slow: true,
  };
}

/** What a node's daemon is to have. */
export interface DockerHost {
  readonly node: string;
  /** The default bridge, docker0. */
  readonly bridge: { readonly address: string; readonly subnet: string; readonly mtu: number };
  readonly networks: readonly DockerNetwork[];
  /** In an order in which each finds its ports free, whatever was declared before. */
  readonly containers: readonly DockerContainer[];
}

export interface DockerNetwork extends Required<DockerNetworkSpec> {
  readonly name: string;
  /** Name of its bridge's interface. */
  readonly bridge: string;
  /** Address of its bridge. */
  readonly address: string;
}

export interface DockerContainer extends DockerContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Whether it waits for those before it. */
  readonly waits: boolean;
}

/** The nodes that have a Docker daemon. */
export function dockerHosts({ nodes }: Pick<Topology, "nodes">): DockerHost[] {
  return nodes.flatMap((node) => dockerHost(node) ?? []);
}

function dockerHost({ name, services }: Pick<Node, "name" | "services">): DockerHost | undefined {
  const spec = services.map((service) => service.spec).find((each) => each.kind === "docker");
  if (spec === undefined) return undefined;
  const containers = Object.entries(spec.containers ?? {}).map(([name, container]): DockerContainer => {
    const waits = Object.keys(container.ports ?? {}).length > 0;
    return { ...container, name, image: container.image ?? defaultImage, waits };
  });
  return {
    node: name,
    bridge: defaultBridgeOf(spec),
    networks: Object.entries(spec.networks ?? {}).map(([name, network]) => dockerNetwork(name, network)),
    containers: [...containers.filter(({ waits }) => !waits), ...containers.filter(({ waits }) => waits)],
  };
}

function dockerNetwork(name: string, spec: DockerNetworkSpec): DockerNetwork {
  const address = bridgeAddress(spec.subnet);
  const { subnet, gateway = address, mtu = defaultMtu } = spec;
  return { name, subnet, gateway, mtu, address, bridge: `br-${name}` };
}

/** The first address of a subnet. */
function bridgeAddress(subnet: string): string {
  const prefix = parsePrefix(subnet);
  if (prefix === undefined) throw new Error(`${subnet} was not checked`);
  return formatAddress({ family: prefix.family, value: prefix.value + usableOffsets(prefix).first });
}

function defaultBridgeOf({ bridge = {} }: DockerSpec): DockerHost["bridge"] {
  const { address = defaultBridge, mtu = defaultMtu } = bridge;
  const parsed = parseInterfaceAddress(address);
  if (parsed === undefined) throw new Error(`${address} was not checked`);
  return { address: formatAddress(parsed.address), subnet: formatPrefix(prefixOf(parsed)), mtu };
}

/** Docker writes the node's rules itself, and there is one daemon a node. `path`: of the node. */
export function checkDockerHost(node: NodeSpec, path: string, report: Report): void {
  const daemons = Object.entries(node.services ?? {}).filter(([, { kind }]) => kind === "docker");
  const [first, second] = daemons.map(([name]) => member(`${path}.services`, name));
  if (first === undefined) return;
  if (second !== undefined)
    report.add("duplicate-service", second, "docker", "one Docker daemon a node", `${first} is one already.`);
  for (const property of ["ruleset", "iptables", "ip6tables"] as const)
    if (node.kind !== "machine" && (node[property] ?? "") !== "") {
      const expected = "none on a node with a Docker daemon, which has rules of its own";
      report.add(
        "docker-rules",
        `${path}.${property}`,
        undefined,
        expected,
        "Put them on another node, such as a router.",
      );
    }
}

/** What only this kind can have wrong. `path`: of the service. */
export function checkDocker(spec: DockerSpec, path: string, report: Report): void {
  const { bridge = {}, networks = {}, containers = {} } = spec;
  const taken: [string, Prefix][] = [];
  const parsed = parseInterfaceAddress(bridge.address ?? defaultBridge);
  if (parsed?.address.family !== "ipv4")
    report.add(
      "bad-address",
      `${path}.bridge.address`,
      bridge.address,
      "an IPv4 address with length",
      "Such as 172.17.0.1/16.",
    );
  else taken.push(["the default bridge", prefixOf(parsed)]);
  checkMtu(bridge.mtu, `${path}.bridge.mtu`, report);
  for (const [name, network] of Object.entries(networks)) {
    const at = member(`${path}.networks`, name);
    // `br-` and the name make an interface's name, which has 15 characters at most.
    if (!/^[a-z][a-z0-9-]{0,11}$/.test(name) || ["bridge", "host", "none", "default"].includes(name)) {
      const expected =
        "1 to 12 lower-case letters, digits and hyphens, a letter first, and not bridge, default, host or none";
      report.add("bad-name", at, name, expected, "Choose another name.");
    }
    checkMtu(network.mtu, `${at}.mtu`, report);
    checkSubnet(network, at, taken, report);
  }
  for (const [name, container] of Object.entries(containers)) {
    const at = member(`${path}.containers`, name);
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
      report.add(
        "bad-name",
        at,
        name,
        "1 to 63 lower-case letters, digits and hyphens, a letter first",
        "Choose another name.",
      );
    if (container.network !== undefined && !Object.hasOwn(networks, container.network))
      report.unknownReference(`${at}.network`, container.network, "a network of the daemon", Object.keys(networks));
    for (const port of Object.values(container.ports ?? {}))
      if (!Number.isInteger(port) || port < 1 || port > 65535)
        report.add("port-out-of-range", `${at}.ports`, port, "a whole number from 1 to 65535", "Choose another port.");
    for (const [index, server] of (container.dns ?? []).entries())
      if (parseAddress(server) === undefined)
        report.add("bad-address", `${at}.dns[${index}]`, server, "an address", "Such as 198.51.100.53.");
  }
}

function checkSubnet(
  { subnet, gateway }: DockerNetworkSpec,
  at: string,
  taken: [string, Prefix][],
  report: Report,
): void {
  const prefix = parsePrefix(subnet);
  if (prefix === undefined || prefix.family !== "ipv4" || prefix.length > 29) {
    report.add("bad-prefix", `${at}.subnet`, subnet, "an IPv4 prefix of length 29 or less", "Such as 172.30.1.0/24.");
    return;
  }
  for (const [other, each] of taken)
    if (prefixesOverlap(prefix, each))
      report.add(
        "overlapping-prefixes",
        `${at}.subnet`,
        subnet,
        `a subnet that doesn't overlap that of ${other}`,
        "Choose another.",
      );
  taken.push([at, prefix]);
  if (gateway === undefined) return;
  const address = parseAddress(gateway);
  if (address === undefined || !prefixContains(prefix, address))
    report.add(
      "bad-address",
      `${at}.gateway`,
      gateway,
      `an address of ${subnet}`,
      "Leave it out for the bridge's own.",
    );
}

/** That no daemon's network hides a network of the lab from its containers. */
export function checkDockerSubnets(topology: Topology, report: Report): void {
  const prefixes = topology.nodes.flatMap((node) =>
    node.interfaces.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({ at: `${node.name}:${name}`, prefix: interfacePrefix(address) })),
    ),
  );
  for (const { name: node, services } of topology.nodes)
    for (const { name, spec } of services) {
      if (spec.kind !== "docker") continue;
      const path = member(`${member("nodes", node)}.services`, name);
      const subnets: [string, string][] = [
        [`${path}.bridge.address`, defaultBridgeOf(spec).subnet],
        ...Object.entries(spec.networks ?? {}).map(([network, { subnet }]): [string, string] => [
          `${member(`${path}.networks`, network)}.subnet`,
          subnet,
        ]),
      ];
      for (const [at, subnet] of subnets) {
        const prefix = parsePrefix(subnet);
        const taken = prefixes.find(
          (each) => prefix !== undefined && each.prefix && prefixesOverlap(prefix, each.prefix),
        );
        if (taken === undefined) continue;
        const hint = `${taken.at} is in it already; containers could not reach who is there. Choose another.`;
        report.add("overlapping-prefixes", at, subnet, "a prefix apart from all others", hint);
      }
    }
}

function interfacePrefix(address: string): Prefix | undefined {
  const parsed = parseInterfaceAddress(address);
  return parsed === undefined ? undefined : prefixOf(parsed);
}

function checkMtu(mtu: number | undefined, path: string, report: Report): void {
  if (mtu === undefined || (Number.isInteger(mtu) && mtu >= 68 && mtu <= 65535)) return;
  report.add("mtu-out-of-range", path, mtu, "a whole number from 68 to 65535", "Leave it out for 1500.");
}
