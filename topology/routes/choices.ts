/** All stable states of the routes to a prefix, found by choosing for routers whose best route others may turn. */
import { isBetter } from "./decision.ts";
import { Exchange, inOrder, ownRoutes } from "./exchange.ts";
import type { Direction, Network } from "./network.ts";
import { asnsOf, isSameRoute, passes, type Route } from "./route.ts";
import { transfer } from "./transfer.ts";
import type { Treatment } from "./treatment.ts";

/** By router: the direction from which it takes its route; null: it has none. */
export type Forced = ReadonlyMap<number, Direction | null>;

/** Choices that are followed before giving up. */
const mostChoices = 500;

/**
 * Every stable state; undefined where there are too many choices to follow.
 *
 * Router after router is decided: when, of what decided neighbours tell it, something is better than all that the others
 * might tell it in any state whatever. Where nobody is left, there is the one state. Otherwise one that is left is made
 * to take what comes from each direction in turn, which decides others. What comes out is a stable state if those that
 * were made to would have chosen the same.
 *
 * @param most Messages after which routers that were made to choose are taken not to settle.
 */
export function stableStates(network: Network, treatment: Treatment, most: number): readonly Exchange[] | undefined {
  const found: Exchange[] = [];
  let followed = 0;
  /** False where it gives up. */
  const follow = (forced: Forced): boolean => {
    if (++followed > mostChoices) return false;
    const decided = new Decided(network, treatment, forced);
    const possible = decided.advance();
    if (decided.contradicts(possible)) return true;
    const open = decided.open(possible).sort((one, other) => one.options.length - other.options.length);
    const [next] = open;
    if (next !== undefined) return next.options.every((option) => follow(new Map([...forced, [next.router, option]])));
    const exchange = new Exchange(network, treatment, forced);
    if (exchange.settle(inOrder, most) === Infinity) return false;
    if ([...forced.keys()].every((router) => isSameRoute(exchange.choice(router), exchange.held[router])))
      found.push(exchange);
    return true;
  };
  return follow(new Map()) ? found : undefined;
}

/** By router: routes that it may hold in some state, and perhaps others that it never does. */
type Possible = readonly ReadonlyMap<string, PossibleRoute>[];

interface PossibleRoute {
  /** The shortest of those that it stands for. */
  readonly route: Route;
  /** Numbers of the ASes that are on the paths of all of them. */
  readonly passed: ReadonlySet<number>;
}

interface Open {
  readonly router: number;
  readonly options: readonly (Direction | null)[];
}

class Decided {
  readonly #network: Network;
  readonly #treatment: Treatment;
  readonly #forced: Forced;
  /** By router; absent: not decided. */
  readonly #routes = new Map<number, Route | undefined>();

  constructor(network: Network, treatment: Treatment, forced: Forced) {
    this.#network = network;
    this.#treatment = treatment;
    this.#forced = forced;
    for (const [router, route] of ownRoutes(network, treatment).entries())
      if (route !== undefined && network.routers[router]?.routeServer !== true) this.#routes.set(router, route);
  }

