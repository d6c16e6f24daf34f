import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";

export interface ImportOptions {
  readonly name?: string;
  readonly as?: string;
  readonly radius?: string;
  readonly max?: string;
  readonly force?: boolean;
}

/** Writes a lab made of CAIDA's AS relationships. */
export async function importCaida(context: Context, file: string, options: ImportOptions): Promise<number> {
  const { readAsRelationships, renderImportedLab, select } = await import("../../topology/import/caida/index.ts");
  const bytes = readInput(file);
  const selection = select(readAsRelationships(bytes, basename(file)), {
    middle: options.as?.split(",").map((text) => number("--as", text.trim().replace(/^AS/i, "")) ?? 0),
    radius: number("--radius", options.radius),
    maximum: number("--max", options.max),
  });
  const name =
    options.name ?? (options.as === undefined ? "caida" : `caida-${options.as.toLowerCase().replace(/\s*,\s*/g, "-")}`);
  const { directory } = context.project;
  const files = renderImportedLab(name, basename(file), selection).map(({ path, content }) => ({
    path: join(directory, path),
    shown: path,
    content,
  }));
  const taken = files.filter(({ path }) => existsSync(path));
  if (taken.length > 0 && options.force !== true) {
    throw new CommandError(
      `${taken.map(({ shown }) => shown).join(" and ")} ${taken.length === 1 ? "is" : "are"} there already.`,
      "Choose another --name, or --force to write over it.",
    );
  }
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const { ases, transit, peers } = selection;
  context.output.result(
    `Wrote ${files.map(({ shown }) => shown).join(" and ")}: ${ases.length} ASes, ${transit.length} transit and ${peers.length} peer relations.\n\`lab up ${name}\` brings it up.`,
  );
  context.output.json({
    lab: name,
    files: files.map(({ shown }) => shown),
    ases: ases.length,
    transit: transit.length,
    peers: peers.length,
  });
  return exitCodes.good;
}

function readInput(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CommandError(`There is no file ${file}.`);
    if (code === "EISDIR")
      throw new CommandError(`${file} is a folder.`, "Name a file of AS relationships, plain or bz2.");
    throw error;
  }
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new CommandError(`${option} ${text}: expected a whole number.`);
  return Number(text);
}
