/** A pool of equally long prefixes, given out by name. */
import { addressBits } from "./address.ts";
import { hashText } from "./hash.ts";
import { lastAddress, prefixesOverlap, type Prefix } from "./prefix.ts";

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Each name gets the slot that its hash says, or the next free one. So what is given out depends on the names
 * before it only, and hardly on those: whoever appends a name changes no earlier one's prefix.
 */
export class Pool {
  readonly #pool: Prefix;
  readonly #length: number;
  readonly #slots: bigint;
  readonly #reserved: readonly Range[];
  readonly #taken = new Set<bigint>();

  /** `reserved`: prefixes that were declared and must not be given out; those outside the pool don't matter. */
  constructor(pool: Prefix, length: number, reserved: readonly Prefix[]) {
    this.#pool = pool;
    this.#length = length;
    this.#slots = 1n << BigInt(length - pool.length);
    this.#reserved = this.#slotRanges(reserved);
  }

  /** Undefined when the pool has no free slot left. */
  take(name: string): Prefix | undefined {
    const start = BigInt(hashText(name)) % this.#slots;
    const slot = this.#freeSlot(start, this.#slots) ?? this.#freeSlot(0n, start);
    if (slot === undefined) return undefined;
    this.#taken.add(slot);
    return { family: this.#pool.family, value: this.#pool.value + (slot << this.#hostBits()), length: this.#length };
  }

  #hostBits(): bigint {
    return BigInt(addressBits(this.#pool.family) - this.#length);
  }

  #freeSlot(from: bigint, until: bigint): bigint | undefined {
    let slot = from;
    while (slot < until) {
      const range = this.#reservedAt(slot);
      if (range !== undefined) slot = range.last + 1n;
      else if (this.#taken.has(slot)) slot += 1n;
      else return slot;
    }
    return undefined;
  }

  /** The reserved range that holds the slot, by binary search. */
  #reservedAt(slot: bigint): Range | undefined {
    let low = 0;
    let high = this.#reserved.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.#reserved[middle] as Range;
      if (slot < range.first) high = middle - 1;
      else if (slot > range.last) low = middle + 1;
      else return range;
    }
    return undefined;
  }

  /** The slots that reserved prefixes touch, in order and merged. */
  #slotRanges(reserved: readonly Prefix[]): Range[] {
    const ranges = reserved
      .filter((prefix) => prefixesOverlap(prefix, this.#pool))
      .map((prefix) => {
        const first = prefix.value < this.#pool.value ? this.#pool.value : prefix.value;
        const last = lastAddress(prefix) > lastAddress(this.#pool) ? lastAddress(this.#pool) : lastAddress(prefix);
        return {
          first: (first - this.#pool.value) >> this.#hostBits(),
          last: (last - this.#pool.value) >> this.#hostBits(),
        };
      })
      .sort((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0));
    const merged: Range[] = [];
    for (const range of ranges) {
      const previous = merged.at(-1);
      if (previous === undefined || range.first > previous.last + 1n) merged.push(range);
      else if (range.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: range.last };
    }
    return merged;
  }
}