  /** Decides all that can be decided; gives what is possible for the others. */
  advance(): Possible {
    for (;;) {
      const before = this.#routes.size;
      const possible = this.#possible();
      for (let size = -1; size < this.#routes.size;) {
        size = this.#routes.size;
        for (const router of this.#network.routers.keys()) this.#tryToDecide(router, possible);
      }
      if (this.#routes.size === before) return possible;
    }
  }

  /** Whether a router is made to take what it wouldn't, for what decided neighbours tell it is better. */
  contradicts(possible: Possible): boolean {
    return [...this.#forced.keys()].some((router) => {
      const told = this.#best(this.#network.incoming[router] ?? []);
      const takes = this.#routes.has(router)
        ? [this.#routes.get(router)]
        : [...(possible[router]?.values() ?? [])].map(({ route }) => route);
      const isAsGood = (route: Route | undefined): boolean =>
        route !== undefined && (told === undefined || route.via === told.via || isBetter(route, told));
      return told !== undefined && !takes.some(isAsGood);
    });
  }

  /** Routers that are neither decided nor made to choose, with what they may choose. */
  open(possible: Possible): Open[] {
    return [...this.#network.routers.entries()].flatMap(([router, { routeServer }]): Open[] => {
      // A route server doesn't choose for its clients: it tells each what follows from the others.
      if (this.#routes.has(router) || this.#forced.has(router) || routeServer) return [];
      const { best, rivals } = this.#contest(router, possible);
      return [{ router, options: [best?.via ?? null, ...rivals] }];
    });
  }

  #tryToDecide(router: number, possible: Possible): void {
    if (this.#routes.has(router)) return;
    const { best, rivals } = this.#contest(router, possible);
    const waits =
      this.#network.routers[router]?.routeServer === true &&
      (this.#network.incoming[router] ?? []).some(({ from }) => !this.#routes.has(from));
    if (rivals.length === 0 && !waits) this.#routes.set(router, best);
  }

  /** The best of what decided neighbours tell, and the directions from which something better may come. */
  #contest(router: number, possible: Possible): { readonly best: Route | undefined; readonly rivals: Direction[] } {
    const best = this.#best(this.#listensTo(router));
    const rivals = new Set<Direction>();
    for (const { route } of possible[router]?.values() ?? [])
      if (route.via !== undefined && !this.#routes.has(route.via.from) && (best === undefined || isBetter(route, best)))
        rivals.add(route.via);
    return { best, rivals: [...rivals] };
  }

  #listensTo(router: number): readonly Direction[] {
    const forced = this.#forced.get(router);
    if (forced === undefined) return this.#network.incoming[router] ?? [];
    return forced === null ? [] : [forced];
  }

  /** Of what decided routers tell by these directions. */
  #best(directions: readonly Direction[]): Route | undefined {
    let best: Route | undefined;
    for (const direction of directions) {
      const route = this.#message(direction);
      if (route !== undefined && (best === undefined || isBetter(route, best))) best = route;
    }
    return best;
  }

  /** What a decided sender tells. */
  #message(direction: Direction): Route | undefined {
    const { from, sends, receiver, back } = direction;
    if (!this.#routes.has(from)) return undefined;
    const route =
      sends.to === "route-server-client"
        ? this.#best((this.#network.incoming[from] ?? []).filter((each) => each !== back))
        : this.#routes.get(from);
    const sent = route === undefined ? undefined : transfer(this.#network, this.#treatment, direction, route);
    return sent === undefined || passes(sent.path, receiver.asn) ? undefined : sent;
  }

  /**
   * What might come to each router that isn't decided, if its neighbours told it all that they might hold. Of those
   * that are treated alike the shortest stands for the others. One is left out as a loop only where all of them are.
   */
  #possible(): Possible {
    const possible = this.#network.routers.map(() => new Map<string, PossibleRoute>());
    const fresh: [router: number, entry: PossibleRoute][] = [];
    const add = (direction: Direction, route: Route | undefined, passed: ReadonlySet<number>): void => {
      const { to } = direction;
      if (route === undefined || this.#routes.has(to) || passed.has(direction.receiver.asn)) return;
      if (this.#forced.has(to) && this.#forced.get(to) !== direction) return;
      const key = keyOf(route);
      const known = possible[to]?.get(key);
      const isShorter = known === undefined || (route.path?.length ?? 0) < (known.route.path?.length ?? 0);
      const common = known === undefined ? passed : new Set([...known.passed].filter((asn) => passed.has(asn)));
      if (!isShorter && common.size === known.passed.size) return;
      const entry = { route: isShorter ? route : known.route, passed: common };
      possible[to]?.set(key, entry);
      fresh.push([to, entry]);
    };
    for (const direction of this.#network.directions) {
      const route = this.#message(direction);
      if (route !== undefined) add(direction, route, new Set(asnsOf(route.path)));
    }
    for (let next = fresh.shift(); next !== undefined; next = fresh.shift()) {
      const [router, { route, passed }] = next;
      for (const direction of this.#network.outgoing[router] ?? []) {
        const prepends = !direction.internal && direction.sends.to !== "route-server-client";
        const further = prepends ? new Set([...passed, direction.sender.asn]) : passed;
        add(direction, transfer(this.#network, this.#treatment, direction, route), further);
      }
    }
    return possible;
  }
}

/** The same for routes that differ in nothing but the path between its ends. */
function keyOf(route: Route): string {
  const { via, learnedFrom, localPreference, onlyToCustomer, nextHop, originatorId, clusters, path } = route;
  return [
    ...[via?.index, learnedFrom, localPreference, onlyToCustomer, nextHop, originatorId, path?.origin],
    ...[path?.beforeOrigin, ...clusters],
  ].join(" ");
}
