/** Finds addresses that more than one thing claims. */
import type { DraftEnd } from "../draft.ts";
import type { Report } from "../validation/report.ts";
import { formatAddress, type Address } from "./address.ts";
import { formatPrefix, lastAddress, type Prefix } from "./prefix.ts";

/** A link's or segment's prefix with its ends' addresses, or a loopback (no ends). */
export interface Claim {
  readonly prefix: Prefix;
  readonly path: string;
  readonly addresses: ReadonlyMap<DraftEnd, Address>;
}

/** Notes each claim that overlaps one declared before it. All claims are of one family. */
export function checkOverlaps(claims: readonly Claim[], report: Report): void {
  const ordered = [...claims.entries()].sort(([, one], [, other]) => {
    if (one.prefix.value !== other.prefix.value) return one.prefix.value < other.prefix.value ? -1 : 1;
    return one.prefix.length - other.prefix.length;
  });
  // Prefixes are nested or apart: in this order the last one that isn't inside another holds all that overlap it.
  let outer: readonly [number, Claim] | undefined;
  const overlaps: { earlier: Claim; later: Claim; order: number }[] = [];
  for (const entry of ordered) {
    if (outer === undefined || entry[1].prefix.value > lastAddress(outer[1].prefix)) outer = entry;
    else {
      const [earlier, later] = outer[0] < entry[0] ? [outer, entry] : [entry, outer];
      overlaps.push({ earlier: earlier[1], later: later[1], order: later[0] });
    }
  }
  for (const { earlier, later } of overlaps.sort((one, other) => one.order - other.order)) note(earlier, later, report);
}

function note(earlier: Claim, later: Claim, report: Report): void {
  const hint = `${earlier.path} has ${formatPrefix(earlier.prefix)}; change one of them.`;
  const loopback = [later, earlier].find((claim) => claim.addresses.size === 0);
  const other = loopback === later ? earlier : later;
  const isSame = (address: Address): boolean => address.value === loopback?.prefix.value;
  const sameLoopback = other.addresses.size === 0 && isSame(other.prefix);
  if (loopback !== undefined && (sameLoopback || [...other.addresses.values()].some(isSame))) {
    const found = formatAddress(loopback.prefix);
    report.add("duplicate-address", later.path, found, "an address of its own", hint);
  } else {
    report.add("overlapping-prefixes", later.path, formatPrefix(later.prefix), "a prefix apart from all others", hint);
  }
}
