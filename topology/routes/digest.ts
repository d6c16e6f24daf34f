/** A router's whole table in a few letters, to compare one that is expected with one that is there. */
import { hashText } from "../addressing/hash.ts";
import type { Topology } from "../topology.ts";
import { expectedRoutes, possibleRoutes } from "./expected.ts";

/** A prefix and the BGP protocol by which the route in use came. */
export type ChosenRoute = readonly [prefix: string, protocol: string];

/** The same for the same routes in any order. */
export function routesDigest(routes: readonly ChosenRoute[]): string {
  const lines = routes.map(([prefix, protocol]) => `${prefix} ${protocol}`).sort();
  return `${lines.length}-${hashText(lines.join("\n")).toString(36)}`;
}

/**
 * Digest of the routes that a router learns by BGP; undefined where they may come to rest in several ways.
 */
export function expectedDigest(topology: Topology, router: string): string | undefined {
  const expected = expectedRoutes(topology);
  const routes = [...(expected.routes.get(router)?.values() ?? [])];
  const several = [...expected.alternatives.keys()].some(
    (prefix) => new Set(possibleRoutes(expected, router, prefix).map((route) => route?.protocol)).size > 1,
  );
  if (several || expected.perhapsMore.length > 0) return undefined;
  return routesDigest(
    routes.filter(({ protocol }) => protocol !== "").map(({ prefix, protocol }): ChosenRoute => [prefix, protocol]),
  );
}
