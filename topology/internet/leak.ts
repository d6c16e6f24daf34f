/** A route leak (RFC 7908): an AS gives a route of a provider or peer to providers and peers as well. */
import { row, type Internet, type Neighbours } from "./graph.ts";
import { deploymentMarks } from "./propagate.ts";
import { learned, mark, pathOf, sourceOf, spread, type Learned, type Spread } from "./spread.ts";

export interface LeakOutcome extends Spread {
  /** Whether anything is leaked: not where the leaker's best route is its own or a customer's, or roles hold it back. */
  readonly leaks: boolean;
}

/**
 * The routes to one prefix when the leaker, after they have settled, begins to give its best one to every neighbour.
 *
 * The leak is a source of its own, whose path is the leaker's route from before: the ASes on it refuse the leak, which
 * names them. Without roles that route stays the leaker's best, since a leak leaves nobody with a worse class of route: one
 * that is in use after it and doesn't come by it was there before, in the same class and no longer, so that no AS on the
 * leaker's path has a better offer than before. With roles an AS that refuses what its peer or customer has from the leak
 * may turn to a shorter route of a provider, and the leaker's route change with it; then the new one is leaked. This
 * comes to an end: no class of route on the leaker's path changes and no length grows, so that the ASes which have the
 * leak from a customer are more each time, or the leaker's route stays.
 *
 * There can be other stable outcomes, since a leak is no Gao-Rexford policy; nothing leads to them from before the leak.
 *
 * @param victim index of the AS that announces the prefix.
 * @param leaker index of another AS.
 * @param roles by index, 1 for ASes that act as RFC 9234, 5 says; a leaker among them leaks nothing. Default nobody.
 */
export function propagateLeak(internet: Internet, victim: number, leaker: number, roles?: Uint8Array): LeakOutcome {
  const source = { index: victim, length: 0, marks: 0, refusedBy: [] };
  const refuses = deploymentMarks(internet, { roles });
  const before = spread(internet, [source], refuses);
  const first = roles?.[leaker] === 1 ? undefined : bestRoute(internet, before, leaker, roles);
  if (first === undefined || first.from === learned.customer) return outcome(before, false);
  let route: Route = first;
  for (let times = 0; times <= internet.asns.length; times++) {
    const { path, marks } = route;
    const routes = spread(internet, [source, { index: leaker, length: path.length, marks, refusedBy: path }], refuses);
    const now = bestRoute(internet, routes, leaker, roles);
    if (now?.path.join() === path.join()) {
      routes.from[leaker] = route.from;
      routes.nextHop[leaker] = path[0] ?? leaker;
      return outcome(routes, true);
    }
    if (now === undefined) break;
    route = now;
  }
  throw new Error(`the route that AS ${internet.asns[leaker]} leaks doesn't settle`);
}

function outcome({ from, length, nextHop, marks }: Spread, leaks: boolean): LeakOutcome {
  return { from, length, nextHop, marks, leaks };
}

/** A route as the leaker has it. */
interface Route {
  readonly from: Learned;
  /** Indices, from its next hop to the origin. */
  readonly path: readonly number[];
  /** Bits of `mark`. */
  readonly marks: number;
}

/** The best that the leaker's neighbours offer it; it refuses what came from itself. */
function bestRoute(
  { providers, customers, peers }: Internet,
  routes: Spread,
  leaker: number,
  roles: Uint8Array | undefined,
): Route | undefined {
  const kinds: readonly (readonly [Neighbours, Learned])[] = [
    [customers, learned.customer],
    [peers, learned.peer],
    [providers, learned.provider],
  ];
  for (const [neighbours, from] of kinds) {
    let hop: number | undefined;
    for (const neighbour of row(neighbours, leaker)) {
      if (sourceOf(routes, neighbour) !== 0) continue;
      const theirs = routes.from[neighbour];
      const isForAll = theirs === learned.originated || theirs === learned.customer;
      if (!isForAll && from !== learned.provider) continue;
      if (hop === undefined || (routes.length[neighbour] ?? 0) < (routes.length[hop] ?? 0)) hop = neighbour;
    }
    if (hop === undefined) continue;
    const path = [hop, ...(pathOf(routes, hop) ?? [])];
    // OTC is set where a route goes to a peer or a customer and either of the two ASes has roles.
    const carriesOtc = path.some((far, position) => {
      const near = path[position - 1];
      const as = near === undefined ? from : routes.from[near];
      return as !== learned.customer && (roles?.[near ?? leaker] === 1 || roles?.[far] === 1);
    });
    return { from, path, marks: carriesOtc ? mark.leaked : 0 };
  }
  return undefined;
}
