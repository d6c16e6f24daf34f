/** The engine's log: lines that `pulumi up` shows beside a resource. */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb.js");

export interface EngineLog {
  info(urn: string, message: string): void;
}

/** `address` is what the engine gives its plugins as their first argument. Without one, lines go to stderr. */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) return { info: (urn, message) => console.error(`${urn}: ${message}`) };
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return {
    info: (urn, message) => {
      // A line that can't be told is no reason to fail what it tells of.
      client.log(new LogRequest().setSeverity(LogSeverity.INFO).setUrn(urn).setMessage(message), () => {});
    },
  };
}
