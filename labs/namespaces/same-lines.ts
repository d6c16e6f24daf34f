import { expectation, seen } from "../expect.ts";
import type { Expectation } from "../lab.ts";

/** Of two outputs with a line `---` between them: they are the same. `what` names the two. */
export function sameLines(what: string): Expectation {
  return expectation(`${what} described alike`, (result) => {
    const [one, other, ...more] = result.stdout.split(/^---$/m).map(lines);
    if (one === undefined || other === undefined || more.length > 0 || one.length === 0) return seen(result);
    const length = Math.max(one.length, other.length);
    for (let index = 0; index < length; index++)
      if (one[index] !== other[index])
        return `${JSON.stringify(one[index] ?? "")} in one and ${JSON.stringify(other[index] ?? "")} in the other`;
    return undefined;
  });
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => line !== "");
}
