/** What containerlab and Kathará have in common: a folder for each node, mounted into its container. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Declarations } from "../../components/declarations.ts";
import { hereDocument, quote } from "../../provider/kernel/shell.ts";
import { converge } from "../convergence.ts";
import type { PeerRun } from "../figures.ts";
import type { Leftovers } from "../leftovers.ts";
import { sysctlLines } from "../raw.ts";
import type { Peer } from "./peer.ts";
import { must } from "./programs.ts";

type NodeDeclaration = Declarations["nodes"][number];

export interface ContainerPeer {
  readonly name: string;
  readonly program: string;
  /** Arguments that bring the lab in the current folder up, and that take it down. */
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** The lab's files besides the nodes' folders `nodeFolder/NAME`, by path. */
  files(declarations: Declarations): Readonly<Record<string, string>>;
  /** Where the nodes' folders are, relative to the lab's. */
  readonly nodeFolder: string;
}

export function containerPeer(peer: ContainerPeer): Peer {
  return { name: peer.name, measure: (declarations, leftovers) => measure(peer, declarations, leftovers) };
}

async function measure(peer: ContainerPeer, declarations: Declarations, leftovers: Leftovers): Promise<PeerRun> {
  const folder = leftovers.directory(await mkdtemp(join(tmpdir(), "labwright-bench-")));
  const nodes = join(folder, peer.nodeFolder);
  for (const { name, files } of declarations.nodes) {
    await mkdir(join(nodes, name), { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(join(nodes, name, file), content);
  }
  for (const [file, content] of Object.entries(peer.files(declarations))) await writeFile(join(folder, file), content);

  const forget = leftovers.undo(() => must(peer.program, peer.down, folder, leftovers));
  const started = performance.now();
  let converged = 0;
  try {
    await must(peer.program, peer.up, folder, leftovers);
    await converge(declarations.readiness, (node) => join(nodes, node, "bird.ctl"));
  } finally {
    converged = performance.now();
    await must(peer.program, peer.down, folder, leftovers);
    forget();
  }
  return { up: (converged - started) / 1000, down: (performance.now() - converged) / 1000 };
}

/** Shell lines that configure a node once its interfaces are there, and start its daemons in `directory`. */
export function startScript(node: NodeDeclaration, batch: readonly string[], directory: string): string {
  return [
    ...sysctlLines(node.sysctls),
    hereDocument("ip -batch -", batch.join("\n")),
    `cd ${quote(directory)}`,
    ...node.daemons.map(({ name, command }) => `setsid ${command.map(quote).join(" ")} >${name}.log 2>&1 </dev/null &`),
    "",
  ].join("\n");
}
