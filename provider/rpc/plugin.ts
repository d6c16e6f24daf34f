/** What every provider plugin of ours is: a gRPC service on loopback, in a process that ends with its engine. */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import { asServiceError, messageOf } from "./errors.ts";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");

/* The generated protobuf classes carry no usable types for CommonJS interop, hence the loose message type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = any;
export type Handler = (request: Message) => Promise<Message>;

/** The type token at the end of a URN's types: `docker:index/container:Container`. */
export function resourceType(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

/** The ResourceProvider service (pulumi's provider.proto) out of handlers by method; what has none is refused. */
export function asService(handlers: Readonly<Record<string, Handler>>): grpcModule.UntypedServiceImplementation {
  const service: grpcModule.UntypedServiceImplementation = {};
  for (const name of Object.keys(ResourceProviderService)) {
    const handler = handlers[name];
    const handle: grpcModule.handleUnaryCall<Message, Message> = (call, callback) => {
      if (handler === undefined)
        return callback({ code: grpc.status.UNIMPLEMENTED, details: `${name} isn't part of this provider` });
      handler(call.request).then(
        (response) => callback(null, response),
        (error: unknown) => callback(asServiceError(error)),
      );
    };
    service[name] = handle;
  }
  return service;
}

/** Serves it on a free port of loopback, and gives the port. */
export async function listen(service: grpcModule.UntypedServiceImplementation): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService, service);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/**
 * Runs as a plugin: says the port on the first line of the output, as the engine expects, and ends with the engine.
 * `serve` gets the address of the engine's log, if there is one.
 */
export function runPlugin(
  name: string,
  args: readonly string[],
  serve: (engineAddress: string | undefined) => Promise<number>,
): void {
  // The engine kills a provider whose pipes it has closed; a late line must not turn that into a crash report.
  process.stdout.on("error", () => process.exit(0));
  // At the end of an operation the engine interrupts its plugins, each in a process group of its own, and waits for them.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  // An engine that is killed can't interrupt anybody.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, 500).unref();
  serve(args.find((argument) => !argument.startsWith("-"))).then(
    (port) => process.stdout.write(`${port}\n`),
    (error: unknown) => {
      console.error(`The ${name} can't start: ${messageOf(error)}`);
      process.exit(1);
    },
  );
}
