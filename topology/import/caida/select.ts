/** A part of the internet that is small enough for a lab. */
import { assertNoProblems, type Problem } from "../../problem.ts";
import { relation, type AsGraph } from "./graph.ts";

/** ASes that hang together, and every relation that they have among them. */
export interface AsSelection {
  /** AS numbers, ascending. */
  readonly ases: readonly number[];
  /** Provider, then customer; ascending. */
  readonly transit: readonly (readonly [provider: number, customer: number])[];
  /** The lower number first; ascending. */
  readonly peers: readonly (readonly [number, number])[];
}

export interface SelectionOptions {
  /** The ASes in the middle. Default: none; the largest ASes are taken. */
  readonly middle?: readonly number[] | undefined;
  /** Relations from one of `middle` to the farthest AS, 0 to 16. Default 1. */
  readonly radius?: number | undefined;
  /** Most ASes, 1 to 4096. Default 50 without `middle`; with it, as many as there are in the radius. */
  readonly maximum?: number | undefined;
}

/** As many as have a prefix of their own (spec.ts); one machine holds some hundreds. */
export const mostAses = 4096;

/**
 * ASes around some, or the largest. The same graph and options give the same selection.
 *
 * @throws ProblemsError with everything that is wrong with the options.
 */
export function select(graph: AsGraph, options: SelectionOptions): AsSelection {
  const { middle, radius, maximum } = options;
  if (middle !== undefined) return selectAround(graph, { middle, radius: radius ?? 1, maximum });
  const problems = checkMaximum(maximum);
  if (radius !== undefined) {
    const hint = "Say around which AS, or leave the radius out to have the largest ASes.";
    problems.push({ code: "radius-without-as", path: "radius", found: radius, expected: "an AS in the middle", hint });
  }
  assertNoProblems("the selection of ASes", problems);
  return selectLargest(graph, { maximum: maximum ?? 50 });
}

/**
 * Every AS within `radius` relations of one of `middle`. Where those are more than `maximum`, the nearest are taken, and of
 * those equally near the largest.
 *
 * @throws ProblemsError where an AS isn't in the graph, an option is out of range, ASes of `middle` don't hang together,
 *   or more than 4096 ASes are in the radius and no maximum is given.
 */
export function selectAround(
  graph: AsGraph,
  {
    middle,
    radius,
    maximum,
  }: { readonly middle: readonly number[]; readonly radius: number; readonly maximum?: number | undefined },
): AsSelection {
  const problems = checkMaximum(maximum, new Set(middle).size);
  const known = middle.flatMap((asn) => {
    const index = graph.indexOf(asn);
    if (index !== undefined) return [index];
    const expected = `one of the file's ${graph.asns.length} ASes`;
    problems.push({
      code: "unknown-as",
      path: "as",
      found: asn,
      expected,
      hint: "Choose ASes that have a relation in the file.",
    });
    return [];
  });
  if (!isWhole(radius, 0, 16)) {
    const hint = "Nearly every AS of the internet is within 4 relations of any other.";
    problems.push({
      code: "radius-out-of-range",
      path: "radius",
      found: radius,
      expected: "a whole number from 0 to 16",
      hint,
    });
  }
  assertNoProblems("the selection of ASes", problems);

  const larger = bySize(graph);
  const chosen = new Set(known);
  let ring = [...chosen];
  for (let distance = 0; distance < radius && ring.length > 0; distance++) {
    const next = new Set<number>();
    for (const index of ring)
      for (const neighbour of graph.neighbours(index)) if (!chosen.has(neighbour)) next.add(neighbour);
    const room = (maximum ?? Infinity) - chosen.size;
    ring = next.size > room ? [...next].sort(larger).slice(0, room) : [...next];
    for (const index of ring) chosen.add(index);
  }
  if (chosen.size > mostAses) {
    const expected = `at most ${mostAses} ASes in the radius`;
    const hint = "Take a smaller radius, or give a maximum as well to have the nearest and largest of them.";
    assertNoProblems("the selection of ASes", [
      { code: "selection-too-large", path: "radius", found: chosen.size, expected, hint },
    ]);
  }
  const apart = apartFrom(graph, chosen, known);
  if (apart !== undefined) {
    const [one, other] = [graph.asns[known[0] ?? 0], graph.asns[apart]];
    const expected = "ASes that hang together";
    const hint = `Nothing chosen joins AS ${one} and AS ${other}: name ASes between them too, or take a larger radius.`;
    assertNoProblems("the selection of ASes", [{ code: "apart", path: "as", found: other, expected, hint }]);
  }
  return selectionOf(graph, chosen);
}

