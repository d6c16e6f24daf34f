import { existsSync, statSync } from "node:fs";
import { basename, dirname, resolve as absolute } from "node:path";
import type { ReadLab } from "../../topology/import/lab/lab.ts";
import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { filesOf, writeLab } from "../imports/files.ts";

export interface ImportLabOptions {
  readonly name?: string;
  /** Take what can be taken. */
  readonly partial?: boolean;
  readonly force?: boolean;
  /** Of containerlab's: false leaves out the management network. */
  readonly management?: boolean;
}

/** Writes a lab made of a containerlab topology file. */
export async function importContainerlab(context: Context, file: string, options: ImportLabOptions): Promise<number> {
  const { readContainerlab } = await import("../../topology/import/containerlab/index.ts");
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  if (statSync(file).isDirectory())
    throw new CommandError(`${file} is a folder.`, "Name the topology file in it, such as lab.clab.yml.");
  const read = readContainerlab(basename(file), filesOf(dirname(file)), {
    environment: process.env,
    management: options.management !== false,
  });
  const name = read.name === "" ? basename(file).replace(/\.(clab\.)?ya?ml$/, "") : read.name;
  return write(context, read, name, `containerlab's ${basename(file)}`, options);
}

/** Writes a lab made of a Kathará folder. */
export async function importKathara(context: Context, folder: string, options: ImportLabOptions): Promise<number> {
  const { readKathara } = await import("../../topology/import/kathara/index.ts");
  if (!existsSync(folder)) throw new CommandError(`There is no folder ${folder}.`);
  const directory = statSync(folder).isDirectory() ? folder : dirname(folder);
  const name = basename(absolute(directory));
  return write(context, readKathara(filesOf(directory)), name, `the Kathará lab ${name}`, options);
}

async function write(
  context: Context,
  read: ReadLab,
  wanted: string,
  source: string,
  options: ImportLabOptions,
): Promise<number> {
  const { asProblem } = await import("../../topology/import/lab/lab.ts");
  const { labName } = await import("../../topology/import/lab/names.ts");
  const { renderLab } = await import("../../topology/import/lab/render.ts");
  const { resolve } = await import("../../topology/resolve.ts");
  const { formatProblem, formatProblems } = await import("../../topology/problem.ts");
  const several = new Set(read.findings.map(({ file }) => file)).size > 1;
  const refused = read.findings.filter(({ kind }) => kind === "refused").map((finding) => asProblem(finding, several));
  const notes = read.findings.filter(({ kind }) => kind === "note").map((finding) => asProblem(finding, several));
  const nodes = Object.keys(read.topology.nodes).length;
  if (refused.length > 0 && options.partial !== true)
    throw new CommandError(
      formatProblems(source, refused),
      nodes === 0 ? undefined : "With --partial the rest is imported, and comments tell what isn't there.",
    );
  if (nodes === 0) throw new CommandError(`${source} has no node that can run here.`);
  const name = options.name ?? labName(wanted);
  const files = renderLab(read, { name, source, title: read.description === "" ? wanted : read.description });
  // What it can't be is told before anything is written.
  const topology = resolve(read.topology);
  const shown = writeLab(context.project.directory, files, options.force === true);
  for (const note of notes) context.output.note(`${note.path}: ${note.hint}`);
  for (const problem of refused) context.output.note(formatProblem(problem).trim());
  context.output.result(
    `Wrote ${shown.join(" and ")}: ${topology.nodes.length} nodes, ${topology.links.length} links, ${topology.segments.length} segments.\n` +
      "Its commands run as root on the lab's nodes: read them first, as you would a script.\n" +
      `\`lab up ${name}\` brings it up.`,
  );
  context.output.json({
    lab: name,
    files: shown,
    nodes: topology.nodes.length,
    links: topology.links.length,
    segments: topology.segments.length,
    leftOut: refused.length,
    notes: notes.length,
  });
  return exitCodes.good;
}
