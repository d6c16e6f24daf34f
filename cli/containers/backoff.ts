/** Milliseconds. What ends later than twice that after its last end has run in between. */
const longest = 30_000;

/** Keeps a container that ends as soon as it is started from being started without a pause. */
export class Backoff {
  readonly #ended = new Map<string, { readonly times: number; readonly at: number; readonly until: number }>();

  /** `now`: milliseconds, as in `until`. */
  ended(node: string, now: number): void {
    const last = this.#ended.get(node);
    const times = last !== undefined && now - last.at < 2 * longest ? last.times + 1 : 1;
    this.#ended.set(node, { times, at: now, until: now + pause(times) });
  }

  /** Before when it isn't to be started; in the past, or 0, for those that may. */
  until(node: string): number {
    return this.#ended.get(node)?.until ?? 0;
  }
}

/** None at first, from the third end in a row on 1 s, then twice as long each time. */
function pause(times: number): number {
  return times > 2 ? Math.min(1000 * 2 ** (times - 3), longest) : 0;
}
