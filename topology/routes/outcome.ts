/** Where the routes to one prefix settle, if they do. */
import { stableStates } from "./choices.ts";
import { Exchange, inOrder, type Schedule } from "./exchange.ts";
import type { Network } from "./network.ts";
import { asnsOf, isSameRoute, type Route } from "./route.ts";
import type { Treatment } from "./treatment.ts";

/** By router: its best route. */
export type State = readonly (Route | undefined)[];

export type Outcome =
  /** The stable states that were found; `all` where there are no others. */
  | { readonly kind: "stable"; readonly exchanges: readonly [Exchange, ...Exchange[]]; readonly all: boolean }
  | {
      readonly kind: "unstable";
      /** By number of each router that goes to and fro: its routes, undefined where it has none for a while. */
      readonly swinging: ReadonlyMap<number, readonly (Route | undefined)[]>;
      /** Every choice of those routers was tried, and none is stable. */
      readonly exhaustive: boolean;
    };

/** Orders of messages that are tried besides the order in which they are sent, where choices are too many to try. */
const otherOrders = 8;
/** States among which an order that doesn't settle is followed. */
const mostRounds = 500;

/**
 * Messages in the order in which they are sent settle wherever routes get worse from hop to hop, and then the state
 * is the only stable one. Where local preferences or leaks can make them better, all choices that are open are tried.
 *
 * @param wary Look for several stable states.
 */
export function outcomeOf(network: Network, treatment: Treatment, wary: boolean): Outcome {
  const most = 1_000 + 100 * network.directions.length;
  const first = new Exchange(network, treatment);
  const settles = first.settle(inOrder, most) !== Infinity;
  if (settles && !wary) return { kind: "stable", exchanges: [first], all: true };
  const exact = stableStates(network, treatment, most);
  const [one, ...others] = exact ?? [...(settles ? [first] : []), ...inOtherOrders(network, treatment, most)];
  return one === undefined
    ? { kind: "unstable", swinging: swingingRouters(network, treatment), exhaustive: exact !== undefined }
    : { kind: "stable", exchanges: distinct([one, ...others]), all: exact !== undefined };
}

function inOtherOrders(network: Network, treatment: Treatment, most: number): Exchange[] {
  const settled: Exchange[] = [];
  for (let seed = 1; seed <= otherOrders; seed++) {
    const exchange = new Exchange(network, treatment);
    if (exchange.settle(anyOrder(seed), most) !== Infinity) settled.push(exchange);
  }
  return settled;
}

function distinct([one, ...others]: readonly [Exchange, ...Exchange[]]): readonly [Exchange, ...Exchange[]] {
  const found: [Exchange, ...Exchange[]] = [one];
  for (const other of others) if (!found.some(({ held }) => isSameState(held, other.held))) found.push(other);
  return found;
}

/** A schedule that is random, and the same for the same seed (a linear congruential generator). */
function anyOrder(seed: number): Schedule {
  let state = seed * 0x9e3779b1;
  return (waiting) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * waiting);
  };
}

function isSameState(one: State, other: State): boolean {
  return one.every((route, router) => isSameRoute(route, other[router]));
}

/**
 * Routers that never rest when all choose anew one after the other, over and over. Such an order leaves nobody out, and
 * what follows from a state is always the same: once a state comes again, it comes again for ever.
 */
function swingingRouters(network: Network, treatment: Treatment): Map<number, (Route | undefined)[]> {
  const exchange = new Exchange(network, treatment);
  const states: State[] = [];
  const seen = new Map<string, number>();
  let from = 0;
  for (let round = 0; round < mostRounds; round++) {
    const key = exchange.held.map((route) => `${route?.via?.index ?? "-"} ${asnsOf(route?.path).join(" ")}`).join();
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      from = earlier;
      break;
    }
    seen.set(key, round);
    states.push([...exchange.held]);
    for (const router of network.routers.keys()) exchange.activate(router);
  }
  const swinging = new Map<number, (Route | undefined)[]>();
  for (const router of network.routers.keys()) {
    const routes: (Route | undefined)[] = [];
    for (const state of states.slice(from))
      if (!routes.some((route) => isSameRoute(route, state[router]))) routes.push(state[router]);
    if (routes.length > 1) swinging.set(router, routes);
  }
  return swinging;
}
