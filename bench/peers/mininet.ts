/** mininet (Debian's package of that name), driven by run_mininet.py, in a sandbox so that nothing of it can stay behind. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Declarations } from "../../components/declarations.ts";
import { nodeDirectory } from "../../provider/kernel/observe.ts";
import { endHolder, ensureHolder, insidePath } from "../../provider/sandbox/holder.ts";
import { spawnInside } from "../../provider/sandbox/run.ts";
import { converge } from "../convergence.ts";
import type { PeerRun } from "../figures.ts";
import type { Leftovers } from "../leftovers.ts";
import { ipBatches } from "../raw.ts";
import { output } from "./programs.ts";
import type { Found } from "./peer.ts";

export async function findMininet(): Promise<Found> {
  if (process.getuid?.() !== 0) return "it needs root";
  // Debian installs its modules for its own Python, which need not be the first on PATH.
  for (const python of ["python3", "/usr/bin/python3"]) {
    const found = await output(python, ["-c", "import mininet.net"]);
    if (found !== undefined)
      return { name: "mininet", measure: (declarations, leftovers) => measure(python, declarations, leftovers) };
  }
  return "not found: python3 has no module mininet";
}

async function measure(python: string, declarations: Declarations, leftovers: Leftovers): Promise<PeerRun> {
  const key = leftovers.sandbox(`bench-mininet-${randomBytes(4).toString("hex")}`);
  const { holder } = await ensureHolder(key, "mininet");
  const directory = (node: string): string => insidePath(holder, nodeDirectory(node));
  for (const { name, files } of declarations.nodes) {
    await mkdir(directory(name), { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(`${directory(name)}/${file}`, content);
  }
  await writeFile(insidePath(holder, "/run/topology.json"), JSON.stringify(topologyFor(declarations)));

  const started = performance.now();
  const child = spawnInside(
    holder,
    [python, join(import.meta.dirname, "run_mininet.py"), "/run/topology.json"],
    ["pipe", "pipe", "pipe"],
  );
  leftovers.child(child);
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout });
  const ready = new Promise<true>((resolve) => lines?.on("line", (line) => line === "started" && resolve(true)));
  if ((await Promise.race([ready, closed])) !== true)
    throw new Error(`mininet: ${errors.trim().split("\n").pop() ?? "it ended"}`);
  await converge(declarations.readiness, (node) => `${directory(node)}/bird.ctl`);
  const converged = performance.now();
  child.stdin?.end("stop\n");
  const code = await closed;
  const down = (performance.now() - converged) / 1000;
  await endHolder(holder);
  if (code !== 0) throw new Error(`mininet: ${errors.trim().split("\n").pop() ?? `exit code ${code}`}`);
  return { up: (converged - started) / 1000, down };
}

/** What run_mininet.py reads. */
export function topologyFor(declarations: Declarations): object {
  const batches = ipBatches({ nodes: declarations.nodes, links: {} });
  return {
    nodes: declarations.nodes.map(({ name, sysctls, daemons }) => ({
      name,
      directory: nodeDirectory(name),
      ip: batches.get(name) ?? [],
      sysctls,
      commands: daemons.map(({ command }) => command),
    })),
    links: Object.values(declarations.links).map(({ ends }) =>
      ends.map((end) => ({ node: end.node, interface: end.interface, address: end.addresses[0] ?? "" })),
    ),
  };
}