/** One of `middle` that relations among those chosen don't lead to from the first; undefined where there is none. */
function apartFrom(graph: AsGraph, chosen: ReadonlySet<number>, middle: readonly number[]): number | undefined {
  const reached = new Set(middle.slice(0, 1));
  for (const index of reached)
    for (const neighbour of graph.neighbours(index)) if (chosen.has(neighbour)) reached.add(neighbour);
  return middle.find((index) => !reached.has(index));
}

/**
 * The largest AS, then time and again the largest of those that have a relation with one already taken. Largest is the
 * one with the most customers, then the most relations, then the lowest number. A graph in several pieces gives ASes of
 * the piece with the largest only.
 *
 * @throws ProblemsError where maximum is out of range.
 */
export function selectLargest(graph: AsGraph, { maximum }: { readonly maximum: number }): AsSelection {
  assertNoProblems("the selection of ASes", checkMaximum(maximum));
  const order = Array.from(graph.asns.keys()).sort(bySize(graph));
  const place = new Uint32Array(order.length);
  for (const [position, index] of order.entries()) place[index] = position;

  const chosen = new Set<number>();
  const within = new Set<number>(order.slice(0, 1));
  const queue = new PlaceQueue();
  queue.add(0);
  while (chosen.size < maximum) {
    const position = queue.takeLeast();
    if (position === undefined) break;
    const index = order[position] ?? 0;
    chosen.add(index);
    for (const neighbour of graph.neighbours(index)) {
      if (within.has(neighbour)) continue;
      within.add(neighbour);
      queue.add(place[neighbour] ?? 0);
    }
  }
  return selectionOf(graph, chosen);
}

function checkMaximum(maximum: number | undefined, least = 1): Problem[] {
  if (maximum === undefined || isWhole(maximum, least, mostAses)) return [];
  const hint = "A machine holds a few hundred routers.";
  const expected = `a whole number from ${least} to ${mostAses}`;
  return [{ code: "maximum-out-of-range", path: "maximum", found: maximum, expected, hint }];
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The larger first. */
function bySize(graph: AsGraph): (one: number, other: number) => number {
  const customers = Uint32Array.from(graph.asns.keys(), (index) => graph.customers(index));
  return (one, other) =>
    (customers[other] ?? 0) - (customers[one] ?? 0) || graph.degree(other) - graph.degree(one) || one - other;
}

function selectionOf(graph: AsGraph, chosen: ReadonlySet<number>): AsSelection {
  const indices = [...chosen].sort((one, other) => one - other);
  const transit: [number, number][] = [];
  const peers: [number, number][] = [];
  for (const index of indices) {
    const codes = graph.codes(index);
    for (const [position, neighbour] of graph.neighbours(index).entries()) {
      if (!chosen.has(neighbour)) continue;
      const pair: [number, number] = [graph.asns[index] ?? 0, graph.asns[neighbour] ?? 0];
      if (codes[position] === relation.customer) transit.push(pair);
      else if (codes[position] === relation.peer && index < neighbour) peers.push(pair);
    }
  }
  return { ases: indices.map((index) => graph.asns[index] ?? 0), transit, peers };
}

/** A binary heap of places in the order by size. */
class PlaceQueue {
  readonly #heap: number[] = [];

  add(place: number): void {
    const heap = this.#heap;
    let at = heap.push(place) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] ?? 0) <= place) break;
      heap[at] = heap[parent] ?? 0;
      at = parent;
    }
    heap[at] = place;
  }

  takeLeast(): number | undefined {
    const heap = this.#heap;
    const least = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      if ((heap[child] ?? 0) >= last) break;
      heap[at] = heap[child] ?? 0;
      at = child;
    }
    heap[at] = last;
    return least;
  }
}
