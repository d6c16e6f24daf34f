/** Made-up files of AS relationships, of any size. */

export interface GeneratedRelationships {
  readonly text: string;
  readonly ases: number;
  readonly relations: number;
}

/**
 * An internet that grew: each AS buys from ASes that have many relations already (preferential attachment), so that few
 * get many; the rest of the relations are peerings. ASNs count from 1 without those set aside. The same arguments give
 * the same text.
 *
 * @param relations at least 2 for each AS, and far fewer than there are pairs.
 */
export function generateRelationships(ases: number, relations: number, serial: 1 | 2 = 1): GeneratedRelationships {
  const random = randomNumbers(1);
  const asn = (index: number): number => {
    const number = index + 1;
    return number + (number >= 23456 ? 1 : 0) + (number >= 65534 ? 1 : 0);
  };
  const lines = ["# made up"];
  const ends: number[] = [0];
  const pairs = new Set<number>();
  const add = (one: number, other: number, kind: "-1" | "0"): void => {
    const pair = Math.min(one, other) * ases + Math.max(one, other);
    if (one === other || pairs.has(pair)) return;
    pairs.add(pair);
    ends.push(one, other);
    lines.push(`${asn(one)}|${asn(other)}|${kind}${serial === 2 ? (kind === "0" ? "|mlp" : "|bgp") : ""}`);
  };
  const popular = (): number => ends[Math.floor(random() * ends.length)] ?? 0;
  for (let index = 1; index < ases; index++) {
    let provider = popular();
    while (provider >= index) provider = popular();
    add(provider, index, "-1");
    const second = popular();
    if (second < index) add(second, index, "-1");
  }
  while (pairs.size < relations) add(popular(), Math.floor(random() * ases), "0");
  return { text: `${lines.join("\n")}\n`, ases, relations: pairs.size };
}

/** Park and Miller's generator: 0 to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
