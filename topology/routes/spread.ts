/** How one prefix spreads over the ASes under Gao–Rexford policy. */
import type { AsGraph } from "./graph.ts";

/**
 * What an AS learned its best route from, in the order of preference. A route that came through siblings counts as
 * what the first of them learned it as; a sibling's own prefix counts as a customer's.
 */
export const learned = { none: 0, originated: 1, customer: 2, peer: 3, provider: 4 } as const;
export type Learned = (typeof learned)[keyof typeof learned];

/** By AS number in the graph: what the best route was learned from, and the length of its AS path. */
export interface Spread {
  readonly from: Uint8Array;
  readonly length: Uint32Array;
}

/**
 * The best routes of all ASes to a prefix that `origins` announce. Preference goes by what the route was learned
 * from, then by the length of its path, so three breadth-first walks find it: up to providers, across to peers, down
 * to customers. Each step makes a route worse, so this is the one stable outcome (Gao and Rexford 2001).
 */
export function spread(graph: AsGraph, origins: readonly number[]): Spread {
  const from = new Uint8Array(graph.names.length);
  const length = new Uint32Array(graph.names.length);
  for (const origin of origins) from[origin] = learned.originated;

  const offers: number[][] = [];
  const offer = (to: Iterable<number>, at: number): void => {
    for (const index of to) if (from[index] === learned.none) (offers[at] ??= []).push(index);
  };
  /** Settles everybody who got an offer, the shortest first, and lets each pass it on. */
  const settle = (as: Learned, passesOnTo: readonly (readonly ReadonlySet<number>[])[]): void => {
    for (let at = 0; at < offers.length; at++)
      for (const index of offers[at] ?? []) {
        if (from[index] !== learned.none) continue;
        from[index] = as;
        length[index] = at;
        for (const neighbours of passesOnTo) offer(neighbours[index] ?? [], at + 1);
      }
    offers.length = 0;
  };
  const lengthOf = (index: number): number => length[index] ?? 0;

  for (const origin of new Set(origins)) {
    offer(graph.providers[origin] ?? [], 1);
    offer(graph.siblings[origin] ?? [], 1);
  }
  settle(learned.customer, [graph.providers, graph.siblings]);

  for (let index = 0; index < from.length; index++)
    if (from[index] !== learned.none) offer(graph.peers[index] ?? [], lengthOf(index) + 1);
  settle(learned.peer, [graph.siblings]);

  for (let index = 0; index < from.length; index++)
    if (from[index] !== learned.none) offer(graph.customers[index] ?? [], lengthOf(index) + 1);
  settle(learned.provider, [graph.customers, graph.siblings]);
  return { from, length };
}

/** Whether routes learned like this go to peers, providers and route servers. */
export function goesToAll(from: number | undefined): boolean {
  return from === learned.originated || from === learned.customer;
}

/** The neighbours from which an AS may have its best route; several where the daemon's last tie-breaks decide. */
export function nextHops(graph: AsGraph, { from, length }: Spread, index: number): number[] {
  const kind = from[index];
  const passable = (neighbour: number): boolean =>
    from[neighbour] !== learned.none && (length[neighbour] ?? 0) + 1 === length[index];
  const among = (neighbours: ReadonlySet<number> | undefined, offers: (neighbour: number) => boolean): number[] =>
    [...(neighbours ?? [])].filter((neighbour) => passable(neighbour) && offers(neighbour));
  const hops: number[] = [];
  switch (kind) {
    case learned.customer:
      hops.push(...among(graph.customers[index], (n) => goesToAll(from[n])));
      hops.push(...among(graph.siblings[index], (n) => goesToAll(from[n])));
      break;
    case learned.peer:
      hops.push(...among(graph.peers[index], (n) => goesToAll(from[n])));
      hops.push(...among(graph.siblings[index], (n) => from[n] === learned.peer));
      break;
    case learned.provider:
      hops.push(...among(graph.providers[index], () => true));
      hops.push(...among(graph.siblings[index], (n) => from[n] === learned.provider));
      break;
    default:
      // Its own, or none at all: no neighbour is asked.
      break;
  }
  return [...new Set(hops)];
}
