/** One node for containerlab: files to bind, commands to run. */
import type { MachineDeclaration } from "../../components/declarations.ts";
import type { DaemonInputs, EndInputs, NodeInputs } from "../../provider/schema.ts";
import { commandLine, literalCommand } from "../../topology/import/lab/words.ts";
import type { Problem } from "../../topology/problem.ts";
import type { RouterDaemon } from "../../topology/spec.ts";
import type { Container, Host, Machine, Router, Service } from "../../topology/topology.ts";
import { daemonCommand, daemonProblems, directoryOf, type Directory } from "./daemon.ts";
import { needless } from "./needless.ts";
import { badPath, directory, noAuthority, noClock, noCredentials, noDockerObjects, noTrustAnchor } from "./problems.ts";

export interface ExportedNode {
  readonly environment: Readonly<Record<string, string>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** By absolute path on the node. */
  readonly files: readonly BoundFile[];
  /** Run without a shell. */
  readonly commands: readonly string[];
  readonly after: readonly string[];
  /** Its container's; absent where it has none. */
  readonly container: Container | undefined;
  readonly problems: readonly Problem[];
}

interface BoundFile {
  readonly path: string;
  readonly content: string;
}

type Plain = Omit<NodeInputs, "sandbox" | "container">;

/** FRR gives its sockets to this group, and doesn't start where root, which it runs as, is no member of it. */
const joinFrr = commandLine(["sed", "-i", "s/^\\(frrvty:[^:]*:[^:]*\\):.*/\\1:root/", "/etc/group"]);

/** A router or a host: `inputs` is what is declared of it. */
export function plainNode(node: Router | Host, inputs: Plain, ends: readonly EndInputs[]): ExportedNode {
  const { services, credentials, container, daemon } = plainProperties(node);
  const { name, loopbacks, sysctls, files, ruleset, iptables, ip6tables, daemons, mounts, clock = 0, ...left } = inputs;
  needless(left, { ownRules: "a Docker daemon's, which is refused" });
  const own = directoryOf(name, mounts);
  const rules = rulesOf({ ruleset, iptables, ip6tables });
  const bound = [...filesOf(files, own), ...rules.map(({ path, content }) => ({ path, content }))];
  const programs = programsOf(name, services, daemons, own);
  return {
    environment: {},
    sysctls,
    files: bound,
    commands: [
      ...loopbacks.map((address) => `ip address add ${address} dev lo`),
      ...addressCommands(ends),
      ...rules.map(({ command, path }) => `${command} ${path}`),
      ...own.commands,
      ...(daemon === "frr" ? [joinFrr] : []),
      ...programs.commands,
    ],
    after: [],
    container,
    problems: [
      ...programs.problems,
      ...(credentials.length === 0 ? [] : [noCredentials(name, credentials)]),
      ...(clock === 0 ? [] : [noClock(name, clock)]),
      ...badPaths(name, bound),
    ],
  };
}

/** What `inputs` of a router or a host doesn't say. */
function plainProperties(
  node: Router | Host,
): Pick<Router, "services" | "credentials" | "container"> & { readonly daemon?: RouterDaemon } {
  const declared = "in what is declared of it";
  const common = {
    kind: "routers and hosts are alike",
    name: declared,
    interfaces: "those of its ends",
    addresses: declared,
    files: declared,
    sysctls: declared,
    ruleset: declared,
    iptables: declared,
    ip6tables: declared,
  };
  if (node.kind === "router") {
    const { services, credentials, container, daemon, ...left } = node;
    const configured = "in its daemon's configuration";
    needless(left, {
      ...common,
      as: configured,
      asn: configured,
      routerId: configured,
      loopbacks: declared,
      originates: configured,
      anycast: configured,
      hijacks: configured,
      routeServer: configured,
    });
    return { services, credentials, daemon, ...(container === undefined ? {} : { container }) };
  }
  const { services, credentials, container, ...left } = node;
  needless(left, { ...common, routes: "those of its ends", clock: declared });
  return { services, credentials, ...(container === undefined ? {} : { container }) };
}

