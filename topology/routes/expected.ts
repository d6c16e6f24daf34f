/** What each router must hold once BGP has converged, computed from the topology alone. */
import type { Family } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";
import { asGraph } from "./graph.ts";
import type { AsGraph } from "./graph.ts";
import { goesToAll, learned, nextHops, spread } from "./spread.ts";
import type { Spread } from "./spread.ts";

export type LearnedFrom = "originated" | "customer" | "peer" | "provider" | "route-server-client";

/** The best route of one router to one prefix. */
export interface ExpectedRoute {
  readonly prefix: string;
  /** What it was learned from; it decides before the length does. */
  readonly learnedFrom: LearnedFrom;
  /** Number of ASes on the path; 0 for the AS's own. */
  readonly length: number;
  /** ASNs that may come first on the path; empty for the AS's own. */
  readonly firstHops: readonly number[];
  /** Whether this AS path (ASNs, the nearest first) is one of the best; the last tie-breaks are the daemon's own. */
  accepts(path: readonly number[]): boolean;
  /** Whether one of the best paths begins like this. */
  acceptsBeginning(path: readonly number[]): boolean;
  /** The acceptable paths, at most `limit` of them (a grid has very many). Default 16. */
  paths(limit?: number): readonly (readonly number[])[];
}

/** By router, then by prefix. A prefix that policy keeps from a router isn't there. */
export type ExpectedRoutes = ReadonlyMap<string, ReadonlyMap<string, ExpectedRoute>>;

/**
 * The best routes of every router to every originated prefix, under Gao–Rexford policy as the rendered configurations
 * have it. A route server's own AS isn't on any path; the server itself holds its clients' shortest.
 */
export function expectedRoutes(topology: Topology): ExpectedRoutes {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const expected = new Map(routers.map(({ name }) => [name, new Map<string, ExpectedRoute>()]));
  for (const [origins, prefixes] of prefixesByOrigins(routers))
    for (const family of topology.families) {
      const ofFamily = prefixes.filter((prefix) => prefix.includes(":") === (family === "ipv6"));
      if (ofFamily.length > 0) addRoutes(topology, family, routers, origins.split(" "), ofFamily, expected);
    }
  return expected;
}

/** Prefixes that the same routers originate spread the same way. */
function prefixesByOrigins(routers: readonly Router[]): Map<string, string[]> {
  const origins = new Map<string, string[]>();
  for (const { name, originates } of routers)
    for (const prefix of originates) origins.set(prefix, [...(origins.get(prefix) ?? []), name]);
  const groups = new Map<string, string[]>();
  for (const [prefix, names] of origins) {
    const key = names.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), prefix]);
  }
  return groups;
}

function addRoutes(
  topology: Topology,
  family: Family,
  routers: readonly Router[],
  origins: readonly string[],
  prefixes: readonly string[],
  expected: Map<string, Map<string, ExpectedRoute>>,
): void {
  const graph = asGraph(topology, family);
  const originating = routers.filter(({ name, routeServer }) => origins.includes(name) && !routeServer);
  const outcome = spread(graph, [...new Set(originating.map(({ as }) => graph.indexOf.get(as) ?? -1))]);
  for (const router of routers) {
    const route = routeOf(graph, outcome, router, origins.includes(router.name));
    if (route === undefined) continue;
    for (const prefix of prefixes) expected.get(router.name)?.set(prefix, new Route(graph, outcome, prefix, ...route));
  }
}

type Summary = [learnedFrom: LearnedFrom, length: number, first: () => number[]];

const names = ["originated", "originated", "customer", "peer", "provider"] as const;

function routeOf(graph: AsGraph, outcome: Spread, router: Router, own: boolean): Summary | undefined {
  if (router.routeServer) {
    if (own) return ["originated", 0, () => []];
    const offered = [...(graph.routeServers.get(router.name) ?? [])].filter((n) => goesToAll(outcome.from[n]));
    if (offered.length === 0) return undefined;
    const shortest = Math.min(...offered.map((n) => outcome.length[n] ?? 0));
    return ["route-server-client", shortest + 1, () => offered.filter((n) => outcome.length[n] === shortest)];
  }
  const index = graph.indexOf.get(router.as) ?? -1;
  const from = outcome.from[index] ?? learned.none;
  if (from === learned.none) return undefined;
  return [names[from] ?? "provider", outcome.length[index] ?? 0, () => nextHops(graph, outcome, index)];
}

/** Works out its paths when asked: most of a large lab's routes are never looked at one by one. */
class Route implements ExpectedRoute {
  readonly prefix: string;
  readonly learnedFrom: LearnedFrom;
  readonly length: number;
  readonly #graph: AsGraph;
  readonly #outcome: Spread;
  readonly #first: () => number[];

  constructor(graph: AsGraph, outcome: Spread, prefix: string, ...[learnedFrom, length, first]: Summary) {
    this.prefix = prefix;
    this.learnedFrom = learnedFrom;
    this.length = length;
    this.#graph = graph;
    this.#outcome = outcome;
    this.#first = first;
  }

  get firstHops(): readonly number[] {
    return this.#first().map((index) => this.#graph.asns[index] ?? 0);
  }

  accepts(path: readonly number[]): boolean {
    return path.length === this.length && this.acceptsBeginning(path);
  }

  acceptsBeginning(path: readonly number[]): boolean {
    let candidates = this.#first();
    for (const asn of path) {
      const index = this.#graph.indexOfAsn.get(asn);
      if (index === undefined || !candidates.includes(index)) return false;
      candidates = nextHops(this.#graph, this.#outcome, index);
    }
    return true;
  }

  paths(limit = 16): readonly (readonly number[])[] {
    const found: number[][] = [];
    const walk = (path: readonly number[], candidates: readonly number[]): void => {
      if (path.length === this.length) found.push([...path]);
      else
        for (const index of candidates) {
          if (found.length >= limit) return;
          walk([...path, this.#graph.asns[index] ?? 0], nextHops(this.#graph, this.#outcome, index));
        }
    };
    walk([], this.#first());
    return found;
  }
}
