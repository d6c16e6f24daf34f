import { randomBytes, createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { glob, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Properties } from "../../provider/rpc/values.ts";
import { boolean, list, oneOf, record, string } from "../../topology/validation/form.ts";
import type { Call, StandIn } from "../stand-in.ts";

interface Inputs {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly interpreter?: readonly string[];
  readonly stdin?: string;
  readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
  readonly addPreviousOutputInEnv?: boolean;
  readonly assetPaths?: readonly string[];
}

interface Outputs {
  readonly stdout: string;
  readonly stderr: string;
  readonly assets?: Readonly<Record<string, object>>;
}

const anything = (): void => {};

/** `command:local:Command`: a command run when the resource is made, changed or taken away. */
export const localCommand: StandIn = {
  type: "command:local:Command",
  properties: {
    create: { form: string, change: "update" },
    update: { form: string, change: "update" },
    delete: { form: string, change: "update" },
    dir: { form: string, change: "update" },
    environment: { form: record(string), change: "update" },
    interpreter: { form: list(string), change: "update" },
    stdin: { form: string, change: "update" },
    logging: { form: oneOf("stdout", "stderr", "stdoutAndStderr", "none"), change: "update" },
    addPreviousOutputInEnv: { form: boolean, change: "update" },
    assetPaths: { form: list(string), change: "update" },
    triggers: { form: list(anything), change: "replace" },
  },
  computed: ["stdout", "stderr", "assets"],
  deleteFirst: false,
  async create(inputs, call) {
    const name = call.urn.split("::").at(-1) ?? "";
    return {
      id: `${name}${randomBytes(4).toString("hex")}`,
      outputs: await outputsOf(inputs, inputs["create"], {}, call),
    };
  },
  async update(_id, inputs, state, call) {
    return outputsOf(inputs, inputs["update"] ?? inputs["create"], state, call);
  },
  async remove(_id, state, call) {
    if (typeof state["delete"] === "string") await run(state["delete"], state, state, call);
  },
};

async function outputsOf(inputs: Properties, command: unknown, state: Properties, call: Call): Promise<Properties> {
  const { stdout = "", stderr = "", assets } = state;
  if (typeof command !== "string") return { ...inputs, stdout, stderr, ...(assets === undefined ? {} : { assets }) };
  return { ...inputs, ...(await run(command, inputs, state, call)) };
}

async function run(command: string, inputs: Inputs, previous: Partial<Outputs>, { urn, log }: Call): Promise<Outputs> {
  const [program = "/bin/sh", ...before] = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  const directory = inputs.dir ?? process.cwd();
  const passOn = inputs.addPreviousOutputInEnv ?? true;
  const env = {
    ...process.env,
    ...inputs.environment,
    ...(passOn && previous.stdout ? { PULUMI_COMMAND_STDOUT: previous.stdout } : {}),
    ...(passOn && previous.stderr ? { PULUMI_COMMAND_STDERR: previous.stderr } : {}),
  };
  const logged = inputs.logging ?? "stdoutAndStderr";
  const output = { stdout: "", stderr: "", both: "" };
  const exit = await new Promise<string | undefined>((resolve) => {
    const child = spawn(program, [...before, command], { cwd: directory, env, stdio: "pipe" });
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      const tell = (line: string): void => {
        if (line !== "" && (logged === name || logged === "stdoutAndStderr")) log.info(urn, line);
      };
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        output.both += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(tell);
      });
      child[name].on("end", () => tell(rest));
    }
    child.stdin.on("error", () => {});
    child.stdin.end(inputs.stdin ?? "");
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal === null ? `exit status ${code}` : `signal: ${signal}`),
    );
  });
  if (exit !== undefined) throw new Error(`${exit}: running ${JSON.stringify(command)}:\n${output.both}`);
  return {
    stdout: output.stdout.replace(/\n$/, ""),
    stderr: output.stderr.replace(/\n$/, ""),
    ...(inputs.assetPaths === undefined ? {} : { assets: await assetsIn(directory, inputs.assetPaths) }),
  };
}

/** Files that the patterns match, in their order; one with `!` in front takes away what those before it matched. */
async function assetsIn(directory: string, patterns: readonly string[]): Promise<Record<string, object>> {
  const assets: Record<string, object> = {};
  for (const pattern of patterns) {
    const excluded = pattern.startsWith("!");
    for await (const path of glob(excluded ? pattern.slice(1) : pattern, { cwd: directory })) {
      const file = resolve(directory, path);
      if (!(await stat(file)).isFile()) continue;
      if (excluded) delete assets[path];
      else assets[path] = asset(file, await readFile(file));
    }
  }
  return assets;
}

/** An asset on the wire (sdk/nodejs/runtime/rpc.ts, `specialAssetSig`). */
function asset(path: string, content: Buffer): object {
  return {
    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
    path,
    hash: createHash("sha256").update(content).digest("hex"),
  };
}
