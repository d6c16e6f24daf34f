/** Finds ASes that are, by way of others, their own providers. */
import type { Problem } from "../problem.ts";
import { row, rowLength, type Internet } from "./graph.ts";

/** So many cycles are told one by one; the rest are counted. */
const mostProblems = 20;

/**
 * One problem for each cycle found; cycles share no AS. When their ASes are left out, none remains.
 *
 * Takes away ASes all of whose providers are gone. Where none is left to take and ASes remain, each has a provider among
 * them, so that going from provider to provider comes round.
 */
export function checkProviderCycles(internet: Internet): Problem[] {
  const count = internet.asns.length;
  const waitsFor = Uint32Array.from({ length: count }, (_, index) => rowLength(internet.providers, index));
  const gone = new Uint8Array(count);
  const free: number[] = [];
  for (let index = 0; index < count; index++) if (waitsFor[index] === 0) free.push(index);
  const cycles: number[][] = [];
  let next = 0;
  for (;;) {
    for (let index = free.pop(); index !== undefined; index = free.pop()) {
      if (gone[index] === 1) continue;
      gone[index] = 1;
      for (const customer of row(internet.customers, index)) {
        const left = (waitsFor[customer] ?? 0) - 1;
        waitsFor[customer] = left;
        if (left === 0) free.push(customer);
      }
    }
    while (gone[next] === 1) next++;
    if (next >= count) break;
    const cycle = cycleAbove(internet, next, gone);
    cycles.push(cycle);
    free.push(...cycle);
  }
  return report(internet, cycles);
}

function cycleAbove(internet: Internet, start: number, gone: Uint8Array): number[] {
  const place = new Map<number, number>();
  const walk: number[] = [];
  let at = start;
  while (!place.has(at)) {
    place.set(at, walk.length);
    walk.push(at);
    at = row(internet.providers, at).find((provider) => gone[provider] === 0) ?? at;
  }
  return walk.slice(place.get(at));
}

function report({ asns }: Internet, cycles: readonly (readonly number[])[]): Problem[] {
  const problems = cycles.slice(0, mostProblems).map((cycle): Problem => {
    const numbers = cycle.map((index) => asns[index] ?? 0);
    const shown = numbers.length > 12 ? [...numbers.slice(0, 12), "…"] : [...numbers, numbers[0]];
    return {
      code: "provider-cycle",
      path: `AS ${numbers[0]}`,
      found: shown.join(" buys from "),
      expected: "no AS among its own providers' providers",
      hint: "Routes need not settle in such a cycle. Take out the relation that is wrong, or make it a peering.",
    };
  });
  if (cycles.length > mostProblems) {
    problems.push({
      code: "more-problems",
      path: `and ${cycles.length - mostProblems} more`,
      expected: "no AS among its own providers' providers",
      hint: `The first ${mostProblems} are above; are providers and customers the wrong way round in some of the file?`,
    });
  }
  return problems;
}
