import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { declare } from "../../components/declarations.ts";
import { formatProblem, formatProblems } from "../../topology/problem.ts";
import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";

export interface ExportOptions {
  readonly output?: string;
  readonly image?: string;
  /** Write what can be said. */
  readonly partial?: boolean;
  readonly force?: boolean;
}

/** Writes a lab as a containerlab topology file, with the files that it binds beside it. */
export async function exportLab(context: Context, lab: string, options: ExportOptions): Promise<number> {
  const { exportContainerlab } = await import("../exports/containerlab.ts");
  const stack = await context.stack(lab);
  const { text, files, problems } = exportContainerlab(stack.topology, declare(stack.topology, 60), {
    name: stack.name,
    image: options.image,
  });
  if (problems.length > 0 && options.partial !== true)
    throw new CommandError(
      formatProblems(`the export of ${lab}`, problems),
      "With --partial the rest is exported, and comments tell what isn't there.",
    );
  const file = resolve(options.output ?? `${stack.name}.clab.yml`);
  if (existsSync(file) && options.force !== true)
    throw new CommandError(`${file} is there already.`, "Name another by --output, or --force to write over it.");
  for (const { path, content } of [
    { path: file, content: text },
    ...files.map((each) => ({ ...each, path: join(dirname(file), each.path) })),
  ]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
  }
  for (const problem of problems) context.output.note(formatProblem(problem).trim());
  context.output.result(
    `Wrote ${file}${files.length === 0 ? "" : ` and ${files.length} files beside it`}.\n\`containerlab deploy -t ${file}\` brings it up there.`,
  );
  context.output.json({ lab, file, files: files.map(({ path }) => path), leftOut: problems.length });
  return exitCodes.good;
}
