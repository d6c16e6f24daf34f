/**
 * What dockerd changes on the host and leaves behind when it ends: its bridges, its iptables chains and rules, the
 * policy of FORWARD, IP forwarding. Recorded before it starts, put back after it has ended.
 */
import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { run } from "../run.ts";

export interface HostNetwork {
  readonly forwarding: string;
  /** By command: the policy of FORWARD; commands that don't work here are left out. */
  readonly policies: Readonly<Record<string, string>>;
  /** Tables of nftables, such as `ip filter`. */
  readonly tables: readonly string[];
  readonly bridges: readonly string[];
  /** Whether dockerd's key was there. */
  readonly key: boolean;
}

const forwardingFile = "/proc/sys/net/ipv4/ip_forward";
/** An identity that Docker 20.10 writes; nothing reads it once the daemon has ended. */
const keyFile = "/etc/docker/key.json";
const commands = ["iptables", "ip6tables"] as const;

export async function readHostNetwork(): Promise<HostNetwork> {
  const policies: Record<string, string> = {};
  for (const command of commands) {
    const policy = /^-P FORWARD (\w+)$/m.exec((await run([command, "-S", "FORWARD"])).stdout)?.[1];
    if (policy !== undefined) policies[command] = policy;
  }
  return {
    forwarding: readFileSync(forwardingFile, "utf8").trim(),
    policies,
    tables: await listTables(),
    bridges: await listBridges(),
    key: existsSync(keyFile),
  };
}

/**
 * Takes away what came since `before` was read and looks like dockerd's. Other rules stay as they are, and all of it
 * does where another dockerd runs, which uses the same names.
 */
export async function restoreHostNetwork(before: HostNetwork): Promise<void> {
  if (anotherRuns()) return;
  const bridges = (await listBridges()).filter((bridge) => !before.bridges.includes(bridge));
  for (const bridge of bridges) await run(["ip", "link", "delete", bridge]);
  for (const command of commands) {
    for (const table of ["filter", "nat"]) {
      const listed = await run([command, "-t", table, "-S"]);
      if (listed.exitCode !== 0) continue;
      const script = undoRules(table, listed.stdout, bridges);
      if (script !== undefined) await run([`${command}-restore`, "--noflush"], { stdin: script });
    }
    const policy = before.policies[command];
    if (policy !== undefined) await run([command, "-P", "FORWARD", policy]);
  }
  for (const table of await listTables()) {
    if (before.tables.includes(table)) continue;
    const [family = "", name = ""] = table.split(" ");
    const { stdout } = await run(["nft", "list", "table", family, name]);
    if (isEmptyTable(stdout)) await run(["nft", "delete", "table", family, name]);
  }
  if (readFileSync(forwardingFile, "utf8").trim() !== before.forwarding)
    writeFileSync(forwardingFile, `${before.forwarding}\n`);
  if (!before.key) rmSync(keyFile, { force: true });
}

/** Input of iptables-restore that deletes dockerd's rules and chains out of what `iptables -S` listed. */
export function undoRules(table: string, listed: string, bridges: readonly string[]): string | undefined {
  const lines = listed.split("\n");
  const chains = lines.flatMap((line) => /^-N (DOCKER\S*)$/.exec(line)?.[1] ?? []);
  const belongs = (line: string): boolean => {
    const words = line.split(" ");
    return (
      chains.includes(words[words.indexOf("-j") + 1] ?? "") ||
      bridges.some((bridge) => words.includes(bridge)) ||
      // A container that reaches its own published port.
      /^-A POSTROUTING -s (\S+) -d \1 .*-j MASQUERADE$/.test(line)
    );
  };
  const rules = lines.filter((line) => line.startsWith("-A ") && !chains.includes(line.split(" ")[1] ?? ""));
  const undo = [
    ...rules.filter(belongs).map((line) => line.replace(/^-A/, "-D")),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
  ];
  return undo.length === 0 ? undefined : [`*${table}`, ...undo, "COMMIT", ""].join("\n");
}

/** Whether a table, as `nft list table` prints it, has no rules and only the base chains that iptables makes. */
export function isEmptyTable(text: string): boolean {
  return text
    .split("\n")
    .map((line) => line.trim())
    .every((line) =>
      /^(|\}|#.*|table \S+ \S+ \{|chain [A-Z]+ \{|type \w+ hook \w+ priority .*; policy accept;)$/.test(line),
    );
}

/** A dockerd in this network namespace. */
function anotherRuns(): boolean {
  const namespace = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);
  return readdirSync("/proc").some((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/comm`, "utf8") === "dockerd\n" &&
        namespace(pid) === namespace("self")
      );
    } catch {
      return false;
    }
  });
}

async function listTables(): Promise<string[]> {
  const { stdout } = await run(["nft", "list", "tables"]);
  return stdout.split("\n").flatMap((line) => /^table (\S+ \S+)$/.exec(line)?.[1] ?? []);
}

/** `docker0`, and those of networks, which are named by the first twelve digits of their ids. */
async function listBridges(): Promise<string[]> {
  const { stdout } = await run(["ip", "-o", "link"]);
  return [...stdout.matchAll(/^\d+: (docker0|br-[0-9a-f]{12})[:@]/gm)].map((match) => match[1] ?? "");
}
