/** A server with Docker, behind its provider; beyond a tunnel a client, and a web and name server. */
import type { DockerContainerSpec, DockerNetworkSpec, DockerSpec } from "../../topology/services/spec.ts";
import type { HostSpec, TopologySpec } from "../../topology/spec.ts";
import type { DockerNetworkingSettings } from "./settings.ts";

/** Of the server, as others see it. */
export const server = "203.0.113.10";
/** Of the client, which is also the web server www.example.com and the name server. */
export const outside = "198.51.100.53";

/** Bytes that pass through the tunnel between the providers. */
export const tunnelMtu = 1400;
/** Bytes of the page /large: many packets, each as long as may be. */
export const largePage = 20_000;

export const networks = {
  shop: { subnet: "172.30.1.0/24", mtu: tunnelMtu },
  office: { subnet: "172.30.2.0/24", mtu: tunnelMtu },
} as const satisfies Readonly<Record<string, DockerNetworkSpec>>;

/** A web server with a page of one line, and one of many packets. */
const serve = (line: string): readonly string[] => [
  "sh",
  "-c",
  `mkdir -p /srv && echo "${line}" >/srv/index.html && head -c ${largePage} /dev/zero | tr "\\\\0" x >/srv/large && exec busybox httpd -f -v -p 80 -h /srv`,
];
const idle = ["sleep", "infinity"];

/** What the web servers answer. */
export const pages = { web: "The shop", old: "The old shop", printer: "The printer" } as const;

const containers = ({ port }: DockerNetworkingSettings) =>
  ({
    old: { command: serve(pages.old) },
    batch: { command: idle },
    web: { command: serve(pages.web), network: "shop", ports: { [port]: 80 } },
    cart: { command: idle, network: "shop" },
    printer: { command: serve(pages.printer), network: "office" },
    desk: { command: idle, network: "office" },
  }) satisfies Readonly<Record<string, DockerContainerSpec>>;

/** What tells that a packet is too long (ICMP type 3 code 4, RFC 1191) is lost on its way: there are such providers. */
const silent = [
  "table inet filter {",
  "  chain output {",
  "    type filter hook output priority filter; policy accept;",
  "    icmp type destination-unreachable icmp code frag-needed drop",
  "  }",
  "}",
].join("\n");

export function dockerNetworkingTopology(settings: DockerNetworkingSettings): TopologySpec {
  const docker: DockerSpec = {
    kind: "docker",
    bridge: { mtu: tunnelMtu },
    networks,
    containers: containers(settings),
  };
  return {
    families: ["ipv4"],
    autonomousSystems: {
      hosting: { asn: 64496, title: "Hosting" },
      access: { asn: 64497, title: "Access" },
    },
    nodes: {
      server: { kind: "host", services: { docker } },
      "r-hosting": { kind: "router", as: "hosting", originates: ["203.0.113.0/24"], ruleset: silent },
      "r-access": { kind: "router", as: "access", originates: ["198.51.100.0/24"], ruleset: silent },
      outside: {
        kind: "host",
        services: {
          http: { kind: "http", answer: "Hello from outside" },
          names: { kind: "dns", zones: { "example.com": [{ name: "www", type: "A", value: outside }] } },
        },
      },
    },
    links: [
      {
        ends: [
          { node: "server", interface: "eth0", ipv4: `${server}/24` },
          { node: "r-hosting", ipv4: "203.0.113.1/24" },
        ],
      },
      { name: "tunnel", ends: ["r-hosting", "r-access"], mtu: tunnelMtu },
      {
        ends: [
          { node: "r-access", ipv4: "198.51.100.1/24" },
          { node: "outside", interface: "eth0", ipv4: `${outside}/24` },
        ],
      },
    ],
    relations: [{ kind: "peer", between: ["hosting", "access"] }],
    resolver: "outside",
  };
}

/** The server's Docker daemon as a topology has it. */
export function dockerOf({ nodes }: Pick<TopologySpec, "nodes">): DockerSpec {
  const spec = (nodes["server"] as HostSpec).services?.["docker"];
  if (spec?.kind !== "docker") throw new Error("the server has no Docker");
  return spec;
}

export function withDocker(topology: TopologySpec, change: (docker: DockerSpec) => DockerSpec): TopologySpec {
  const host = topology.nodes["server"] as HostSpec;
  const changed: HostSpec = { ...host, services: { ...host.services, docker: change(dockerOf(topology)) } };
  return { ...topology, nodes: { ...topology.nodes, server: changed } };
}

/** With another container, or other properties of one. */
export function withContainer(
  topology: TopologySpec,
  name: string,
  properties: Partial<DockerContainerSpec>,
): TopologySpec {
  return withDocker(topology, (docker) => {
    const { [name]: container = { command: [] } } = docker.containers ?? {};
    return { ...docker, containers: { ...docker.containers, [name]: { ...container, ...properties } } };
  });
}

export function withoutProperty(
  topology: TopologySpec,
  name: string,
  property: keyof Omit<DockerContainerSpec, "command">,
): TopologySpec {
  return withDocker(topology, (docker) => {
    const { [property]: _, ...container } = docker.containers?.[name] ?? { command: [] };
    return { ...docker, containers: { ...docker.containers, [name]: container } };
  });
}

export function withNetwork(
  topology: TopologySpec,
  name: keyof typeof networks,
  properties: Partial<DockerNetworkSpec>,
): TopologySpec {
  return withDocker(topology, (docker) => {
    const network = { ...networks[name], ...docker.networks?.[name], ...properties };
    return { ...docker, networks: { ...docker.networks, [name]: network } };
  });
}

/** Routers tell senders of too long packets, as they should. */
export function withTellingRouters(topology: TopologySpec): TopologySpec {
  const told = Object.entries(topology.nodes).map(([name, node]): [string, typeof node] => [
    name,
    node.kind === "router" ? { ...node, ruleset: "" } : node,
  ]);
  return { ...topology, nodes: Object.fromEntries(told) };
}
