/** One node for containerlab: files to bind, commands to run. */
import type { MachineDeclaration } from "../../components/declarations.ts";
import type { DaemonInputs, EndInputs, NodeInputs } from "../../provider/schema.ts";
import { commandLine, literalCommand } from "../../topology/import/lab/words.ts";
import type { Problem } from "../../topology/problem.ts";
import type { Machine } from "../../topology/topology.ts";

export interface ExportedNode {
  readonly environment: Readonly<Record<string, string>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** By absolute path on the node. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Run without a shell. */
  readonly commands: readonly string[];
  readonly after: readonly string[];
  readonly problems: readonly Problem[];
}

/** Stands for a node's own directory, which is in /run here. */
const directory = "/var/lib/labwright";

type Plain = Omit<NodeInputs, "sandbox">;

/** A router or a host. */
export function plainNode(node: Plain, ends: readonly EndInputs[]): ExportedNode {
  const { files, moved } = movedFiles(node.name, node.files);
  const commands = [
    ...node.loopbacks.map((address) => `ip address add ${address} dev lo`),
    ...addressCommands(ends),
    ...ruleCommands(node),
    ...node.daemons.map((daemon) => daemonCommand(daemon, moved)),
  ];
  return {
    environment: {},
    sysctls: node.sysctls,
    files: [...files, ...ruleFiles(node)],
    commands,
    after: [],
    problems: ownPrograms(node.name, node.daemons),
  };
}

export function machineNode(
  machine: Machine,
  { inputs, after }: MachineDeclaration,
  ends: readonly EndInputs[],
): ExportedNode {
  const { files, moved } = movedFiles(inputs.name, inputs.serviceFiles);
  const scripts: { path: string; content: string }[] = [];
  const setup = inputs.setup.map((text, index) => {
    if (!text.includes("\n")) return literalCommand(text) === text ? text : commandLine(["bash", "-c", text]);
    const path = `${directory}/set-up-${index + 1}.sh`;
    scripts.push({ path, content: text.endsWith("\n") ? text : `${text}\n` });
    return `bash ${path}`;
  });
  const own = Object.entries(inputs.files).map(([path, content]) => ({ path, content }));
  return {
    environment: inputs.environment,
    sysctls: sysctlsOf(machine),
    files: [...own, ...files, ...scripts],
    commands: [...addressCommands(ends), ...setup, ...inputs.daemons.map((daemon) => daemonCommand(daemon, moved))],
    after,
    problems: [...ownPrograms(inputs.name, inputs.daemons), ...withColons(inputs.name, own)],
  };
}

/** Those that it declares, and that it forwards nothing: a container does unless it is told otherwise. */
function sysctlsOf({ forwarding, sysctls }: Machine): Readonly<Record<string, string>> {
  return { ...(forwarding ? {} : { "net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0" }), ...sysctls };
}

function addressCommands(ends: readonly EndInputs[]): string[] {
  return ends.flatMap(({ interface: device, addresses, routes }) => [
    ...addresses.map((address) => `ip address add ${address} dev ${device}`),
    ...routes.map(({ destination, via }) => `ip route replace ${destination} via ${via} dev ${device}`),
  ]);
}

/** Files of the node's directory, and how to say in a text that they are elsewhere. */
function movedFiles(
  node: string,
  files: Readonly<Record<string, string>>,
): { files: { path: string; content: string }[]; moved: (text: string) => string } {
  const moved = (text: string): string => text.replaceAll(`/run/nodes/${node}`, directory);
  return {
    files: Object.entries(files).map(([path, content]) => ({ path: `${directory}/${path}`, content: moved(content) })),
    moved,
  };
}

/** In the background, as a container's own command would be. */
function daemonCommand({ name, command }: DaemonInputs, moved: (text: string) => string): string {
  const line = commandLine(command.map(moved));
  return commandLine([
    "bash",
    "-c",
    `mkdir -p ${directory} && cd ${directory} && setsid ${line} >>${name}.log 2>&1 </dev/null &`,
  ]);
}

const ruleTexts = [
  { property: "ruleset", file: "ruleset.nft", command: "nft -f" },
  { property: "iptables", file: "iptables.rules", command: "iptables-nft-restore" },
  { property: "ip6tables", file: "ip6tables.rules", command: "ip6tables-nft-restore" },
] as const;

function ruleFiles(node: Plain): { path: string; content: string }[] {
  return ruleTexts.flatMap(({ property, file }) =>
    node[property] === "" ? [] : [{ path: `${directory}/${file}`, content: node[property] }],
  );
}

function ruleCommands(node: Plain): string[] {
  return ruleTexts.flatMap(({ property, file, command }) =>
    node[property] === "" ? [] : [`${command} ${directory}/${file}`],
  );
}

/** Programs of this project are in no image. */
function ownPrograms(node: string, daemons: readonly DaemonInputs[]): Problem[] {
  return daemons
    .filter(({ command }) => command[0]?.startsWith("labwright-") === true)
    .map(({ name, command }) => ({
      code: "own-program",
      path: `nodes.${node}.services.${name}`,
      found: command[0],
      expected: "a program that an image can have",
      hint: "It is a program of this project. Leave the service out of the lab that is exported.",
    }));
}

/** A bind is written with colons between its parts. */
function withColons(node: string, files: readonly { readonly path: string }[]): Problem[] {
  return files
    .filter(({ path }) => path.includes(":"))
    .map(({ path }) => ({
      code: "bad-path",
      path: `nodes.${node}.files`,
      found: path,
      expected: "a path without colons",
      hint: "containerlab divides a bind's parts by colons.",
    }));
}
