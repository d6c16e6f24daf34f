/** How the announcements of one prefix spread over the internet's ASes under Gao-Rexford policy. */
import type { Internet, Neighbours } from "./graph.ts";

/** What an AS learned its best route from, in the order of preference. */
export const learned = { none: 0, originated: 1, customer: 2, peer: 3, provider: 4 } as const;
export type Learned = (typeof learned)[keyof typeof learned];

/** What may be the matter with a route, as bits. An AS refuses a route where it has the bit in `refuses`. */
export const mark = {
  /** Route origin validation finds it invalid (RFC 6811). */
  invalid: 1,
  /** The AS next to its origin is none of those that the origin has declared. */
  undeclared: 2,
  /** It was leaked, and carries the attribute that tells (OTC, RFC 9234); providers and peers of the sender see it. */
  leaked: 4,
} as const;

/** One bit for each source from this one on, so that the ASes named in its path can refuse it. */
const firstSourceBit = 8;

/** So many sources of one prefix have a bit. */
export const mostSources = 28;

/** One AS that announces the prefix. */
export interface Source {
  readonly index: number;
  /** Path length with which it sets out: 0 for one's own prefix. */
  readonly length: number;
  /** Bits of `mark` that the route has from the start. */
  readonly marks: number;
  /** Indices of ASes that refuse it. */
  readonly refusedBy: readonly number[];
  /** Where its neighbours are checked against what the origin declared: by index, whether one is declared. */
  readonly declared?: Uint8Array | undefined;
}

/** By index of AS. */
export interface Spread {
  /** Values of `learned`. */
  readonly from: Uint8Array;
  /** ASes in the path, without the one that holds it. */
  readonly length: Uint32Array;
  /** Index of the neighbour that the route came from; its own where it is a source; nothing where there is no route. */
  readonly nextHop: Uint32Array;
  /** Bits of `mark`, and the source's bit. */
  readonly marks: Uint32Array;
}

/** Which of the sources a route came from; -1 where there is none. */
export function sourceOf({ marks }: Pick<Spread, "marks">, index: number): number {
  return Math.clz32(firstSourceBit) - Math.clz32((marks[index] ?? 0) | (firstSourceBit >> 1));
}

/**
 * The best routes of all ASes. Preference goes by what the route was learned from, then by the length of its path, then
 * by the lowest number of the AS that it came from, which stands in for BGP's last tie-breaks. Customers' routes and
 * one's own go to everybody, others to customers.
 *
 * Every step makes a route worse, so three walks in the order of length find it: up to providers, across to peers, down
 * to customers. What an AS refuses depends on the route alone, which is final when it is offered, so that filters change
 * nothing about that. This is the one stable outcome (Gao and Rexford 2001) where no AS is its own provider's provider.
 * Loops need no looking for, but for the ASes that a source names: a path goes up, across and down, and an AS that was
 * on the way already has the better route that came by it then.
 *
 * @param refuses by AS, bits of `mark` that it refuses.
 */
export function spread(internet: Internet, sources: readonly Source[], refuses: Uint32Array): Spread {
  return new Walk(internet, sources, refuses).run();
}

class Walk implements Spread {
  readonly from: Uint8Array;
  readonly length: Uint32Array;
  readonly nextHop: Uint32Array;
  readonly marks: Uint32Array;
  readonly #internet: Internet;
  readonly #refuses: Uint32Array;
  readonly #declared: (Uint8Array | undefined)[];
  /** By path length, the ASes whose routes are to be passed on: lists linked by `#link`, each index plus one. */
  #heads: number[] = [];
  readonly #link: Uint32Array;
  /** ASes in the order in which they got their routes. */
  readonly #reached: Uint32Array;
  #count = 0;

  constructor(internet: Internet, sources: readonly Source[], refuses: Uint32Array) {
    const count = internet.asns.length;
    this.#internet = internet;
    this.from = new Uint8Array(count);
    this.length = new Uint32Array(count);
    this.nextHop = new Uint32Array(count);
    this.marks = new Uint32Array(count);
    this.#link = new Uint32Array(count);
    this.#reached = new Uint32Array(count);
    this.#refuses = refuses.slice();
    this.#declared = sources.map(({ declared }) => declared);
    for (const [position, { index, length, marks, refusedBy }] of sources.entries()) {
      const bit = firstSourceBit << position;
      this.from[index] = learned.originated;
      this.length[index] = length;
      this.nextHop[index] = index;
      this.marks[index] = marks | bit;
      this.#reached[this.#count++] = index;
      for (const named of refusedBy) this.#refuses[named] = (this.#refuses[named] ?? 0) | bit;
    }
  }

  run(): Spread {
    const { providers, peers, customers } = this.#internet;
    for (let at = 0; at < this.#count; at++) this.#enqueue(this.#reached[at] ?? 0);
    this.#passOn(providers, learned.customer, -1);

    const offering = this.#count;
    for (let at = 0; at < offering; at++) this.#offer(peers, this.#reached[at] ?? 0, learned.peer, -1);

    this.#heads = [];
    for (let at = 0; at < this.#count; at++) this.#enqueue(this.#reached[at] ?? 0);
    // A provider's routes may have been leaked to it: that is no business of its customers (RFC 9234, 5).
    this.#passOn(customers, learned.provider, ~mark.leaked);
    return this;
  }

  #enqueue(index: number): void {
    const length = this.length[index] ?? 0;
    while (this.#heads.length <= length) this.#heads.push(0);
    this.#link[index] = this.#heads[length] ?? 0;
    this.#heads[length] = index + 1;
  }

  #passOn(neighbours: Neighbours, as: Learned, seen: number): void {
    for (let length = 0; length < this.#heads.length; length++)
      for (let entry = this.#heads[length] ?? 0; entry !== 0; entry = this.#link[entry - 1] ?? 0) {
        const before = this.#count;
        this.#offer(neighbours, entry - 1, as, seen);
        for (let at = before; at < this.#count; at++) this.#enqueue(this.#reached[at] ?? 0);
      }
  }

  /** Offers the route of `index` to its neighbours: to those that have none yet, or one that it beats. */
  #offer({ starts, indices }: Neighbours, index: number, as: Learned, seen: number): void {
    const { from, length, nextHop, marks } = this;
    const refuses = this.#refuses;
    const offered = (length[index] ?? 0) + 1;
    const own = marks[index] ?? 0;
    const declared = from[index] === learned.originated ? this.#declared[sourceOf(this, index)] : undefined;
    const end = starts[index + 1] ?? 0;
    for (let at = starts[index] ?? 0; at < end; at++) {
      const neighbour = indices[at] ?? 0;
      const held = from[neighbour];
      if (held !== learned.none) {
        if (held !== as) continue;
        const known = length[neighbour] ?? 0;
        if (offered > known || (offered === known && index > (nextHop[neighbour] ?? 0))) continue;
      }
      if ((own & (refuses[neighbour] ?? 0) & seen) !== 0) continue;
      if (held === learned.none) this.#reached[this.#count++] = neighbour;
      from[neighbour] = as;
      length[neighbour] = offered;
      nextHop[neighbour] = index;
      marks[neighbour] = declared === undefined || declared[neighbour] === 1 ? own : own | mark.undeclared;
    }
  }
}

/** The AS path of an AS's route: indices from its next hop to the source; empty for a source, undefined without a route. */
export function pathOf({ from, nextHop }: Spread, index: number): number[] | undefined {
  if (from[index] === learned.none) return undefined;
  const path: number[] = [];
  for (let at = index; from[at] !== learned.originated; path.push(at)) at = nextHop[at] ?? at;
  return path;
}
