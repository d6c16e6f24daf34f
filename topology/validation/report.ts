/** How the stages of validation note problems. */
import type { Problem } from "../problem.ts";

/** The place of a member: `nodes.r1`, or `nodes["R 1"]` where the key is no plain word. */
export function member(path: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** Gathers the problems of one stage. */
export class Report {
  readonly problems: Problem[] = [];

  add(code: string, path: string, found: unknown, expected: string, hint: string): void {
    this.problems.push({ code, path, ...(found === undefined ? {} : { found }), expected, hint });
  }

  /** A name that stands for nothing. `what` is a noun with its article, e.g. "a node". */
  unknownReference(path: string, found: string, what: string, known: Iterable<string>): void {
    const suggestion = nearest(found, known);
    const hint =
      suggestion === undefined ? "Declare it, or correct the name." : `Did you mean ${JSON.stringify(suggestion)}?`;
    this.add("unknown-reference", path, found, `the name of ${what} that is declared`, hint);
  }
}

/** The candidate that differs from `text` in the fewest letters, if those are few enough for a typing error. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue;
    const distance = editDistance(text, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
