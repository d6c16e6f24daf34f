/** What must hold in every stable state, whatever it is. */
import { isBetter } from "./decision.ts";
import { ownRoutes } from "./exchange.ts";
import type { Direction, Network } from "./network.ts";
import { asnsOf, passes, type Route } from "./route.ts";
import { transfer } from "./transfer.ts";
import type { Treatment } from "./treatment.ts";

/** By router: the direction from which it takes its route; null: it has none. */
export type Forced = ReadonlyMap<number, Direction | null>;

/** A router that isn't decided, and the directions from which its best route may come; null: its own, or none. */
export interface Open {
  readonly router: number;
  readonly options: readonly (Direction | null)[];
}

/** How closely routes that may be are told apart: roughly is quick, finely leaves fewer routers open. */
type Grain = "rough" | "fine";

/** A route that a router may hold, which stands for others that are treated alike. */
interface Possible {
  /** The shortest of them. */
  readonly route: Route;
  /** Numbers of the ASes that are on the paths of all of them. */
  readonly passed: ReadonlySet<number>;
}

/**
 * Decides routers one after the other: one is decided when, of what decided neighbours tell it, something is better
 * than all that the others might tell it in any state.
 */
export class Knowledge {
  /** Routes that were looked at on the way. */
  effort = 0;
  readonly #network: Network;
  readonly #treatment: Treatment;
  readonly #forced: Forced;
  /** By router; absent: not decided. */
  readonly #routes = new Map<number, Route | undefined>();
  /** By direction: the best that may come from a router that isn't decided. */
  #bounds: (Route | undefined)[] = [];
  #grain: Grain = "rough";

  /** @param most Routes to look at before giving up. */
  constructor(network: Network, treatment: Treatment, forced: Forced, most: number) {
    this.#network = network;
    this.#treatment = treatment;
    this.#forced = forced;
    for (const [router, route] of ownRoutes(network, treatment).entries())
      if (route !== undefined && network.routers[router]?.routeServer !== true) this.#routes.set(router, route);
    for (this.#grain of ["rough", "fine"] as const)
      for (let before = -1; before < this.#routes.size && this.#routes.size < network.routers.length;) {
        before = this.#routes.size;
        this.#explore(most);
        if (this.effort > most) return;
        this.#decide();
      }
  }

  /** Whether a router is made to take what it wouldn't, for what it is told is better. */
  isContradicted(): boolean {
    return [...this.#forced].some(([router, direction]) => {
      const told = this.#best(this.#network.incoming[router] ?? []);
      if (told === undefined) return false;
      const takes =
        this.#routes.has(router) || direction === null ? this.#routes.get(router) : this.#bounds[direction.index];
      return takes === undefined || (takes.via !== told.via && !isBetter(takes, told));
    });
  }

