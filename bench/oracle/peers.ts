/** Other programs that compute such routes, each by a script of ours in a Python that has them. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { collect } from "../../provider/sandbox/run.ts";
import type { Leftovers } from "../leftovers.ts";
import { output } from "../peers/programs.ts";
import type { Answer, PeerRun } from "./figures.ts";

export interface OraclePeer {
  readonly name: string;
  /** @param file AS relationships. @param pairs victims and attackers, as JSON. @param answers Labwright's, by pair. */
  measure(file: string, pairs: string, answers: readonly Answer[], leftovers: Leftovers): Promise<PeerRun>;
}

/** Longest that a peer may take. */
const patience = 1_800_000;

/** Those that the Python has, and why it hasn't the others. */
export async function findOraclePeers(
  python: string | undefined,
): Promise<{ peers: OraclePeer[]; absent: Record<string, string> }> {
  const peers: OraclePeer[] = [];
  const absent: Record<string, string> = {};
  for (const [peer, module] of [
    [{ name: "BGPy", measure: bgpy }, "bgpy.simulation_engine"],
    [{ name: "matrix-bgpsim", measure: matrixBgpsim }, "matrix_bgpsim"],
  ] as const) {
    if (python === undefined) absent[peer.name] = "no --python given";
    else if ((await output(python, ["-c", `import ${module}`])) === undefined)
      absent[peer.name] = `${python} can't import ${module}`;
    else peers.push({ name: peer.name, measure: (...args) => peer.measure(python, ...args) });
  }
  return { peers, absent };
}

async function bgpy(
  python: string,
  file: string,
  pairs: string,
  answers: readonly Answer[],
  leftovers: Leftovers,
): Promise<PeerRun> {
  const { answers: theirs, ...run } = (await runScript(python, ["run_bgpy.py", file, pairs], leftovers)) as Omit<
    PeerRun,
    "agrees"
  > & { readonly answers: readonly (readonly [number, number])[] };
  const agrees = theirs.map(
    ([captured, lengths], index) => captured === answers[index]?.[0] && lengths === answers[index]?.[1],
  );
  return { ...run, agrees };
}

async function matrixBgpsim(
  python: string,
  file: string,
  pairs: string,
  answers: readonly Answer[],
  leftovers: Leftovers,
): Promise<PeerRun> {
  const result = (await runScript(python, ["run_matrix_bgpsim.py", file, pairs, "2"], leftovers)) as {
    readonly load: number;
    readonly seconds: number;
    readonly ases: number;
    readonly memory: number;
    readonly answers: readonly number[];
  };
  const { load, memory, seconds, ases } = result;
  const agrees = result.answers.map((lengths, index) => lengths === answers[index]?.[2]);
  return { load, memory, seconds: [], together: seconds / ases, agrees };
}

async function runScript(
  python: string,
  [script = "", ...args]: readonly string[],
  leftovers: Leftovers,
): Promise<unknown> {
  return runJson(python, [join(import.meta.dirname, script), ...args], leftovers);
}

/** What a program prints in its last line. @throws where it fails. */
export async function runJson(program: string, args: readonly string[], leftovers: Leftovers): Promise<unknown> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  leftovers.child(child);
  const { exitCode, stdout, stderr } = await collect(child, { timeout: patience });
  if (exitCode !== 0) throw new Error(stderr.trim().split("\n").pop() ?? `exit code ${exitCode}`);
  return JSON.parse(stdout.trim().split("\n").pop() ?? "");
}
