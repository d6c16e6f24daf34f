/** The engine's log: lines that `pulumi up` shows beside a resource. */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb.js");

export interface EngineLog {
  info(urn: string, message: string): void;
  /** A line that the next one replaces. */
  progress(urn: string, message: string): void;
}

/** `address` is what the engine gives its plugins as their first argument. Without one, lines go to stderr. */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) {
    const tell = (urn: string, message: string): void => console.error(`${urn}: ${message}`);
    return { info: tell, progress: tell };
  }
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  const send = (urn: string, message: string, ephemeral: boolean): void => {
    // A line that can't be told is no reason to fail what it tells of.
    client.log(
      new LogRequest().setSeverity(LogSeverity.INFO).setUrn(urn).setMessage(message).setEphemeral(ephemeral),
      () => {},
    );
  };
  return { info: (urn, message) => send(urn, message, false), progress: (urn, message) => send(urn, message, true) };
}