  /** Routers that are neither decided nor made to choose. */
  open(): Open[] {
    return [...this.#network.routers.entries()].flatMap(([router, { routeServer }]): Open[] => {
      // A route server doesn't choose for its clients: it tells each what follows from the others.
      if (this.#routes.has(router) || this.#forced.has(router) || routeServer) return [];
      const best = this.#best(this.#listensTo(router));
      return [{ router, options: [best?.via ?? null, ...this.#rivals(router, best)] }];
    });
  }

  #decide(): void {
    const { routers, incoming, outgoing } = this.#network;
    const waiting = new Set(routers.keys());
    for (const router of waiting) {
      waiting.delete(router);
      if (this.#routes.has(router)) continue;
      const best = this.#best(this.#listensTo(router));
      const waits =
        routers[router]?.routeServer === true && incoming[router]?.some(({ from }) => !this.#routes.has(from)) === true;
      if (waits || this.#rivals(router, best).length > 0) continue;
      this.#routes.set(router, best);
      for (const { to } of outgoing[router] ?? []) {
        waiting.add(to);
        if (routers[to]?.routeServer === true) for (const client of outgoing[to] ?? []) waiting.add(client.to);
      }
    }
  }

  #listensTo(router: number): readonly Direction[] {
    const forced = this.#forced.get(router);
    if (forced === undefined) return this.#network.incoming[router] ?? [];
    return forced === null ? [] : [forced];
  }

  /** Directions from which something better than `best` may come. */
  #rivals(router: number, best: Route | undefined): Direction[] {
    return this.#listensTo(router).filter((direction) => !this.#isTold(direction) && this.#mayBeat(direction, best));
  }

  /** Whether what comes from there is known for certain. */
  #isTold(direction: Direction): boolean {
    const { from, back, sends } = direction;
    if (sends.to !== "route-server-client") return this.#routes.has(from);
    const others = (this.#network.incoming[from] ?? []).filter((each) => each !== back);
    const best = this.#best(others.filter((each) => this.#routes.has(each.from)));
    return others.every((each) => this.#routes.has(each.from) || !this.#mayBeat(each, best));
  }

  #mayBeat({ index }: Direction, best: Route | undefined): boolean {
    const bound = this.#bounds[index];
    if (bound === undefined || best === undefined) return bound !== undefined;
    if (isBetter(bound, best)) return true;
    // Roughly, routes from inside aren't told apart by their border router.
    return (
      this.#grain === "rough" &&
      bound.via?.internal === true &&
      best.via?.internal === true &&
      bound.localPreference === best.localPreference &&
      bound.path?.length === best.path?.length
    );
  }

  /** Of what is known for certain to come from there. */
  #best(directions: readonly Direction[]): Route | undefined {
    let best: Route | undefined;
    for (const direction of directions) {
      const route = this.#isTold(direction) ? this.#message(direction) : undefined;
      if (route !== undefined && (best === undefined || isBetter(route, best))) best = route;
    }
    return best;
  }

  #message(direction: Direction): Route | undefined {
    const { from, sends, receiver, back } = direction;
    const route =
      sends.to === "route-server-client"
        ? this.#best((this.#network.incoming[from] ?? []).filter((each) => each !== back))
        : this.#routes.get(from);
    const sent = route === undefined ? undefined : transfer(this.#network, this.#treatment, direction, route);
    return sent === undefined || passes(sent.path, receiver.asn) ? undefined : sent;
  }

  /** What might come to each router that isn't decided, if its neighbours told it all that they might hold. */
  #explore(most: number): void {
    const { directions, outgoing, routers } = this.#network;
    const fine = this.#grain === "fine";
    const bounds = new Array<Route | undefined>(directions.length).fill(undefined);
    /** By router, then by key, then by direction: two suffice, as no route goes back where it came from. */
    const possible = routers.map(() => new Map<string, Possible[]>());
    const fresh: [router: number, entry: Possible][] = [];
    const add = (direction: Direction, route: Route | undefined, passed: ReadonlySet<number>): void => {
      const { to, index, receiver, from } = direction;
      if (route === undefined || this.#routes.has(to) || passed.has(receiver.asn)) return;
      if (this.#forced.has(to) && this.#forced.get(to) !== direction) return;
      const bound = bounds[index];
      if (!this.#routes.has(from) && (bound === undefined || isBetter(route, bound))) bounds[index] = route;
      const key = fine ? fineKey(route) : roughKey(route);
      const known = possible[to]?.get(key) ?? [];
      possible[to]?.set(key, known);
      const entry = fine ? merged(known, { route, passed }) : shorter(known, { route, passed });
      if (entry !== undefined) fresh.push([to, entry]);
    };
    for (const direction of directions) {
      const route = this.#routes.has(direction.from) ? this.#message(direction) : undefined;
      if (route !== undefined) add(direction, route, fine ? new Set(asnsOf(route.path)) : none);
    }
    for (let next = 0; next < fresh.length && this.effort <= most; next++) {
      const [router, { route, passed }] = fresh[next] as [number, Possible];
      for (const direction of outgoing[router] ?? []) {
        this.effort++;
        const prepends = fine && !direction.internal && direction.sends.to !== "route-server-client";
        const further = prepends ? new Set([...passed, direction.sender.asn]) : passed;
        add(direction, transfer(this.#network, this.#treatment, direction, route), further);
      }
    }
    this.#bounds = bounds;
  }
}

const none: ReadonlySet<number> = new Set();

/** Keeps the shortest two that came from different directions; gives the new one if it is kept. */
function shorter(known: Possible[], entry: Possible): Possible | undefined {
  const length = (each: Possible): number => each.route.path?.length ?? 0;
  const same = known.findIndex(({ route }) => route.via === entry.route.via);
  const longest = known.length < 2 ? -1 : length(known[0] as Possible) > length(known[1] as Possible) ? 0 : 1;
  const replaced = same >= 0 ? same : longest;
  const old = known[replaced];
  if (old !== undefined && length(entry) >= length(old)) return undefined;
  known[replaced < 0 ? known.length : replaced] = entry;
  return entry;
}

/** Keeps one, the shortest, with what all have passed; gives it if that is new. */
function merged(known: Possible[], { route, passed }: Possible): Possible | undefined {
  const [old] = known;
  const isShorter = old === undefined || (route.path?.length ?? 0) < (old.route.path?.length ?? 0);
  const common = old === undefined ? passed : new Set([...old.passed].filter((asn) => passed.has(asn)));
  if (!isShorter && common.size === old.passed.size) return undefined;
  known[0] = { route: isShorter ? route : old.route, passed: common };
  return known[0];
}

/** The same for routes that policies treat alike. */
function roughKey({ via, learnedFrom, localPreference, onlyToCustomer, originatorId, path }: Route): string {
  // A route server gives a route to those on the same segment.
  const over = learnedFrom === "route-server-client" ? via?.session.over : "";
  return `${via?.internal} ${learnedFrom} ${localPreference} ${onlyToCustomer} ${originatorId} ${path?.origin} ${path?.beforeOrigin} ${over}`;
}

/** The same for routes that differ in nothing but the path between its ends. */
function fineKey(route: Route): string {
  return `${roughKey(route)} ${route.via?.index} ${route.nextHop} ${route.clusters.join(" ")}`;
}
