/** BGP identifiers. */
import { formatAddress } from "../addressing/address.ts";
import { hashText } from "../addressing/hash.ts";
import type { AddressPlan } from "../addressing/plan.ts";
import type { Draft } from "../draft.ts";

const smallest = 0x01000000;
const count = 0xdf000000;

/** By router: its IPv4 loopback, or where there is none a number made from its name, unique (RFC 6286 wants no more). */
export function planRouterIds(draft: Draft, plan: AddressPlan): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<number>();
  for (const name of draft.routers.keys()) {
    const loopback = plan.loopbackOf(name, "ipv4");
    if (loopback !== undefined) {
      ids.set(name, formatAddress(loopback));
      continue;
    }
    let slot = hashText(name) % count;
    while (taken.has(slot)) slot = (slot + 1) % count;
    taken.add(slot);
    ids.set(name, formatAddress({ family: "ipv4", value: BigInt(smallest + slot) }));
  }
  return ids;
}
