/**
 * One run of the Pulumi CLI: our program served to it over gRPC, its events streamed back.
 *
 * The Automation API does the same with some 1.5 s more for each verb, which go into CLI calls for the stack's selection, history and
 * outputs; so this calls the CLI once, as automation/stack.js does.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { EngineEnvironment } from "./environment.ts";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;

export type { EngineEvent };

/** An inline program; what it returns becomes the stack's outputs. */
export type Program = () => Promise<Record<string, unknown>>;

export interface RunOptions {
  readonly environment: EngineEnvironment;
  /** Folder of the project. */
  readonly directory: string;
  readonly program?: Program;
  /** Its standard output is the answer to a question, however long. */
  readonly whole?: boolean;
  readonly onEvent?: (event: EngineEvent) => void;
  /** Called at the first Ctrl-C, when the engine is asked to end in good order. */
  readonly onInterrupt?: () => void;
}

export interface RunResult {
  readonly exitCode: number;
  /** The signal that ended it, if one did. */
  readonly killedBy?: NodeJS.Signals;
  /** The end of what it said, on both of its outputs. */
  readonly output: string;
  /** All of its standard output, where that is `whole`. */
  readonly answer: string;
  /** True when somebody pressed Ctrl-C. */
  readonly interrupted: boolean;
}

/** Runs the CLI with these arguments to its end. Its exit code is a result, no error. */
export async function runPulumi(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const servers: grpcModule.Server[] = [];
  const limit = Error.stackTraceLimit;
  try {
    const extra: string[] = [];
    let load = (): void => {};
    if (options.program !== undefined) {
      // The SDK captures a stack for every resource and promise; the depth is a fifth of the program's time.
      Error.stackTraceLimit = 1;
      const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
      const runtime = languageRuntime(options.program);
      load = runtime.load;
      const port = await serve(LanguageRuntimeService, runtime.service, servers);
      extra.push(`--client=127.0.0.1:${port}`, "--exec-kind", "auto.inline");
    }
    if (options.onEvent !== undefined) {
      const { EventsService } = require("@pulumi/pulumi/proto/events_grpc_pb");
      const port = await serve(EventsService, eventsService(options.onEvent), servers);
      extra.push("--event-log", `tcp://127.0.0.1:${port}`);
    }
    const running = spawned([...args, ...extra, "--non-interactive", "--color", "never"], options);
    load();
    return await running;
  } finally {
    Error.stackTraceLimit = limit;
    for (const server of servers) server.forceShutdown();
  }
}

async function serve(
  service: grpcModule.ServiceDefinition,
  implementation: grpcModule.UntypedServiceImplementation,
  servers: grpcModule.Server[],
): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(service, implementation);
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/** The SDK's language server. The SDK takes a while to load: `load` does that while the CLI starts. */
function languageRuntime(program: Program): { service: grpcModule.UntypedServiceImplementation; load: () => void } {
  type Method = grpcModule.handleUnaryCall<unknown, unknown>;
  let loaded: Record<string, Method> | undefined;
  const server = (): Record<string, Method> => {
    if (loaded === undefined) {
      const { LanguageServer } = require("@pulumi/pulumi/automation/server.js");
      loaded = new LanguageServer(program) as Record<string, Method>;
    }
    return loaded;
  };
  const method =
    (name: string): Method =>
    (call, callback) =>
      server()[name]?.(call, callback);
  return {
    service: {
      run: method("run"),
      getPluginInfo: method("getPluginInfo"),
      getRequiredPlugins: method("getRequiredPlugins"),
    },
    load: () => void server(),
  };
}

function eventsService(onEvent: (event: EngineEvent) => void): grpcModule.UntypedServiceImplementation {
  const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
  const streamEvents: grpcModule.handleClientStreamingCall<{ getEvent(): string }, object> = (call, callback) => {
    call.on("data", (request: { getEvent(): string }) => onEvent(JSON.parse(request.getEvent()) as EngineEvent));
    call.on("end", () => callback(null, new Empty()));
    call.on("error", () => callback(null, new Empty()));
  };
  return { streamEvents };
}

function spawned(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C on the terminal reaches us only, and we ask the engine once.
    // It ends with us, however we end: an engine left alone would change a lab that the next command works on.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", options.environment.command, ...args], {
      cwd: options.directory,
      env: options.environment.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const keep = (text: string): void => void (output = (output + text).slice(-100_000));
    let answer = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      keep(text);
      if (options.whole === true) answer += text;
    });
    child.stderr.setEncoding("utf8").on("data", keep);
    let interrupts = 0;
    const interrupt = (): void => {
      interrupts += 1;
      if (interrupts === 1) options.onInterrupt?.();
      child.kill(interrupts <= 2 ? "SIGINT" : "SIGKILL");
      // The engine ends at once at a second SIGINT; if it can't, it is ended.
      if (interrupts === 2) setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    const settled = (): void => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    };
    child.on("error", (error) => {
      settled();
      reject(error);
    });
    child.on("close", (code, signal) => {
      settled();
      resolve({
        exitCode: code ?? 1,
        ...(signal === null ? {} : { killedBy: signal }),
        output,
        answer,
        interrupted: interrupts > 0,
      });
    });
  });
}
