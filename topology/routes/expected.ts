/** What each router must hold once BGP has converged, computed from the topology alone. */
import type { Family } from "../spec.ts";
import type { Router, Session, Topology } from "../topology.ts";
import { networkOf, type Direction, type Network } from "./network.ts";
import { outcomeOf, type Outcome, type State } from "./outcome.ts";
import { asnsOf, type LearnedFrom, type Route } from "./route.ts";
import { treatments } from "./treatment.ts";

/** The best route of a router to a prefix. */
export interface ExpectedRoute {
  readonly prefix: string;
  /** What the router's AS learned it from; `igp` where OSPF has a route of its own, which BIRD prefers to BGP's. */
  readonly learnedFrom: LearnedFrom;
  /** AS path as in that router's table: the nearest AS first, empty for the AS's own. */
  readonly path: readonly number[];
  /** Name of the BGP protocol on this router by which it came; empty for its own and for OSPF's. */
  readonly protocol: string;
  /** Router at the far end of that session; empty where there is none. */
  readonly from: string;
  /**
   * Router to which packets are sent: the neighbour (at an exchange, the client that the route server has it from), or
   * the border router inside the AS, over OSPF; the router itself for its own.
   */
  readonly nextHop: string;
  readonly localPreference: number;
}

/** Prefixes to which BGP never settles. */
export interface UnstableRoutes {
  readonly prefixes: readonly string[];
  /** Routers that go to and fro, each with the AS paths between which it does; undefined: no route. */
  readonly routers: readonly { readonly router: string; readonly paths: readonly (readonly number[] | undefined)[] }[];
  /**
   * There is no stable state: every choice of these routers was tried. Otherwise none was found, and one order of
   * messages that leaves nobody out is known never to settle.
   */
  readonly exhaustive: boolean;
}

/**
 * A maximum-prefix limit of which it can't be told whether it is passed: one of FRR's that is passed by one, as FRR 8.4 looks
 * at the count before it adds to it, or one between what FRR sends at least and at most.
 */
export interface UndecidedLimit {
  /** Router with the limit, and the one that sends the prefixes. */
  readonly router: string;
  readonly from: string;
  readonly prefixes: number;
  /** As many as `prefixes` where that is certain. */
  readonly atLeast: number;
  readonly limit: number;
}

export interface Expected {
  /** By router, then by prefix. A prefix that policy keeps from a router isn't there, nor one that never settles. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, ExpectedRoute>>;
  /**
   * Further stable states, by prefix; in each, the routes of all routers that have one, by router. Which of the states
   * a lab comes to depends on the order in which messages happen to arrive.
   */
  readonly alternatives: ReadonlyMap<string, readonly ReadonlyMap<string, ExpectedRoute>[]>;
  /** Prefixes for which the choices of routers were too many to follow all: they may have more stable states than these. */
  readonly perhapsMore: readonly string[];
  /** Sessions that are shut because the customer sends more prefixes than it may. */
  readonly shut: readonly Session[];
  /** Limits of which it can't be said whether they shut the session. */
  readonly undecided: readonly UndecidedLimit[];
  readonly unstable: readonly UnstableRoutes[];
}

const known = new WeakMap<Topology, Expected>();

/**
 * The one best route that BIRD 2 holds on every router to every prefix that somebody in the lab announces, under the
 * policy of the rendered configurations. Computed once for each topology.
 */
export function expectedRoutes(topology: Topology): Expected {
  const expected = known.get(topology) ?? compute(topology);
  known.set(topology, expected);
  return expected;
}

/** What a router may hold of a prefix, in each of the stable states; undefined: no route. */
export function possibleRoutes(
  { routes, alternatives }: Expected,
  router: string,
  prefix: string,
): readonly (ExpectedRoute | undefined)[] {
  return [routes.get(router)?.get(prefix), ...(alternatives.get(prefix) ?? []).map((state) => state.get(router))];
}

/** The sessions that come up, i.e. all but those that a maximum-prefix limit shuts. */
export function establishedSessions(topology: Topology): readonly Session[] {
  const { shut } = expectedRoutes(topology);
  return topology.sessions.filter((session) => !shut.includes(session));
}

/** Every prefix that a router of the lab announces, by right or not. */
export function announcedPrefixes(topology: Topology): readonly string[] {
  return [
    ...new Set(
      topology.nodes.flatMap((node) =>
        node.kind === "router" ? [...node.originates, ...node.hijacks.map(({ prefix }) => prefix)] : [],
      ),
    ),
  ];
}

/** One of the states in which routes rest, or an outcome that isn't one. */
interface Settled {
  readonly prefixes: readonly string[];
  /** Stable states; none where there is none. */
  readonly states: readonly State[];
  /** There are no other stable states. */
  readonly all: boolean;
  readonly unstable?: Outcome & { readonly kind: "unstable" };
}

