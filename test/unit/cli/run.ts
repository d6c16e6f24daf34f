/** The command in this process, with what it prints kept. */
import { run } from "../../../cli/main.ts";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function lab(...args: readonly string[]): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const exitCode = await run(args, {
    stdout: { write: (text: string | Uint8Array) => ((stdout += String(text)), true) },
    stderr: { write: (text: string | Uint8Array) => ((stderr += String(text)), true) },
  });
  return { exitCode, stdout, stderr };
}
