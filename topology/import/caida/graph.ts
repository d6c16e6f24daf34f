/** Business relations between autonomous systems of the real internet, too many for objects of their own. */

/** What an AS's neighbour is to it. */
export const relation = { customer: 0, provider: 1, peer: 2 } as const;
export type RelationCode = (typeof relation)[keyof typeof relation];

/** By code, what an AS is to the neighbour that has this code for it. */
const opposite: readonly RelationCode[] = [relation.provider, relation.customer, relation.peer];

/** ASes as indices from 0, in ascending order of their numbers, with their neighbours. Made by RelationshipReader. */
export class AsGraph {
  /** AS numbers, ascending. */
  readonly asns: Uint32Array;
  /** How many relations there are. */
  readonly relations: number;
  /** Where each AS's neighbours begin in `#neighbours`; one entry more than there are ASes. */
  readonly #starts: Uint32Array;
  /** Indices of neighbours, ascending within an AS. */
  readonly #neighbours: Uint32Array;
  readonly #codes: Uint8Array;

  /**
   * @param asns in the order of the indices that `a` and `b` hold; each once.
   * @param a providers, or one of two peers.
   * @param b customers, or the other peer.
   */
  constructor(asns: readonly number[], a: Uint32Array, b: Uint32Array, transit: Uint8Array) {
    const order = Uint32Array.from(asns.keys()).sort((one, other) => (asns[one] ?? 0) - (asns[other] ?? 0));
    const rank = new Uint32Array(asns.length);
    for (const [position, index] of order.entries()) rank[index] = position;
    this.asns = order.map((index) => asns[index] ?? 0);
    this.relations = a.length;

    const starts = new Uint32Array(asns.length + 1);
    const one = a.map((index) => rank[index] ?? 0);
    const other = b.map((index) => rank[index] ?? 0);
    for (const ends of [one, other]) for (const index of ends) starts[index + 1] = (starts[index + 1] ?? 0) + 1;
    for (let index = 1; index < starts.length; index++) starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0);

    const neighbours = new Uint32Array(2 * a.length);
    const codes = new Uint8Array(2 * a.length);
    const next = starts.slice(0, -1);
    const put = (at: number, neighbour: number, code: RelationCode): void => {
      const position = next[at] ?? 0;
      neighbours[position] = neighbour;
      codes[position] = code;
      next[at] = position + 1;
    };
    for (let index = 0; index < a.length; index++) {
      const [near, far] = [one[index] ?? 0, other[index] ?? 0];
      put(near, far, transit[index] === 1 ? relation.customer : relation.peer);
      put(far, near, transit[index] === 1 ? relation.provider : relation.peer);
    }
    // Every AS in turn tells its neighbours of itself, so each hears of its own in ascending order.
    const [unsorted, unsortedCodes] = [neighbours.slice(), codes.slice()];
    next.set(starts.subarray(0, -1));
    for (let near = 0; near < asns.length; near++)
      for (let position = starts[near] ?? 0; position < (starts[near + 1] ?? 0); position++)
        put(unsorted[position] ?? 0, near, opposite[unsortedCodes[position] ?? 0] ?? relation.peer);
    this.#starts = starts;
    this.#neighbours = neighbours;
    this.#codes = codes;
  }

  /** An AS's index, undefined where it isn't in the graph. */
  indexOf(asn: number): number | undefined {
    let low = 0;
    let high = this.asns.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.asns[middle] ?? 0) < asn) low = middle + 1;
      else high = middle;
    }
    return this.asns[low] === asn ? low : undefined;
  }

  /** Indices of an AS's neighbours, ascending. */
  neighbours(index: number): Uint32Array {
    return this.#neighbours.subarray(this.#starts[index], this.#starts[index + 1]);
  }

  /** What each of `neighbours` is to the AS, in the same order; values of `relation`. */
  codes(index: number): Uint8Array {
    return this.#codes.subarray(this.#starts[index], this.#starts[index + 1]);
  }

  degree(index: number): number {
    return (this.#starts[index + 1] ?? 0) - (this.#starts[index] ?? 0);
  }

  customers(index: number): number {
    let count = 0;
    for (const code of this.codes(index)) if (code === relation.customer) count++;
    return count;
  }
}
