/** The provider as a gRPC server on loopback. */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import { linkResource } from "./link/resource.ts";
import { linksResource } from "./links/resource.ts";
import { nodeResource } from "./node/resource.ts";
import { readinessResource } from "./readiness/resource.ts";
import type { Depth, Resource } from "./resource.ts";
import { engineLog } from "./rpc/log.ts";
import { providerService } from "./rpc/service.ts";
import { routeOriginAuthorizationsResource } from "./route-origin-authorizations/resource.ts";
import { sandboxResource } from "./sandbox/resource.ts";
import { segmentResource } from "./segment/resource.ts";
import { World } from "./world.ts";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");

export const providerVersion = "0.1.0";

/** Gives the port that it listens on. `engineAddress` is where its log lines go. */
export async function serve(engineAddress: string | undefined, depth: Depth): Promise<number> {
  const world = new World();
  // A resource only ever gets inputs of its own type: the engine routes by type token and `check` has seen them.
  const resources = [
    sandboxResource(world),
    nodeResource(world),
    linkResource(world),
    linksResource(world),
    segmentResource(world),
    routeOriginAuthorizationsResource(world),
    readinessResource(world),
  ] as unknown as Resource[];
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(
    ResourceProviderService,
    providerService(resources, engineLog(engineAddress), providerVersion, depth),
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
