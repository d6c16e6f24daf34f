/** A lab read as the import verbs read it, and what can be said of that. */
import { basename, dirname } from "node:path";
import { filesOf } from "../../cli/imports/files.ts";
import { readContainerlab } from "../../topology/import/containerlab/index.ts";
import { readKathara } from "../../topology/import/kathara/index.ts";
import type { Finding, ReadLab } from "../../topology/import/lab/lab.ts";
import { resolve } from "../../topology/resolve.ts";

export interface Read {
  readonly nodes: number;
  /** In part: with what can't run left out, and two nodes or more left. */
  readonly imported: "whole" | "in part" | "no";
  /** What was left out, the same things once. */
  readonly remark: string;
}

export type Tool = "containerlab" | "kathara";

/** @throws ProblemsError where it can't be read at all. */
export function readLab(tool: Tool, path: string): Read {
  const read: ReadLab =
    tool === "containerlab"
      ? readContainerlab(basename(path), filesOf(dirname(path)), { environment: {} })
      : readKathara(filesOf(path));
  resolve(read.topology);
  const refused = read.findings.filter(({ kind }) => kind === "refused");
  const nodes = Object.keys(read.topology.nodes).length;
  const imported = refused.length === 0 ? "whole" : nodes >= 2 ? "in part" : "no";
  return { nodes, imported, remark: remarkOf(refused) };
}

function remarkOf(refused: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { code, found } of refused) {
    const text = code === "link-without-node" ? "links to nodes left out" : `${code} ${found ?? ""}`.trim();
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count})`)).join(", ");
}
