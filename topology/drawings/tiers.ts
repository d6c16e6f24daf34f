/** How far from the top each AS is. */
import type { Topology } from "../topology.ts";

/** Infinity for an AS that buys and sells nothing on: a stub. */
export type Tiers = ReadonlyMap<string, number>;

/** By AS: 0 without a provider, else one more than its lowest provider; Infinity for stubs. ASes that sell to each other in a circle stop where it closes. */
export function tiers({ autonomousSystems, relations }: Topology): Tiers {
  const providers = new Map(autonomousSystems.map(({ name }) => [name, new Set<string>()]));
  const sells = new Set<string>();
  for (const { kind, a, b } of relations) {
    if (kind !== "transit") continue;
    providers.get(b)?.add(a);
    sells.add(a);
  }
  const found = new Map<string, number>();
  // Rounds, not recursion: a chain of providers may be long.
  let round = autonomousSystems.filter(({ name }) => providers.get(name)?.size === 0).map(({ name }) => name);
  const waiting = new Map([...providers].map(([name, of]) => [name, of.size]));
  const customers = new Map<string, string[]>();
  for (const [name, of] of providers)
    for (const provider of of) customers.set(provider, [...(customers.get(provider) ?? []), name]);
  for (let tier = 0; round.length > 0; tier++) {
    const next: string[] = [];
    for (const name of round) {
      found.set(name, tier);
      for (const customer of customers.get(name) ?? []) {
        const left = (waiting.get(customer) ?? 0) - 1;
        waiting.set(customer, left);
        if (left === 0) next.push(customer);
      }
    }
    round = next;
  }
  for (const { name } of autonomousSystems) {
    if (!found.has(name)) found.set(name, 1);
    if (!sells.has(name) && (providers.get(name)?.size ?? 0) > 0) found.set(name, Infinity);
  }
  return found;
}
