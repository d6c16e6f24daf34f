/** Routers that tell each other their best routes to one prefix. */
import { localPreference } from "../bird/policy.ts";
import { isBetter } from "./decision.ts";
import type { Direction, Network } from "./network.ts";
import { isSameRoute, passes, prepend, Route } from "./route.ts";
import { transfer, type Judged } from "./transfer.ts";
import type { Treatment } from "./treatment.ts";

/** Chooses which of `waiting` messages comes next: its position, from 0. */
export type Schedule = (waiting: number) => number;

/** The order in which they were sent. */
export const inOrder: Schedule = () => 0;

/** Messages pass one at a time, in the order that a schedule gives; each carries the sender's best route as it is then. */
export class Exchange {
  /** By router: its best route. */
  readonly held: (Route | undefined)[];
  readonly #network: Network;
  readonly #treatment: Treatment;
  /** Own routes, and OSPF's. */
  readonly #own: readonly (Route | undefined)[];
  /** By direction: what the receiver has from there. */
  readonly #received: (Route | undefined)[];
  readonly #waiting = new Queue<Direction>();
  readonly #isWaiting: Uint8Array;
  /** By router: the one direction from which it takes routes, or none at all (null); where absent, from all. */
  readonly #forced: ReadonlyMap<number, Direction | null>;

  constructor(network: Network, treatment: Treatment, forced: ReadonlyMap<number, Direction | null> = new Map()) {
    this.#network = network;
    this.#treatment = treatment;
    this.#forced = forced;
    this.#own = ownRoutes(network, treatment);
    this.held = [...this.#own];
    this.#received = new Array<Route | undefined>(network.directions.length).fill(undefined);
    this.#isWaiting = new Uint8Array(network.directions.length);
    for (const [router, route] of this.held.entries()) if (route !== undefined) this.#announce(router);
  }

  /**
   * Passes messages until none is waiting: then the state is stable.
   *
   * @param most Give up after so many.
   * @returns how many it took; Infinity if it gave up.
   */
  settle(schedule: Schedule, most: number): number {
    for (let passed = 0; passed < most; passed++) {
      const direction = this.#waiting.take(schedule);
      if (direction === undefined) return passed;
      this.#isWaiting[direction.index] = 0;
      this.#pass(direction);
    }
    return Infinity;
  }

  /** Lets a router look at what all its neighbours would tell it now, and choose. */
  activate(router: number): void {
    for (const direction of this.#network.incoming[router] ?? [])
      this.#received[direction.index] = this.#message(direction);
    this.held[router] = this.choice(router);
  }

  /** The best of what the router has, whatever it is forced to. */
  choice(router: number): Route | undefined {
    let best = this.#own[router];
    for (const direction of this.#network.incoming[router] ?? []) {
      const route = this.received(direction);
      if (route !== undefined && (best === undefined || isBetter(route, best))) best = route;
    }
    return best;
  }

  /** What the receiver has in its table from this session; none where the AS path leads back to it. */
  received(direction: Direction): Route | undefined {
    const route = this.#received[direction.index];
    return route === undefined || passes(route.path, direction.receiver.asn) ? undefined : route;
  }

  /**
   * Whether a route from this session counts towards a maximum-prefix limit: what the import filter refuses does too. What
   * a loop or RFC 9234 forbids doesn't for BIRD and FRR, and does for GoBGP and OpenBGPD. Of the senders, GoBGP sends no
   * loops.
   *
   * @returns `perhaps` for what FRR gives back to the neighbour that it has it from: it does to several neighbours with one
   *   policy together, not to one alone, and how they come together depends on when their sessions come up.
   */
  isCounted(direction: Direction): boolean | "perhaps" {
    const [sender, receiver] = [direction.from, direction.to].map((index) => this.#network.routers[index]?.daemon);
    const countsAll = receiver === "gobgp" || receiver === "openbgpd";
    const route = this.#message(direction, countsAll ? "not at all" : "unfiltered");
    const loops = countsAll && sender !== "gobgp";
    const counted = route !== undefined && (loops || !passes(route.path, direction.receiver.asn));
    return counted && sender === "frr" && this.held[direction.from]?.via === direction.back ? "perhaps" : counted;
  }

  #announce(router: number): void {
    for (const direction of this.#network.outgoing[router] ?? []) {
      if (this.#isWaiting[direction.index] === 1) continue;
      this.#isWaiting[direction.index] = 1;
      this.#waiting.add(direction);
    }
  }

  #message(direction: Direction, judged?: Judged): Route | undefined {
    const route =
      direction.sends.to === "route-server-client" ? this.#bestForClient(direction) : this.held[direction.from];
    return route === undefined ? undefined : transfer(this.#network, this.#treatment, direction, route, judged);
  }

  /** RFC 7947, 2.3.2: each client gets the best route that isn't its own. */
  #bestForClient(client: Direction): Route | undefined {
    let best: Route | undefined;
    for (const direction of this.#network.incoming[client.from] ?? []) {
      if (direction === client.back) continue;
      const route = this.received(direction);
      if (route !== undefined && (best === undefined || isBetter(route, best))) best = route;
    }
    return best;
  }

  #pass(direction: Direction): void {
    const before = this.#received[direction.index];
    const route = this.#message(direction);
    if (isSameRoute(before, route)) return;
    this.#received[direction.index] = route;
    const { to } = direction;
    const held = this.held[to];
    const forced = this.#forced.get(to);
    let best = held;
    if (forced !== undefined) {
      if (forced === direction) best = this.received(direction);
    } else if (
      route !== undefined &&
      (held === undefined || isBetter(route, held)) &&
      !passes(route.path, direction.receiver.asn)
    )
      best = route;
    else if (held !== undefined && held === before) best = this.choice(to);
    this.held[to] = best;
    // A route server's clients get each the best but their own, which may change while its best stays.
    if (best !== held || this.#network.routers[to]?.routeServer === true) this.#announce(to);
  }
}

/** By router: its own route, or OSPF's. */
export function ownRoutes(network: Network, { origins, igp }: Treatment): readonly (Route | undefined)[] {
  const own = new Array<Route | undefined>(network.routers.length).fill(undefined);
  const common = { via: undefined, onlyToCustomer: 0, originatorId: 0, clusters: [], igpCost: 0 };
  for (const [router, { as, routeServer }] of igp.length === 0 ? [] : network.routers.entries())
    if (igp.includes(as) && !routeServer)
      own[router] = new Route({ ...common, learnedFrom: "igp", localPreference: 0, path: undefined, nextHop: router });
  for (const { router, behind } of origins)
    own[router] = new Route({
      ...common,
      learnedFrom: "originated",
      localPreference: localPreference.originated,
      path: behind === 0 ? undefined : prepend(behind, undefined),
      nextHop: router,
    });
  return own;
}

/** First in, first out, unless a schedule chooses otherwise. */
class Queue<T> {
  #items: T[] = [];
  #first = 0;

  add(item: T): void {
    this.#items.push(item);
  }

  take(schedule: Schedule): T | undefined {
    const waiting = this.#items.length - this.#first;
    if (waiting === 0) return undefined;
    const at = this.#first + schedule(waiting);
    const taken = this.#items[at];
    const first = this.#items[this.#first];
    if (first !== undefined) this.#items[at] = first;
    this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }
}
