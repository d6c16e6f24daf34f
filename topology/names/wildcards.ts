/** Longest-prefix match by DNS: wildcards (RFC 4592) below reversed addresses. */
import { addressBits } from "../addressing/address.ts";
import { labelsOf } from "./hosts.ts";
import type { Prefix } from "../addressing/prefix.ts";

export interface PrefixValue {
  /** All of one family. */
  readonly prefix: Prefix;
  readonly value: string;
}

/** Bits in a label of a reversed address: an octet, a nibble. */
const labelBits = { ipv4: 8, ipv6: 4 } as const;

/**
 * The names under which a zone must hold values so that a query for an address, reversed label by label, is answered
 * with the value of the longest prefix around it; where there is none, with no data.
 *
 * A prefix that ends inside a label stands under each label that it covers. A wildcard doesn't match below a name that
 * exists beside it (RFC 4592, 2.2.1: the closest encloser counts), so wherever a more specific prefix makes a name
 * exist, what the less specific one says is said again there.
 *
 * @returns By name, such as `*.0.10` or `5.0.0.10`; the value of a prefix given twice is the last one's.
 */
export function prefixWildcards(values: readonly PrefixValue[]): ReadonlyMap<string, string> {
  const [first] = values;
  if (first === undefined) return new Map();
  const { family } = first.prefix;
  const [bits, step] = [addressBits(family), labelBits[family]];
  const byLength = new Map<number, Map<bigint, string>>();
  // Names that exist, as the numbers that their labels spell, by how many labels they have.
  const existing = Array.from({ length: bits / step + 1 }, () => new Set<bigint>());
  for (const { prefix, value } of values) {
    const bitsOf = prefix.value >> BigInt(bits - prefix.length);
    const known = byLength.get(prefix.length);
    if (known === undefined) byLength.set(prefix.length, new Map([[bitsOf, value]]));
    else known.set(bitsOf, value);
    const depth = Math.ceil(prefix.length / step);
    const open = BigInt(depth * step - prefix.length);
    for (let label = 0n; label < 1n << open; label++)
      for (let [at, name] = [depth, (bitsOf << open) | label]; at >= 0; at--, name >>= BigInt(step))
        existing[at]?.add(name);
  }
  const lengths = [...byLength.keys()].sort((one, other) => other - one);
  const names = new Map<string, string>();
  for (const [depth, all] of existing.entries())
    for (const name of all) {
      const length = lengths.find(
        (each) => each <= depth * step && byLength.get(each)?.has(name >> BigInt(depth * step - each)),
      );
      if (length === undefined) continue;
      const value = byLength.get(length)?.get(name >> BigInt(depth * step - length)) ?? "";
      const labels = labelsOf({ family, value: name << BigInt(bits - depth * step) }).slice(bits / step - depth);
      names.set((depth === bits / step ? labels : ["*", ...labels]).join("."), value);
    }
  return names;
}
