/** BGP's decision process (RFC 4271, 9.1.2) as BIRD 2 has it (`bgp_rte_better`). */
import type { Route } from "./route.ts";

/** BIRD's preference between protocols: an own prefix before OSPF's before BGP's. */
function protocolPreference({ via, learnedFrom }: Route): number {
  if (via !== undefined) return 100;
  return learnedFrom === "igp" ? 150 : 200;
}

/**
 * Whether a router uses `one` rather than `other`. Not compared, because the rendered configurations make them all
 * equal: ORIGIN and MULTI_EXIT_DISC; `prefer older` is off, so that no route is better for having come first.
 */
export function isBetter(one: Route, other: Route): boolean {
  const byProtocol = protocolPreference(one) - protocolPreference(other);
  if (byProtocol !== 0) return byProtocol > 0;
  if (one.via === undefined || other.via === undefined) return false;
  if (one.localPreference !== other.localPreference) return one.localPreference > other.localPreference;
  const byLength = (one.path?.length ?? 0) - (other.path?.length ?? 0);
  if (byLength !== 0) return byLength < 0;
  if (one.via.internal !== other.via.internal) return !one.via.internal;
  if (one.igpCost !== other.igpCost) return one.igpCost < other.igpCost;
  // RFC 4456, 9: the originator's identifier in place of the reflector's.
  const byId = (one.originatorId || one.via.senderId) - (other.originatorId || other.via.senderId);
  if (byId !== 0) return byId < 0;
  const byClusters = one.clusters.length - other.clusters.length;
  if (byClusters !== 0) return byClusters < 0;
  return one.via.addressRank < other.via.addressRank;
}