function compute(topology: Topology): Expected {
  const routes = new Map(
    topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, new Map<string, ExpectedRoute>()]] : [])),
  );
  const alternatives = new Map<string, readonly ReadonlyMap<string, ExpectedRoute>[]>();
  const perhapsMore: string[] = [];
  const unstable: UnstableRoutes[] = [];
  const shut = new Set<Session>();
  const undecided: UndecidedLimit[] = [];
  for (const family of topology.families) {
    const { network, settled } = settle(topology, family, shut, undecided);
    for (const { prefixes, states, all, unstable: outcome } of settled) {
      if (!all) perhapsMore.push(...prefixes);
      if (outcome !== undefined) unstable.push(unstableRoutes(network, prefixes, outcome));
      const [state, ...others] = states;
      for (const prefix of state === undefined ? [] : prefixes) {
        for (const [router, route] of routesIn(network, state, prefix)) routes.get(router)?.set(prefix, route);
        if (others.length > 0)
          alternatives.set(
            prefix,
            others.map((other) => new Map(routesIn(network, other, prefix))),
          );
      }
    }
  }
  return { routes, alternatives, perhapsMore, shut: [...shut], undecided, unstable };
}

/** Settles all prefixes of a family; shuts sessions over their limit, and settles again without them. */
function settle(
  topology: Topology,
  family: Family,
  shut: Set<Session>,
  undecided: UndecidedLimit[],
): { readonly network: Network; readonly settled: readonly Settled[] } {
  const wary = mayBeUnstable(topology);
  for (;;) {
    const network = networkOf(topology, family, shut);
    const limited = network.directions.filter(({ receives }) => receives.maximumPrefixes !== undefined);
    const counts = new Map(limited.map((direction) => [direction, { least: 0, most: 0 }]));
    const settled = treatments(network).map((treatment): Settled => {
      const { prefixes } = treatment;
      const outcome = outcomeOf(network, treatment, wary);
      if (outcome.kind === "unstable") return { prefixes, states: [], all: outcome.exhaustive, unstable: outcome };
      for (const [direction, count] of counts) {
        const counted = outcome.exchanges[0].isCounted(direction);
        if (counted !== false) count.most += prefixes.length;
        if (counted === true) count.least += prefixes.length;
      }
      return { prefixes, states: outcome.exchanges.map(({ held }) => held), all: outcome.all };
    });
    const limitOf = ({ receives }: Direction): number => receives.maximumPrefixes ?? Infinity;
    const over = [...counts].filter(([direction, { most }]) => most > limitOf(direction));
    if (over.length === 0) return { network, settled };
    for (const [direction, { least, most }] of over) {
      const limit = limitOf(direction);
      const late = network.routers[direction.to]?.daemon === "frr" && most === limit + 1;
      if (late || least <= limit)
        undecided.push({
          ...{ router: direction.receiver.router, from: direction.sender.router },
          ...{ prefixes: most, atLeast: least, limit },
        });
    }
    for (const [{ session }] of over) shut.add(session);
  }
}

/**
 * Whether a route can get better from hop to hop. Otherwise local preference falls or stays (own and customers' routes,
 * then peers', then providers') and the path grows, so that there is one stable state, to which every order leads.
 * Inside an AS every reflector hears of every border router's route, so that reflection doesn't change that.
 */
function mayBeUnstable({ autonomousSystems }: Topology): boolean {
  return autonomousSystems.some(({ policy }) => policy.leaks || Object.keys(policy.localPreferences).length > 0);
}

function* routesIn(
  { routers }: Network,
  state: State | undefined,
  prefix: string,
): Generator<readonly [router: string, route: ExpectedRoute]> {
  for (const [index, route] of state?.entries() ?? []) {
    const router = routers[index];
    if (route !== undefined && router !== undefined) yield [router.name, new HeldRoute(prefix, route, routers)];
  }
}

function unstableRoutes(
  { routers }: Network,
  prefixes: readonly string[],
  { swinging, exhaustive }: Outcome & { kind: "unstable" },
): UnstableRoutes {
  return {
    prefixes,
    routers: [...swinging].map(([router, held]) => ({
      router: routers[router]?.name ?? "",
      paths: held.map((route) => (route === undefined ? undefined : asnsOf(route.path))),
    })),
    exhaustive,
  };
}

/** Writes its path down when asked: most of a large lab's are never looked at. */
class HeldRoute implements ExpectedRoute {
  readonly prefix: string;
  readonly #route: Route;
  readonly #routers: readonly Router[];
  #path: readonly number[] | undefined;

  constructor(prefix: string, route: Route, routers: readonly Router[]) {
    this.prefix = prefix;
    this.#route = route;
    this.#routers = routers;
  }

  get learnedFrom(): LearnedFrom {
    return this.#route.learnedFrom;
  }

  get path(): readonly number[] {
    this.#path ??= asnsOf(this.#route.path);
    return this.#path;
  }

  get protocol(): string {
    return this.#route.via?.receiver.protocol ?? "";
  }

  get from(): string {
    return this.#route.via?.sender.router ?? "";
  }

  get nextHop(): string {
    return this.#routers[this.#route.nextHop]?.name ?? "";
  }

  get localPreference(): number {
    return this.#route.localPreference;
  }
}
