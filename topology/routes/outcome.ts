/** Where the routes to one prefix settle, if they do. */
import { Exchange, inOrder, type Schedule } from "./exchange.ts";
import type { Direction, Network } from "./network.ts";
import { asnsOf, isSameRoute, type Route } from "./route.ts";
import type { Treatment } from "./treatment.ts";

/** By router: its best route. */
export type State = readonly (Route | undefined)[];

export type Outcome =
  /** The stable states that were found. */
  | { readonly kind: "stable"; readonly exchanges: readonly [Exchange, ...Exchange[]] }
  | {
      readonly kind: "unstable";
      /** By number of each router that goes to and fro: its routes, undefined where it has none for a while. */
      readonly swinging: ReadonlyMap<number, readonly (Route | undefined)[]>;
      /** Every choice of those routers was tried, and none is stable. */
      readonly exhaustive: boolean;
    };

/** Orders of messages that are tried besides the order in which they are sent. */
const otherOrders = 8;
/** States among which an order that doesn't settle is followed. */
const mostRounds = 500;
/** Choices of the routers that go to and fro which are tried one by one. */
const mostChoices = 20_000;

/**
 * Messages in the order in which they are sent settle wherever routes get worse from hop to hop, and then the state
 * is the only stable one. Where local preferences, leaks or route reflectors can make them better, other orders are
 * tried: a state that another order settles in is as good.
 *
 * @param wary Look for several stable states.
 */
export function outcomeOf(network: Network, treatment: Treatment, wary: boolean): Outcome {
  const most = 1_000 + 100 * network.directions.length;
  const first = new Exchange(network, treatment);
  const settled: Exchange[] = first.settle(inOrder, most) === Infinity ? [] : [first];
  if (wary || settled.length === 0)
    for (let seed = 1; seed <= otherOrders; seed++) {
      const other = new Exchange(network, treatment);
      if (other.settle(anyOrder(seed), most) === Infinity) continue;
      if (!settled.some(({ held }) => isSameState(held, other.held))) settled.push(other);
    }
  const swinging = settled.length === 0 ? swingingRouters(network, treatment) : new Map<number, never[]>();
  let exhaustive = false;
  if (settled.length === 0) {
    const found = stableChoices(network, treatment, [...swinging.keys()], most);
    settled.push(...(found ?? []));
    exhaustive = found !== undefined;
  }
  const [one, ...others] = settled;
  return one === undefined
    ? { kind: "unstable", swinging, exhaustive }
    : { kind: "stable", exchanges: [one, ...others] };
}

/** A schedule that is random, and the same for the same seed (a linear congruential generator). */
function anyOrder(seed: number): Schedule {
  let state = seed * 0x9e3779b1;
  return (waiting) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * waiting);
  };
}

export function isSameState(one: State, other: State): boolean {
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

/**
 * Every stable state, found by trying all choices of these routers while the others settle around them; undefined
 * where the choices are too many, or the others don't settle.
 */
function stableChoices(
  network: Network,
  treatment: Treatment,
  routers: readonly number[],
  most: number,
): Exchange[] | undefined {
  const options = routers.map((router): (Direction | null)[] => [null, ...(network.incoming[router] ?? [])]);
  const count = options.reduce((product, each) => product * each.length, 1);
  if (routers.length === 0 || count > mostChoices) return undefined;
  const found: Exchange[] = [];
  for (let number = 0; number < count; number++) {
    let rest = number;
    const forced = new Map<number, Direction | null>();
    for (const [index, router] of routers.entries()) {
      const own = options[index] ?? [];
      forced.set(router, own[rest % own.length] ?? null);
      rest = Math.floor(rest / own.length);
    }
    const exchange = new Exchange(network, treatment, forced);
    if (exchange.settle(inOrder, most) === Infinity) return undefined;
    const consistent = routers.every((router) => isSameRoute(exchange.choice(router), exchange.held[router]));
    if (consistent && !found.some(({ held }) => isSameState(held, exchange.held))) found.push(exchange);
  }
  return found;
}
