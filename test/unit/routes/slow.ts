/**
 * The obvious computation of BGP's outcome, with whole routes as plain values: in each round every router looks at what
 * its neighbours held in the round before. The measure for the fast one.
 */
import type { Family } from "../../../topology/spec.ts";
import type { Policy, Router, Session, SessionEnd, Topology } from "../../../topology/topology.ts";

export interface SlowRoute {
  readonly path: readonly number[];
  readonly kind: "originated" | "customer" | "peer" | "provider" | "client";
  readonly localPreference: number;
  readonly onlyToCustomer?: number;
  readonly originator?: string;
  readonly clusters: readonly string[];
  readonly nextHop: string;
  /** Protocol on the router that holds it; undefined for its own. */
  readonly via?: Via;
}

interface Via {
  readonly session: Session;
  readonly near: SessionEnd;
  readonly far: SessionEnd;
}

/** By router name. */
export type SlowState = ReadonlyMap<string, SlowRoute>;

export class Slow {
  readonly #topology: Topology;
  readonly #routers: ReadonlyMap<string, Router>;
  readonly #sessions: readonly Session[];
  readonly #prefix: string;
  readonly #distances: ReadonlyMap<string, number>;

  constructor(topology: Topology, prefix: string, shut: readonly Session[] = []) {
    const family: Family = prefix.includes(":") ? "ipv6" : "ipv4";
    this.#topology = topology;
    this.#prefix = prefix;
    this.#routers = new Map(
      topology.nodes.flatMap((node) => (node.kind === "router" ? [[node.name, node] as const] : [])),
    );
    this.#sessions = topology.sessions.filter(
      (session) => session.families.includes(family) && !shut.includes(session),
    );
    this.#distances = distances(topology);
  }

  /** The state in which synchronous rounds rest; undefined where they don't within `rounds`. */
  rest(rounds: number): SlowState | undefined {
    let state: SlowState = new Map();
    for (let round = 0; round < rounds; round++) {
      const next = this.round(state);
      if (text(next) === text(state)) return state;
      state = next;
    }
    return undefined;
  }

  /** What every router holds after looking at what the others hold in `state`. */
  round(state: SlowState): SlowState {
    const next = new Map<string, SlowRoute>();
    for (const router of this.#routers.values()) {
      const best = this.#best(this.#candidates(router, state));
      if (best !== undefined) next.set(router.name, best);
    }
    return next;
  }

  /**
   * The state in which each router takes its route by the protocol named, whatever else it has; "": only its own,
   * undefined: none.
   */
  along(protocols: ReadonlyMap<string, string | undefined>): SlowState {
    let state: SlowState = new Map();
    for (let hops = 0; hops <= 2 * this.#routers.size; hops++) {
      const next = new Map<string, SlowRoute>();
      for (const router of this.#routers.values()) {
        const protocol = protocols.get(router.name);
        if (protocol === undefined) continue;
        const route = this.#candidates(router, state).find(({ via }) => (via?.near.protocol ?? "") === protocol);
        if (route !== undefined) next.set(router.name, route);
      }
      state = next;
    }
    return state;
  }

  #candidates(router: Router, state: SlowState): SlowRoute[] {
    const own: SlowRoute[] = [];
    const common = { kind: "originated", localPreference: 400, clusters: [], nextHop: router.name } as const;
    if (router.originates.includes(this.#prefix)) own.push({ ...common, path: [] });
    const hijack = router.hijacks.find(({ prefix }) => prefix === this.#prefix);
    if (hijack !== undefined) own.push({ ...common, path: hijack.behind === undefined ? [] : [hijack.behind] });
    if (own.length > 0) return own;
    return this.#sessions.flatMap((session) => {
      const [a, b] = session.ends;
      const candidates: SlowRoute[] = [];
      for (const [near, far] of [
        [a, b],
        [b, a],
      ] as const) {
        if (near.router !== router.name) continue;
        const route = this.#message({ session, near, far }, state);
        if (route !== undefined) candidates.push(route);
      }
      return candidates;
    });
  }

  #message(via: Via, state: SlowState): SlowRoute | undefined {
    const { near, far, session } = via;
    const sender = this.#router(far.router);
    const receiver = this.#router(near.router);
    let route = state.get(far.router);
    if (sender.routeServer) {
      const others = this.#candidates(sender, state).filter(
        (each) => each.via !== undefined && each.via.session !== session,
      );
      route = this.#best(others);
    }
    if (route === undefined || route.via?.session === session) return undefined;
    const sent = session.kind === "internal" ? this.#inside(via, route) : this.#outside(via, route, sender, receiver);
    return sent === undefined || sent.path.includes(receiver.asn) ? undefined : sent;
  }

  #inside(via: Via, route: SlowRoute): SlowRoute | undefined {
    const { near, far } = via;
    const came = route.via;
    if (came?.session.kind !== "internal") return { ...route, via, nextHop: far.router, clusters: [] };
    if (!came.near.reflectorClient && !far.reflectorClient) return undefined;
    const clusters = [this.#router(far.router).routerId, ...route.clusters];
    const originator = route.originator ?? this.#router(came.far.router).routerId;
    const ownId = this.#router(near.router).routerId;
    if (originator === ownId || (near.reflectorClient && clusters.includes(ownId))) return undefined;
    if (far.reflectorClient && route.clusters.includes(this.#router(far.router).routerId)) return undefined;
    return { ...route, via, clusters, originator };
  }

  #outside(via: Via, route: SlowRoute, sender: Router, receiver: Router): SlowRoute | undefined {
    const { near, far } = via;
    const [theirs, ours] = [this.#policy(sender), this.#policy(receiver)];
    const open = theirs.leaks || route.kind === "originated" || route.kind === "customer";
    const restricted = ["peer", "provider", "route-server"].includes(far.neighbour);
    if (restricted && !open) return undefined;

    let { onlyToCustomer } = route;
    if (theirs.roles && restricted && onlyToCustomer !== undefined) return undefined;
    if (theirs.roles && ["customer", "peer", "route-server-client"].includes(far.neighbour))
      onlyToCustomer ??= sender.asn;
    if (ours.roles) {
      const fromBelow = near.neighbour === "customer" || near.neighbour === "route-server-client";
      if (fromBelow && onlyToCustomer !== undefined) return undefined;
      if (near.neighbour === "peer" && onlyToCustomer !== undefined && onlyToCustomer !== sender.asn) return undefined;
      if (["provider", "peer", "route-server"].includes(near.neighbour)) onlyToCustomer ??= sender.asn;
    }

    const { over } = route.via?.session ?? {};
    if (sender.routeServer && !receiver.interfaces.some(({ attachedTo }) => attachedTo === over)) return undefined;
    const path = sender.routeServer ? route.path : [sender.asn, ...route.path];
    const origin = path.at(-1) ?? 0;
    if (ours.originValidation && this.#isInvalid(origin)) return undefined;
    const before = path.filter((asn) => asn !== origin).at(-1);
    if (ours.pathEnd.includes(origin) && before !== undefined && !this.#areNeighbours(origin, before)) return undefined;
    if (ours.customerPrefixes && near.neighbour === "customer" && !this.#isOfCone(far.asn)) return undefined;

    const kind = this.#kind(near, route);
    const ordinary = { originated: 400, customer: 300, peer: 200, provider: 100, client: 100 }[kind];
    const own = ours.localPreferences[far.asn];
    const localPreference = own === undefined || near.neighbour === "sibling" || kind === "client" ? ordinary : own;
    return {
      path,
      kind,
      localPreference,
      ...(onlyToCustomer === undefined ? {} : { onlyToCustomer }),
      clusters: [],
      nextHop: sender.routeServer ? route.nextHop : far.router,
      via,
    };
  }

  #kind({ neighbour }: SessionEnd, { kind }: SlowRoute): SlowRoute["kind"] {
    if (neighbour === "sibling") return kind === "provider" || kind === "peer" ? kind : "customer";
    if (neighbour === "route-server") return "peer";
    if (neighbour === "route-server-client") return "client";
    return neighbour === "internal" ? kind : neighbour;
  }

  #isInvalid(origin: number): boolean {
    const prefix = bitsOf(this.#prefix);
    const covering = this.#topology.roas.filter(
      (roa) => prefix.startsWith(bitsOf(roa.prefix)) && sameFamily(roa.prefix, this.#prefix),
    );
    return covering.length > 0 && !covering.some(({ asn, maxLength }) => asn === origin && maxLength >= prefix.length);
  }

  #areNeighbours(one: number, other: number): boolean {
    const relations = this.#topology.relations.map(({ kind, a, b }) => ({ kind, a: this.#asn(a), b: this.#asn(b) }));
    const direct = relations.some(({ a, b }) => (a === one && b === other) || (a === other && b === one));
    const servers = relations.filter(({ kind, b }) => kind === "route-server" && b === one).map(({ a }) => a);
    return direct || relations.some(({ kind, a, b }) => kind === "route-server" && b === other && servers.includes(a));
  }

  #isOfCone(customer: number): boolean {
    const cone = new Set([customer]);
    for (let size = 0; size < cone.size;) {
      size = cone.size;
      for (const { kind, a, b } of this.#topology.relations) {
        if ((kind === "transit" || kind === "sibling") && cone.has(this.#asn(a))) cone.add(this.#asn(b));
        if (kind === "sibling" && cone.has(this.#asn(b))) cone.add(this.#asn(a));
      }
    }
    return [...this.#routers.values()].some(
      ({ asn, originates }) => cone.has(asn) && originates.includes(this.#prefix),
    );
  }

  /** The best by one criterion after the other. */
  #best(candidates: readonly SlowRoute[]): SlowRoute | undefined {
    const criteria: ((route: SlowRoute) => number | bigint)[] = [
      (route) => (route.via === undefined ? 0 : 1),
      (route) => -route.localPreference,
      (route) => route.path.length,
      (route) => (route.via?.session.kind === "internal" ? 1 : 0),
      (route) =>
        route.via?.session.kind === "internal"
          ? (this.#distances.get(`${route.via.near.router} ${route.nextHop}`) ?? Infinity)
          : 0,
      (route) => BigInt(`0b${bitsOf(`${route.originator ?? this.#router(route.via?.far.router ?? "").routerId}/32`)}`),
      (route) => route.clusters.length,
      (route) => BigInt(`0b${bitsOf(`${route.via?.far.address}/${route.via?.far.address.includes(":") ? 128 : 32}`)}`),
    ];
    let left = candidates;
    for (const criterion of criteria) {
      if (left.length <= 1) break;
      const values = left.map(criterion);
      const least = values.reduce((one, other) => (other < one ? other : one));
      left = left.filter((_, index) => values[index] === least);
    }
    return left[0];
  }

  #policy(router: Router): Policy {
    const system = this.#topology.autonomousSystems.find(({ name }) => name === router.as);
    if (system === undefined) throw new Error(`no AS ${router.as}`);
    return system.policy;
  }

  #asn(as: string): number {
    return this.#topology.autonomousSystems.find(({ name }) => name === as)?.asn ?? 0;
  }

  #router(name: string): Router {
    const router = this.#routers.get(name);
    if (router === undefined) throw new Error(`no router ${name}`);
    return router;
  }
}

/** What tells states apart. */
function text(state: SlowState): string {
  return JSON.stringify([...state].map(([router, { via, ...route }]) => [router, via?.near.protocol, route]));
}

/** 10 for each link or segment on the way (Floyd and Warshall); by `from to`. */
function distances(topology: Topology): ReadonlyMap<string, number> {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const found = new Map<string, number>();
  const get = (from: string, to: string): number => (from === to ? 0 : (found.get(`${from} ${to}`) ?? Infinity));
  const wires = [...topology.links.map(({ ends }) => ends), ...topology.segments.map(({ members }) => members)];
  for (const one of routers)
    for (const other of routers)
      if (
        one !== other &&
        one.as === other.as &&
        wires.some((ends) => [one, other].every(({ name }) => ends.some(({ node }) => node === name)))
      )
        found.set(`${one.name} ${other.name}`, 10);
  for (const { name: by } of routers)
    for (const { name: from } of routers)
      for (const { name: to } of routers)
        if (get(from, by) + get(by, to) < get(from, to)) found.set(`${from} ${to}`, get(from, by) + get(by, to));
  return found;
}

function sameFamily(one: string, other: string): boolean {
  return one.includes(":") === other.includes(":");
}

/** The fixed bits of a prefix, as text; IPv4 and IPv6 without abbreviations other than `::`. */
function bitsOf(prefix: string): string {
  const [address = "", length = "0"] = prefix.split("/");
  if (!address.includes(":"))
    return address
      .split(".")
      .map((octet) => Number(octet).toString(2).padStart(8, "0"))
      .join("")
      .slice(0, Number(length));
  const [head = "", tail] = address.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [front, back] = [groups(head), groups(tail ?? "")];
  const middle = tail === undefined ? [] : new Array<string>(8 - front.length - back.length).fill("0");
  return [...front, ...middle, ...back]
    .map((group) => parseInt(group, 16).toString(2).padStart(16, "0"))
    .join("")
    .slice(0, Number(length));
}
