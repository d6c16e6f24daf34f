/** What an importer of whole labs gives: a topology of machines, and what it could not take over. */
import type { Problem } from "../../problem.ts";
import type { TopologySpec } from "../../spec.ts";

export interface ReadLab {
  readonly topology: TopologySpec;
  /** One line about the lab in its author's words; empty where there is none. */
  readonly description: string;
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
}

/** Something of the lab that is not in the topology, or not as it was. */
export interface Finding {
  /**
   * `refused`: without it the lab is another one, which somebody must want. `note`: it makes no difference to the
   * network, such as a memory limit.
   */
  readonly kind: "refused" | "note";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the lab, such as `topology.nodes.r1.kind`; empty where the line says it all. */
  readonly place: string;
  /** Name, in the topology, of the node or segment that lacks it; absent where it is a link or the whole lab. */
  readonly node?: string;
  readonly code: string;
  readonly found?: string;
  /** What can be taken over instead, as the end of "expected …". Of a note: what becomes of it. */
  readonly expected: string;
  /** The reason, and what to do, a sentence or two. */
  readonly hint: string;
}

/** A lab's files, by path relative to its folder with `/` between. Several importers look into them. */
export interface LabFiles {
  /** Undefined where there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** Paths of all files below a folder, relative to it, sorted; undefined where it is no folder. */
  list(path: string): readonly string[] | undefined;
}

export function asProblem({ line, place, file, code, found, expected, hint }: Finding, several: boolean): Problem {
  const where = several ? `${file} line ${line}` : `line ${line}`;
  const path = place === "" ? where : `${where}, ${place}`;
  return { code, path, ...(found === undefined ? {} : { found }), expected, hint };
}

/** Gathers findings of one file. */
export class Findings {
  readonly all: Finding[] = [];
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Something that the lab needs and that can't be had. */
  refuse(at: Omit<Finding, "kind" | "file"> & { readonly file?: string }): void {
    this.all.push({ kind: "refused", file: this.file, ...at });
  }

  note(at: Omit<Finding, "kind" | "file"> & { readonly file?: string }): void {
    this.all.push({ kind: "note", file: this.file, ...at });
  }
}

/** The text of a file, undefined where it isn't text: no UTF-8, or with zero bytes. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
