/** The provider as a gRPC server on loopback. */
import { imageResource } from "./image/resource.ts";
import { linkResource } from "./link/resource.ts";
import { linksResource } from "./links/resource.ts";
import { machineResource } from "./machine/resource.ts";
import { nodeResource } from "./node/resource.ts";
import { authorityResource } from "./pki/authority.ts";
import { certificatesResource } from "./pki/certificates.ts";
import { revocationListResource } from "./pki/revocation-list.ts";
import { readinessResource } from "./readiness/resource.ts";
import type { Depth, Resource } from "./resource.ts";
import { engineLog } from "./rpc/log.ts";
import { listen } from "./rpc/plugin.ts";
import { providerService } from "./rpc/service.ts";
import { routeOriginAuthorizationsResource } from "./route-origin-authorizations/resource.ts";
import { sandboxResource } from "./sandbox/resource.ts";
import { segmentResource } from "./segment/resource.ts";
import { World } from "./world.ts";

export const providerVersion = "0.1.0";

/** Gives the port that it listens on. `engineAddress` is where its log lines go. */
export async function serve(engineAddress: string | undefined, depth: Depth): Promise<number> {
  const world = new World();
  // A resource only ever gets inputs of its own type: the engine routes by type token and `check` has seen them.
  const resources = [
    imageResource(),
    sandboxResource(world),
    nodeResource(world),
    machineResource(world),
    linkResource(world),
    linksResource(world),
    segmentResource(world),
    routeOriginAuthorizationsResource(world),
    readinessResource(world),
    authorityResource(),
    certificatesResource(),
    revocationListResource(),
  ] as unknown as Resource[];
  return listen(providerService(resources, engineLog(engineAddress), providerVersion, depth));
}
