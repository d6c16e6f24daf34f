/** Made-up internets of any size, for tests and for the benchmark. */
import { randomNumbers } from "./random.ts";

export interface GeneratedRelationships {
  /** As CAIDA writes it. */
  readonly text: string;
  readonly ases: number;
  readonly relations: number;
}

/** Of all ASes, those that sell transit. */
const transitShare = 0.15;
/** Of all ASes, those that peer; the largest transit networks are among them. */
const peeringShare = 0.4;
const mostTier1 = 16;

/**
 * An internet with the shape of the real one: a clique of tier-1 ASes; below it ASes that sell transit, in a hierarchy
 * without cycles; the rest stubs. New ASes buy mostly of those that have many relations already (preferential
 * attachment), so that few get many. What remains of the relations are peerings, most of them of few ASes. ASNs count
 * from 1 without those set aside. The same arguments give the same text.
 *
 * @param relations at least 3 for each AS, and far fewer than there are pairs.
 */
export function generateRelationships(ases: number, relations: number, serial: 1 | 2 = 1): GeneratedRelationships {
  const random = randomNumbers(20260101);
  const below = (limit: number): number => Math.floor(random() * limit);
  const asn = (index: number): number => {
    const number = index + 1;
    return number + (number >= 23456 ? 1 : 0) + (number >= 65534 ? 1 : 0);
  };
  const lines: string[] = [];
  const pairs = new Set<number>();
  const add = (one: number, other: number, kind: "-1" | "0"): boolean => {
    const pair = Math.min(one, other) * ases + Math.max(one, other);
    if (one === other || pairs.has(pair) || pairs.size >= relations) return false;
    pairs.add(pair);
    lines.push(`${asn(one)}|${asn(other)}|${kind}${serial === 2 ? (kind === "0" ? "|mlp" : "|bgp") : ""}`);
    return true;
  };
  const tier1 = Math.min(mostTier1, Math.max(1, Math.floor(ases / 10)));
  for (let one = 0; one < tier1; one++) for (let other = one + 1; other < tier1; other++) add(one, other, "0");

  // Each sale enters the seller once more, so that who sells much is drawn often. Sellers come before their buyers.
  const sellers = Array.from({ length: 20 * tier1 }, (_, index) => index % tier1);
  const transit = Math.max(tier1, Math.floor(ases * transitShare));
  for (let index = tier1; index < ases; index++) {
    const known = Math.min(index, transit);
    const wanted = [1, 1, 1, 2, 2, 2, 2, 3, 3, 4][below(10)] ?? 1;
    for (let bought = 0, tries = 0; bought < wanted && tries < 20; tries++) {
      const provider = random() < 0.85 ? (sellers[below(sellers.length)] ?? 0) : below(known);
      if (!add(provider, index, "-1")) continue;
      sellers.push(provider);
      bought++;
    }
    if (index < transit) sellers.push(index);
  }

  const peering = Math.max(2, Math.floor(ases * peeringShare));
  for (let tries = 0; pairs.size < relations && tries < 50 * relations; tries++) {
    // Powers of an even draw give the first ranks most of the peerings.
    const one = Math.min(tier1 + Math.floor(random() ** 3 * peering), ases - 1);
    const other = Math.min(tier1 + Math.floor(random() ** 1.5 * peering), ases - 1);
    add(one, other, "0");
  }
  return { text: `# made up\n${lines.join("\n")}\n`, ases, relations: pairs.size };
}
