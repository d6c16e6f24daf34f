/** Milliseconds. What ends later than twice that after its last end has run in between. */
const longest = 30_000;

/** Keeps a container that ends as soon as it is started from being started without a pause. Pure but for what it was told. */
export class Restraint {
  readonly #ended = new Map<string, { readonly times: number; readonly at: number }>();

  /**
   * Milliseconds to wait before the next repair: none at first, from a node's third end in a row on 1 s, then twice as
   * long each time, up to 30 s. `now`: milliseconds.
   */
  after(nodes: Iterable<string>, now: number): number {
    let wait = 0;
    for (const node of new Set(nodes)) {
      const last = this.#ended.get(node);
      const times = last !== undefined && now - last.at < 2 * longest ? last.times + 1 : 1;
      this.#ended.set(node, { times, at: now });
      if (times > 2) wait = Math.max(wait, Math.min(1000 * 2 ** (times - 3), longest));
    }
    return wait;
  }
}
