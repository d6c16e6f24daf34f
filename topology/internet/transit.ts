/** Whose traffic to one AS goes through another. */
import { learned, type Spread } from "./spread.ts";

/** By index, 1 for ASes whose path has `middle` in it; `middle` itself isn't among them. */
export function throughAs({ from, nextHop }: Spread, middle: number): Uint8Array {
  const unknown = 255;
  const through = new Uint8Array(from.length).fill(unknown);
  const way: number[] = [];
  for (let index = 0; index < through.length; index++) {
    let at = index;
    while (through[at] === unknown && at !== middle && (from[at] ?? learned.none) > learned.originated) {
      way.push(at);
      at = nextHop[at] ?? at;
    }
    if (through[at] === unknown && at !== middle) through[at] = 0;
    const end = at === middle || through[at] === 1 ? 1 : 0;
    for (let each = way.pop(); each !== undefined; each = way.pop()) through[each] = end;
  }
  through[middle] = 0;
  return through;
}
