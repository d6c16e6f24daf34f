/** Reads what OpenBGPD says of itself as JSON. */
import type { BgpRoute } from "../daemons/route.ts";

/** Reads `bgpctl -j show neighbor`: by the neighbour's address, the session's state. */
export function parseOpenbgpdNeighbours(text: string): Map<string, string> {
  const { neighbors = [] } = JSON.parse(text) as { readonly neighbors?: readonly OpenbgpdNeighbour[] };
  return new Map(
    neighbors.map(({ remote_addr, state, config }) => [remote_addr, config.down === true ? "disabled" : state]),
  );
}

interface OpenbgpdNeighbour {
  readonly remote_addr: string;
  readonly state: string;
  readonly config: { readonly down?: boolean };
}

/** Reads `bgpctl -j show rib`. */
export function parseOpenbgpdRoutes(text: string): BgpRoute[] {
  const { rib = [] } = JSON.parse(text) as { readonly rib?: readonly OpenbgpdRoute[] };
  return rib.map(({ prefix, best, neighbor, aspath, source }) => ({
    prefix,
    best: best === true,
    neighbour: source === "announced" ? "" : (neighbor.remote_addr ?? ""),
    asPath: (aspath.match(/\d+/g) ?? []).map(Number),
  }));
}

interface OpenbgpdRoute {
  readonly prefix: string;
  readonly best?: boolean;
  readonly neighbor: { readonly remote_addr?: string };
  readonly aspath: string;
  readonly source?: string;
}

/** Reads `bgpctl show sets`: how many ROAs there are. */
export function countOpenbgpdRoas(text: string): number {
  const numbers = /^ROA .*$/m.exec(text)?.[0].match(/\b\d+\b/g) ?? [];
  return numbers.slice(0, 2).reduce((sum, each) => sum + Number(each), 0);
}
