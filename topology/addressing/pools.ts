/** The pools that a topology's automatic addresses come from. */
import type { AddressingSpec, Family } from "../spec.ts";
import type { Report } from "../validation/report.ts";
import { readPrefix } from "./declared.ts";
import { formatPrefix, parsePrefix, prefixesOverlap, type Prefix } from "./prefix.ts";

/** What a pool is for. */
export type Use = "links" | "segments" | "loopbacks";

interface PoolKind {
  readonly property: keyof AddressingSpec;
  readonly use: Use;
  readonly family: Family;
  readonly default: string;
  /** Length of the prefixes it gives out. */
  readonly length: number;
}

// Pools of both families have as many slots, so that a name gets the same one in both: 10.255.85.9 and fd00::5509.
const kinds: readonly PoolKind[] = [
  { property: "links4", use: "links", family: "ipv4", default: "10.0.0.0/9", length: 31 },
  { property: "links6", use: "links", family: "ipv6", default: "fd00:1::/105", length: 127 },
  { property: "segments4", use: "segments", family: "ipv4", default: "10.128.0.0/10", length: 24 },
  { property: "segments6", use: "segments", family: "ipv6", default: "fd00:2::/50", length: 64 },
  { property: "loopbacks4", use: "loopbacks", family: "ipv4", default: "10.255.0.0/16", length: 32 },
  { property: "loopbacks6", use: "loopbacks", family: "ipv6", default: "fd00::/112", length: 128 },
];

export interface DeclaredPool extends PoolKind {
  readonly prefix: Prefix;
}

/** The pools declared, or their defaults. One that is wrong is left out, and noted. */
export function readPools(spec: AddressingSpec, report: Report): readonly DeclaredPool[] {
  const pools: DeclaredPool[] = [];
  for (const kind of kinds) {
    const path = `addressing.${kind.property}`;
    const text = spec[kind.property];
    const prefix = text === undefined ? parsePrefix(kind.default) : readPrefix(text, kind.family, path, report);
    if (prefix === undefined) continue;
    if (prefix.length > kind.length) {
      const hint = `It gives out a /${kind.length} at a time.`;
      report.add("pool-too-small", path, text, `a /${kind.length} or wider`, hint);
      continue;
    }
    const other = pools.find((pool) => prefixesOverlap(pool.prefix, prefix));
    if (other !== undefined) {
      const hint = `It overlaps addressing.${other.property}, ${formatPrefix(other.prefix)}; change one of them.`;
      report.add("overlapping-pools", path, formatPrefix(prefix), "a pool apart from the others", hint);
      continue;
    }
    pools.push({ ...kind, prefix });
  }
  return pools;
}
