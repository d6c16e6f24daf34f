/** Errors as the engine takes them. */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import { toStruct } from "./values.ts";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const status = require("@pulumi/pulumi/proto/status_pb.js");
const { Any } = require("google-protobuf/google/protobuf/any_pb.js");

/** The text that a person gets; never a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells the engine that the resource exists but isn't whole (ErrorResourceInitFailed in pulumi's provider.proto). */
export function initializationFailed(id: string, reason: string, inputs: object, properties: object): Error {
  const detail = new messages.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(toStruct(properties))
    .setInputs(toStruct(inputs))
    .setReasonsList([reason]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rpcStatus = new status.Status().setCode(grpc.status.UNKNOWN).setMessage(reason).addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rpcStatus.serializeBinary()));
  return Object.assign(new Error(reason), { code: grpc.status.UNKNOWN, details: reason, metadata });
}

/** What a gRPC call fails with: an error that is one already, or the message of any other. */
export function asServiceError(error: unknown): Partial<grpcModule.ServiceError> {
  if (error instanceof Error && "metadata" in error) return error as grpcModule.ServiceError;
  return { code: grpc.status.UNKNOWN, details: messageOf(error) };
}
