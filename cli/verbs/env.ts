import { dirname } from "node:path";
import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";

/** Prints what a shell needs for plain `pulumi` on the same stacks and state: `eval "$(lab env)"`. */
export async function env(context: Context): Promise<number> {
  const { pulumiEnvironment } = await import("../../toolchain/environment.ts");
  const { command, env: variables } = await pulumiEnvironment(context.project.directory);
  context.output.result(exportsText(command, variables));
  context.output.json({ command, env: variables });
  return exitCodes.good;
}

export function exportsText(command: string, variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...lines, `export PATH=${quote(dirname(command))}:"$PATH"`].join("\n");
}

function quote(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
