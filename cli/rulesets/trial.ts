/** Tries rule sets in a throw-away copy of a lab: nothing of the lab that may be running is touched. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { declare } from "../../components/declarations.ts";
import { withCopy } from "../../provider/copy.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import { waitFor } from "../../provider/wait.ts";
import type { Family } from "../../topology/spec.ts";
import type { Node, Topology } from "../../topology/topology.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { formatMistakes, iptablesMistakes, nftMistakes, type Mistake } from "./mistakes.ts";
import type { Probe } from "./probes.ts";
import { parseRules, strangeInterfaces, withIptablesText, type LoadedRule } from "./rules.ts";
import type { Source } from "./source.ts";
import { judge, unusedRules, type Judgement, type RawResult } from "./verdict.ts";

export interface Attempt extends Judgement {
  readonly probe: Probe;
  readonly family: Family;
}

export interface TrialResult {
  readonly attempts: readonly Attempt[];
  readonly rules: readonly LoadedRule[];
  readonly unused: readonly LoadedRule[];
  /** IPv6's neighbour discovery was dropped, so that probes by IPv6 could not be sent. */
  readonly discoveryDropped: boolean;
  /** Interfaces that rules name and the firewall hasn't. */
  readonly strangeInterfaces: readonly string[];
}

export interface Trial {
  /** Of the copy's sandbox. */
  readonly key: string;
  readonly lab: string;
  readonly topology: Topology;
  /** Node that gets the rules; every other node of a probe shares a link or segment with it. */
  readonly firewall: string;
  readonly sources: readonly Source[];
  readonly probes: readonly Probe[];
}

/** @throws CommandError with all that is wrong with the rule sets, in their parsers' words. */
export async function tryRules(trial: Trial): Promise<TrialResult> {
  const { topology, firewall } = trial;
  const { nodes, links, segments } = declare(topology, 0);
  // Of the nodes their networks only: who answers probes is put there for it.
  const bare = nodes.map((node) => ({ ...node, daemons: [], files: {}, ruleset: "", iptables: "", ip6tables: "" }));
  return withCopy(trial.key, trial.lab, { nodes: bare, links, segments }, async (sandbox) => {
    await reachable(sandbox, trial);
    await load(sandbox, trial);
    const rules = await loadedRules(sandbox, trial);
    await must(sandbox, firewall, ["nft", "-f", "-"], traceTable);
    // What was learned of neighbours before there were rules would hide rules that don't let it be learned.
    for (const { name } of topology.nodes) await must(sandbox, name, ["ip", "neigh", "flush", "all"]);
    const asked = trial.probes.flatMap((probe) => probe.families.map((family) => ({ probe, family })));
    const results = await sendProbes(sandbox, trial, asked);
    const interfaces = topology.nodes.find(({ name }) => name === firewall)?.interfaces.map(({ name }) => name) ?? [];
    return {
      attempts: asked.flatMap(({ probe, family }, index) => {
        const result = results[index];
        return result === undefined ? [] : [{ probe, family, ...judge(result, rules) }];
      }),
      rules,
      unused: unusedRules(rules, results),
      discoveryDropped: results.some(({ events }) => events.some((each) => each.discovery && each.verdict === "drop")),
      strangeInterfaces: strangeInterfaces(rules, interfaces),
    };
  });
}

const traceTable = `table inet labwright_trace {
  chain prerouting { type filter hook prerouting priority -1000; meta nftrace set 1; }
  chain output { type filter hook output priority -1000; meta nftrace set 1; }
}`;

async function must(
  sandbox: SandboxHandle,
  node: string | undefined,
  argv: readonly string[],
  stdin = "",
): Promise<string> {
  const { exitCode, stdout, stderr } = await sandbox.exec(node, argv, { stdin });
  if (exitCode !== 0) throw new Error(`\`${argv.join(" ")}\` failed: ${stderr.trim()}`);
  return stdout;
}

export function addressOf(node: Node | undefined, family: Family): string | undefined {
  const addresses = node?.interfaces.flatMap((each) => each.addresses) ?? [];
  return addresses.find((address) => address.includes(":") === (family === "ipv6"))?.split("/")[0];
}

/** Interfaces need a second or so until they carry IPv6: that mustn't look like a rule that drops. */
async function reachable(sandbox: SandboxHandle, { topology, firewall }: Trial): Promise<void> {
  const node = topology.nodes.find(({ name }) => name === firewall);
  const near = topology.nodes.filter(
    ({ name, interfaces }) =>
      name !== firewall &&
      interfaces.some(({ attachedTo }) => node?.interfaces.some((own) => own.attachedTo === attachedTo)),
  );
  await Promise.all(
    near.flatMap(({ name }) =>
      topology.families.map(async (family) => {
        const address = addressOf(node, family);
        if (address === undefined) return;
        await waitFor(`${name} to reach ${firewall} by ${family}`, 15_000, async () => {
          const { exitCode } = await sandbox.exec(name, ["ping", "-n", "-c", "1", "-W", "1", address]);
          return exitCode === 0 ? undefined : "no answer";
        });
      }),
    ),
  );
}

