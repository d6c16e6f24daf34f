/** Many hijacks or leaks, by ASes drawn at random. */
import type { Prefix } from "../addressing/prefix.ts";
import { rowLength, type Internet } from "./graph.ts";
import { hijackOutcome } from "./hijack.ts";
import { propagateLeak } from "./leak.ts";
import { propagate, type Deployment } from "./propagate.ts";
import { randomNumbers } from "./random.ts";
import { tallyHijack, tallyLeak } from "./tally.ts";
import { throughAs } from "./transit.ts";
import type { Roa, RoaText } from "./validation.ts";

/** What is computed of each pair: for a hijack once with each deployment, for a leak before it and once with each. */
export type Experiment =
  | {
      readonly kind: "hijack";
      readonly prefix: Prefix;
      readonly subPrefix: boolean;
      readonly forgedOrigin: boolean;
      readonly roas: readonly RoaText[];
      readonly deployments: readonly Omit<Deployment, "pathEndRecords">[];
    }
  | {
      readonly kind: "leak";
      /** Roles; those of the leaker don't count, or it wouldn't leak. */
      readonly deployments: readonly (Uint8Array | undefined)[];
    };

/** Victim and attacker, or victim and leaker, as indices. */
export type Pair = readonly [victim: number, other: number];

/** The victim's ROAs: those that name no AS are its. */
export function roasOf(texts: readonly RoaText[], victim: number): Roa[] {
  return texts.map(({ prefix, maxLength, asn = victim }) => ({ prefix, maxLength, asn }));
}

/** How many figures `measurePair` gives. */
export function figuresOf({ kind, deployments }: Experiment): number {
  return deployments.length + (kind === "leak" ? 1 : 0);
}

/** How many ASes are hit, in the order that `Experiment` tells. */
export function measurePair(internet: Internet, experiment: Experiment, [victim, other]: Pair): number[] {
  switch (experiment.kind) {
    case "hijack": {
      const { prefix, subPrefix, forgedOrigin, deployments } = experiment;
      const hijack = { victim, attacker: other, prefix, subPrefix, forgedOrigin };
      const roas = roasOf(experiment.roas, internet.asns[victim] ?? 0);
      return deployments.map(
        (deployment) => tallyHijack(hijackOutcome(internet, hijack, roas, deployment), victim, other).hit,
      );
    }
    case "leak": {
      const outcomes = [
        propagate(internet, [{ by: victim }]),
        ...experiment.deployments.map((roles) => propagateLeak(internet, victim, other, rolesWithout(roles, other))),
      ];
      return outcomes.map((routes) => tallyLeak(routes, throughAs(routes, other), victim, other).hit);
    }
  }
}

/** The same, but for one AS. */
export function rolesWithout(roles: Uint8Array | undefined, index: number): Uint8Array | undefined {
  if (roles === undefined || roles[index] === 0) return roles;
  const others = roles.slice();
  others[index] = 0;
  return others;
}

/** Indices of ASes that can do it: anybody can hijack, but to leak takes two providers or peers. */
export function candidates(internet: Internet, kind: Experiment["kind"]): number[] {
  const all = Array.from(internet.asns.keys());
  if (kind === "hijack") return all;
  return all.filter((index) => rowLength(internet.providers, index) + rowLength(internet.peers, index) >= 2);
}

/**
 * Pairs drawn evenly, the same for the same seed. With a victim each candidate is drawn once at most, so that there may
 * be fewer pairs than asked for; without one, pairs may come again.
 *
 * @param seed a whole number from 1 to 2147483646.
 */
export function drawPairs(
  internet: Internet,
  others: readonly number[],
  { count, seed, victim }: { readonly count: number; readonly seed: number; readonly victim?: number | undefined },
): Pair[] {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pairs: Pair[] = [];
  if (victim === undefined) {
    while (others.length > 0 && pairs.length < count) {
      const pair: Pair = [below(internet.asns.length), others[below(others.length)] ?? 0];
      if (pair[0] !== pair[1]) pairs.push(pair);
    }
    return pairs;
  }
  const left = others.filter((index) => index !== victim);
  while (pairs.length < count && left.length > 0) {
    const place = below(left.length);
    const drawn = left[place] ?? 0;
    left[place] = left.at(-1) ?? 0;
    left.pop();
    pairs.push([victim, drawn]);
  }
  return pairs;
}

export interface Distribution {
  readonly mean: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/** Quantiles between two values are in proportion (type 7 of Hyndman and Fan). @param values at least one. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((one, other) => one - other);
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    return low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? 0) - low);
  };
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    minimum: quantile(0),
    lowerQuartile: quantile(0.25),
    median: quantile(0.5),
    upperQuartile: quantile(0.75),
    maximum: quantile(1),
  };
}
