/** All stable states of the routes to a prefix, found by choosing for routers whose best route others may turn. */
import { Exchange, inOrder } from "./exchange.ts";
import { Knowledge, type Forced } from "./knowledge.ts";
import type { Network } from "./network.ts";
import { isSameRoute } from "./route.ts";
import type { Treatment } from "./treatment.ts";

/** Choices that are followed before giving up. */
const mostChoices = 500;
/** Routes that are looked at before giving up. */
const mostEffort = 200_000;

/**
 * Every stable state; undefined where that takes too long. Where every router is decided whatever the others do, there
 * is the one. Otherwise one that is left open is made to take what comes from each direction in turn, which decides
 * others. What comes out is a stable state if those that were made to would have chosen the same.
 *
 * @param most Messages after which routers that were made to choose are taken not to settle.
 */
export function stableStates(network: Network, treatment: Treatment, most: number): readonly Exchange[] | undefined {
  const found: Exchange[] = [];
  let choices = 0;
  let effort = 0;
  /** False where it gives up. */
  const follow = (forced: Forced): boolean => {
    const known = new Knowledge(network, treatment, forced, mostEffort - effort);
    effort += known.effort;
    if (++choices > mostChoices || effort > mostEffort) return false;
    if (known.isContradicted()) return true;
    const [next] = known.open().sort((one, other) => one.options.length - other.options.length);
    if (next !== undefined) return next.options.every((option) => follow(new Map([...forced, [next.router, option]])));
    const exchange = new Exchange(network, treatment, forced);
    if (exchange.settle(inOrder, most) === Infinity) return false;
    if ([...forced.keys()].every((router) => isSameRoute(exchange.choice(router), exchange.held[router])))
      found.push(exchange);
    return true;
  };
  return follow(new Map()) ? found : undefined;
}