async function load(sandbox: SandboxHandle, { firewall, sources, topology }: Trial): Promise<void> {
  const wrong: string[] = [];
  for (const source of sources) {
    const mistakes =
      source.format === "nft"
        ? await loadNft(sandbox, firewall, source)
        : await loadIptables(sandbox, firewall, source, `${source.format}-nft-restore`);
    if (mistakes !== undefined) wrong.push(mistakes);
  }
  if (wrong.length === 0) return;
  const text = wrong.join("\n");
  const interfaces = topology.nodes.find(({ name }) => name === firewall)?.interfaces.map(({ name }) => name) ?? [];
  const hint = /Interface does not exist/.test(text)
    ? `The firewall's interfaces are ${interfaces.join(", ")} here; \`--interface eth0=${interfaces[0] ?? "wan"}\` calls the first eth0.`
    : "Correct the rules, then try again. Nothing was changed.";
  throw new CommandError(text, hint, exitCodes.badInput);
}

/** Undefined when it is loaded; all of its errors otherwise. */
async function loadNft(sandbox: SandboxHandle, node: string, source: Source): Promise<string | undefined> {
  const argv = ["sh", "-c", 'cd "$0" && exec nft -f -', source.directory ?? "/"];
  const { exitCode, stderr } = await sandbox.exec(node, argv, { stdin: source.text });
  return exitCode === 0 ? undefined : nftMistakes(source, stderr);
}

/** It ends at the first mistake, so lines with mistakes are left out one by one until the rest is right. */
async function loadIptables(
  sandbox: SandboxHandle,
  node: string,
  source: Source,
  command: string,
): Promise<string | undefined> {
  const lines = source.text.split("\n");
  const mistakes: Mistake[] = [];
  for (;;) {
    const { exitCode, stderr } = await sandbox.exec(node, [command], { stdin: `${lines.join("\n")}\n` });
    if (exitCode === 0) break;
    const found = iptablesMistakes(stderr, lines);
    if (found.length === 0) return `${source.name}: ${stderr.trim()}`;
    mistakes.push(...found);
    // Without a line that begins or ends a table nothing after it makes sense.
    if (found.some(({ line }) => !/^[^*#:]/.test(lines[line - 1] ?? "") || lines[line - 1] === "COMMIT")) break;
    for (const { line } of found) lines[line - 1] = "#";
  }
  return mistakes.length === 0 ? undefined : formatMistakes(source, mistakes);
}

async function loadedRules(sandbox: SandboxHandle, { firewall, sources }: Trial): Promise<LoadedRule[]> {
  let rules = parseRules(await must(sandbox, firewall, ["nft", "-a", "-s", "list", "ruleset"]));
  for (const [format, family] of [
    ["iptables", "ip"],
    ["ip6tables", "ip6"],
  ] as const)
    if (sources.some((source) => source.format === format))
      rules = withIptablesText(rules, family, await must(sandbox, firewall, [`${format}-nft-save`]));
  return rules;
}

const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const program = fileURLToPath(new URL("./probe", import.meta.url));

async function sendProbes(
  sandbox: SandboxHandle,
  { topology, firewall }: Trial,
  asked: readonly { readonly probe: Probe; readonly family: Family }[],
): Promise<readonly RawResult[]> {
  const nodes = new Map(topology.nodes.map((node) => [node.name, node]));
  const ports = (kind: "tcp" | "udp"): number[] => [
    ...new Set(asked.flatMap(({ probe }) => (probe.kind === kind ? [probe.port] : []))),
  ];
  // Everywhere, so that an address that rules translate finds somebody too.
  const everywhere = { tcp: ports("tcp"), udp: ports("udp") };
  const input = {
    firewall,
    listen: Object.fromEntries([...nodes.keys()].map((name) => [name, everywhere])),
    probes: asked.map(({ probe, family }) => ({
      kind: probe.kind,
      from: probe.from,
      to: towards(nodes.get(probe.to), nodes.get(probe.from), family),
      port: probe.port,
    })),
  };
  const timeout = 30_000 + 3_000 * asked.length;
  const { exitCode, stdout, stderr } = await sandbox.exec(undefined, [python, "-B", "-I", "-S", program], {
    stdin: JSON.stringify(input),
    timeout,
  });
  if (exitCode !== 0) throw new Error(`The probes could not be sent: ${stderr.trim().split("\n").at(-1)}`);
  return JSON.parse(stdout) as RawResult[];
}

/** The target's address on a network that both share, or else its first. */
function towards(to: Node | undefined, from: Node | undefined, family: Family): string {
  const shared = to?.interfaces.filter(({ attachedTo }) =>
    from?.interfaces.some((own) => own.attachedTo === attachedTo),
  );
  const [near] = shared ?? [];
  return (
    (near === undefined || to === undefined ? undefined : addressOf({ ...to, interfaces: [near] }, family)) ??
    addressOf(to, family) ??
    ""
  );
}