export function machineNode(
  machine: Machine,
  { inputs, after }: MachineDeclaration,
  ends: readonly EndInputs[],
): ExportedNode {
  const { services, credentials, forwarding, sysctls, container, ...left } = machine;
  const declared = "in what is declared of it";
  needless(left, {
    kind: "it is a container like others",
    name: declared,
    image: "the topology file's node has it",
    interfaces: "those of its ends",
    addresses: "none that are declared",
    files: declared,
    ruleset: "none that is declared",
    iptables: "none that are declared",
    ip6tables: "none that are declared",
    environment: declared,
    setup: declared,
    after: declared,
  });
  const { name, files, environment, setup, serviceFiles, daemons, ...rest } = inputs;
  needless(rest, { interfaces: "those of its ends", sysctls: "those that it declares, and what a container has not" });
  const directoryThere = directoryOf(name, {});
  const scripts: BoundFile[] = [];
  const commands = setup.map((text, index) => {
    if (!text.includes("\n")) return literalCommand(text) === text ? text : commandLine(["bash", "-c", text]);
    const path = `${directory}/set-up-${index + 1}.sh`;
    scripts.push({ path, content: text.endsWith("\n") ? text : `${text}\n` });
    return `bash ${path}`;
  });
  const bound = [
    ...Object.entries(files).map(([path, content]) => ({ path, content })),
    ...filesOf(serviceFiles, directoryThere),
    ...scripts,
  ];
  const programs = programsOf(name, services, daemons, directoryThere);
  return {
    environment,
    sysctls: {
      // A container forwards unless it is told otherwise.
      ...(forwarding ? {} : { "net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0" }),
      ...sysctls,
    },
    files: bound,
    commands: [...addressCommands(ends), ...commands, ...programs.commands],
    after,
    container,
    problems: [
      ...programs.problems,
      ...(credentials.length === 0 ? [] : [noCredentials(name, credentials)]),
      ...badPaths(name, bound),
    ],
  };
}

/** The daemons that can run in a container, and what is to be said of the others. */
function programsOf(
  node: string,
  services: readonly Service[],
  daemons: readonly DaemonInputs[],
  own: Directory,
): { readonly commands: readonly string[]; readonly problems: readonly Problem[] } {
  const commands: string[] = [];
  const problems: Problem[] = [];
  for (const daemon of daemons) {
    const service = services.find(({ name }) => name === daemon.name);
    const reasons = [
      ...(service === undefined ? [] : serviceProblems(service, `nodes.${node}`)),
      ...daemonProblems(daemon, `nodes.${node}`),
    ];
    problems.push(...reasons);
    if (reasons.length === 0) commands.push(daemonCommand(daemon, own));
  }
  return { commands, problems };
}

/** What is made of a service beside its files and its daemon. */
function serviceProblems({ name, spec }: Service, path: string): Problem[] {
  const at = `${path}.services.${name}`;
  switch (spec.kind) {
    case "docker": {
      const { networks = {}, containers = {} } = spec;
      return [noDockerObjects(at, Object.keys(networks).length, Object.keys(containers).length)];
    }
    case "krill":
      return [noAuthority(at)];
    case "relying-party":
      return [noTrustAnchor(at, spec.authority)];
    case "daemon":
    case "rtr":
    case "dns":
    case "http":
    case "registry":
    case "multicast":
    case "health-check":
    case "postgresql":
    case "proxy":
      return [];
  }
}

function addressCommands(ends: readonly EndInputs[]): string[] {
  return ends.flatMap(({ interface: device, addresses, routes, ...left }) => {
    needless(left, { node: "its node's commands", mac: "the link has it", own: "a container's are all its own" });
    return [
      ...addresses.map((address) => `ip address add ${address} dev ${device}`),
      ...routes.map(({ destination, via }) => `ip route replace ${destination} via ${via} dev ${device}`),
    ];
  });
}

function filesOf(files: Readonly<Record<string, string>>, { place, moved }: Directory): BoundFile[] {
  return Object.entries(files).map(([path, content]) => ({ path: place(path), content: moved(content) }));
}

function rulesOf({ ruleset, iptables, ip6tables }: Pick<Plain, "ruleset" | "iptables" | "ip6tables">) {
  return [
    { content: ruleset, path: `${directory}/ruleset.nft`, command: "nft -f" },
    { content: iptables, path: `${directory}/iptables.rules`, command: "iptables-nft-restore" },
    { content: ip6tables, path: `${directory}/ip6tables.rules`, command: "ip6tables-nft-restore" },
  ].filter(({ content }) => content !== "");
}

function badPaths(node: string, files: readonly BoundFile[]): Problem[] {
  return files.filter(({ path }) => path.includes(":")).map(({ path }) => badPath(node, path));
}
