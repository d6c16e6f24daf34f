/** A route leak (RFC 7908): an AS gives a route of a provider or peer to providers and peers as well. */
import { ProblemsError } from "../problem.ts";
import { row, type Internet, type Neighbours } from "./graph.ts";
import { learned, mark, pathOf, sourceOf, spread, type Learned, type Source, type Spread } from "./spread.ts";

export interface Leaker {
  /** Its index. */
  readonly leaker: number;
  /** By index, 1 for ASes with roles. */
  readonly roles: Uint8Array | undefined;
}

export interface LeakOutcome {
  /** The leak is a source of its own in it, the one after `sources`. */
  readonly routes: Spread;
  /** Position of the source whose route is leaked; undefined where none is. */
  readonly leaked: number | undefined;
}

/**
 * The outcome in which the leaker gives its best route to every neighbour. Nothing is leaked where that route is its own
 * or a customer's, where it has none, or where the leaker has roles.
 *
 * The leak is one more source, whose path is the leaker's own route from before. Without filters that route stays its
 * best: the ASes on its path refuse what names them, and a leak leaves nobody with a worse class of route, so that no
 * neighbour has a better one to offer than before. (A route in use after the leak that doesn't come by it consists of
 * hops each of which was there before it, in the same class and no longer.) Where ASes refuse the leak, one that loses a
 * peer's route to it may turn to a shorter one of a provider, and the leaker's route change with it; then the new route
 * is leaked instead, until it stays.
 *
 * @throws ProblemsError where a route comes back that was leaked before: then there is no stable outcome to be found.
 */
export function spreadLeak(
  internet: Internet,
  sources: readonly Source[],
  refuses: Uint32Array,
  { leaker, roles }: Leaker,
): LeakOutcome {
  const before = spread(internet, sources, refuses);
  if (sources.some(({ index }) => index === leaker) || roles?.[leaker] === 1) return { routes: before, leaked: undefined };
  const best = (routes: Spread): Route | undefined => bestRoute(internet, routes, sources, refuses, { leaker, roles });
  const tried = new Set<string>();
  let route = best(before);
  while (route !== undefined && route.from !== learned.customer) {
    tried.add(route.path.join());
    const { path, marks, source } = route;
    const behind = sources[source];
    const leak: Source = {
      index: leaker,
      length: path.length + (behind?.length ?? 0),
      marks,
      refusedBy: [...path, ...(behind?.refusedBy ?? [])],
    };
    const routes = spread(internet, [...sources, leak], refuses);
    const now = best(routes);
    if (now?.path.join() === route.path.join()) {
      routes.from[leaker] = route.from;
      routes.nextHop[leaker] = path[0] ?? leaker;
      return { routes, leaked: source };
    }
    if (now !== undefined && tried.has(now.path.join())) break;
    route = now;
  }
  if (tried.size > 0) throw unstable(internet, leaker);
  return { routes: before, leaked: undefined };
}

/** A route as the leaker has it. */
interface Route {
  readonly from: Learned;
  /** Indices, from its next hop to the source. */
  readonly path: readonly number[];
  readonly source: number;
  /** Bits of `mark`. */
  readonly marks: number;
}

/** The best that the leaker's neighbours offer it. What came from the leaker itself names it, so that it refuses that. */
function bestRoute(
  { providers, customers, peers }: Internet,
  routes: Spread,
  sources: readonly Source[],
  refuses: Uint32Array,
  { leaker, roles }: Leaker,
): Route | undefined {
  const kinds: readonly (readonly [Neighbours, Learned])[] = [
    [customers, learned.customer],
    [peers, learned.peer],
    [providers, learned.provider],
  ];
  for (const [neighbours, from] of kinds) {
    let hop: number | undefined;
    for (const neighbour of row(neighbours, leaker)) {
      const theirs = routes.from[neighbour] ?? learned.none;
      const offers = from === learned.provider ? theirs !== learned.none : isForAll(theirs);
      const source = sources[sourceOf(routes, neighbour)];
      if (!offers || source === undefined || source.refusedBy.includes(leaker)) continue;
      if (((routes.marks[neighbour] ?? 0) & (refuses[leaker] ?? 0)) !== 0) continue;
      if (hop === undefined || (routes.length[neighbour] ?? 0) < (routes.length[hop] ?? 0)) hop = neighbour;
    }
    if (hop !== undefined) return routeBy(routes, sources, hop, from, { leaker, roles });
  }
  return undefined;
}

function isForAll(from: number): boolean {
  return from === learned.originated || from === learned.customer;
}

function routeBy(
  routes: Spread,
  sources: readonly Source[],
  hop: number,
  from: Learned,
  { leaker, roles }: Leaker,
): Route {
  const path = [hop, ...(pathOf(routes, hop) ?? [])];
  const source = sourceOf(routes, hop);
  const declared = routes.from[hop] === learned.originated ? sources[source]?.declared : undefined;
  let marks = (routes.marks[hop] ?? 0) & (mark.invalid | mark.undeclared);
  if (declared !== undefined && declared[leaker] !== 1) marks |= mark.undeclared;
  // OTC is set where the route went to a peer or a customer and either of the two ASes has roles.
  const carriesOtc = path.some((far, position) => {
    const near = path[position - 1] ?? leaker;
    const sideways = position === 0 ? from : routes.from[near];
    return sideways !== learned.customer && (roles?.[near] === 1 || roles?.[far] === 1);
  });
  return { from, path, source, marks: carriesOtc ? marks | mark.leaked : marks };
}

function unstable({ asns }: Internet, leaker: number): ProblemsError {
  return new ProblemsError("the routes after the leak", [
    {
      code: "no-stable-routes",
      path: `AS ${asns[leaker]}`,
      expected: "a leak after which routes settle",
      hint: "The leaker's own route depends on who takes the leak, and comes back time and again. Try other ASes with roles.",
    },
  ]);
}
