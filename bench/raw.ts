/**
 * What the kernel and the daemons cost by themselves: the same sandbox, namespaces, links, addresses, sysctls and
 * daemons, by two runs of `ip -batch` and one shell a node, all of these side by side. Measured against one run of `ip`
 * and one of `nsenter` a node, in turn and side by side, and against a Perl program that does without the shells: this
 * was the fastest or as fast.
 */
import { mkdir, writeFile } from "node:fs/promises";
import type { Declarations } from "../components/declarations.ts";
import { nodeDirectory } from "../provider/kernel/observe.ts";
import { hereDocument, quote } from "../provider/kernel/shell.ts";
import { endHolder, ensureHolder, insidePath, type Holder } from "../provider/sandbox/holder.ts";
import { scriptInside } from "../provider/sandbox/run.ts";
import { converge } from "./convergence.ts";
import type { RawRun } from "./figures.ts";
import { stopwatch } from "./stopwatch.ts";

type NodeDeclaration = Declarations["nodes"][number];

/** `key` names the sandbox, which the caller ends if this throws. */
export async function measureRaw(declarations: Declarations, key: string): Promise<RawRun> {
  const batches = ipBatches(declarations);
  const links = Object.values(declarations.links).map(
    ({ ends: [a, b], mtu }) =>
      `link add ${a.interface} netns ${a.node} mtu ${mtu} type veth peer name ${b.interface} netns ${b.node} mtu ${mtu}`,
  );
  const namespaces = declarations.nodes.map(({ name }) => `netns add ${name}`);
  const jobs = declarations.nodes.map((node) => nodeJob(node, batches.get(node.name) ?? []));

  const total = stopwatch();
  const part = stopwatch();
  const { holder } = await ensureHolder(key, "raw");
  const sandbox = part.lap();
  await run(holder, hereDocument("ip -batch -", namespaces.join("\n")));
  await run(holder, hereDocument("ip -batch -", links.join("\n")));
  const made = part.lap();
  await Promise.all(declarations.nodes.map((node) => writeFiles(holder, node)));
  await run(holder, jobs.join("\n"));
  const nodes = part.lap();
  await converge(declarations.readiness, (node) => insidePath(holder, `${nodeDirectory(node)}/bird.ctl`));
  const convergence = part.lap();
  const up = total.lap();
  await endHolder(holder);
  return { up, sandbox, links: made, nodes, convergence, down: total.lap() };
}

/** By node: lines for its own `ip -batch`. */
export function ipBatches({ nodes, links }: Pick<Declarations, "nodes" | "links">): Map<string, string[]> {
  const batches = new Map(
    nodes.map(({ name, loopbacks }) => [
      name,
      ["link set lo up", ...loopbacks.map((address) => `addr add ${address} dev lo`)],
    ]),
  );
  for (const end of Object.values(links).flatMap(({ ends }) => ends)) {
    batches
      .get(end.node)
      ?.push(
        ...end.addresses.map((address) => `addr add ${address} dev ${end.interface}`),
        `link set ${end.interface} up`,
      );
  }
  return batches;
}

/** Shell lines that set a node's sysctls, for the interfaces that are there and those to come. */
export function sysctlLines(sysctls: Readonly<Record<string, string>>): string[] {
  return Object.entries(sysctls).map(([name, value]) => {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`.replace("/conf/default/", "/conf/*/");
    return path.includes("*")
      ? `for file in ${path}; do echo ${quote(value)} >"$file"; done`
      : `echo ${quote(value)} >${path}`;
  });
}

function nodeJob({ name, sysctls, daemons }: NodeDeclaration, batch: readonly string[]): string {
  const [daemon] = daemons;
  if (daemon === undefined || daemons.length > 1) throw new Error(`${name}: expected one daemon`);
  const script = [
    ...sysctlLines(sysctls),
    hereDocument("ip -batch -", batch.join("\n"), " || exit 1"),
    `cd ${nodeDirectory(name)}`,
    // The shell becomes the daemon: one process less.
    `exec ${daemon.command.map(quote).join(" ")} >${daemon.name}.log 2>&1 </dev/null`,
  ].join("\n");
  return hereDocument(`nsenter --net=/run/netns/${name} sh`, script, " &");
}

async function writeFiles(holder: Holder, { name, files }: NodeDeclaration): Promise<void> {
  const directory = insidePath(holder, nodeDirectory(name));
  await mkdir(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(`${directory}/${file}`, content);
}

async function run(holder: Holder, script: string): Promise<void> {
  const { exitCode, stderr } = await scriptInside(holder, script);
  if (exitCode !== 0 || stderr !== "") throw new Error(`raw: ${stderr.trim() || `exit code ${exitCode}`}`);
}
