/** Further addresses of nodes, such as an anycast service's. */
import type { Draft } from "../draft.ts";
import { member, type Report } from "../validation/report.ts";
import { formatAddress } from "./address.ts";
import { readInterfaceAddress } from "./declared.ts";

/** By node, canonical text with length, of the families in use. Several nodes may have the same one. */
export function readExtraAddresses({ spec, families }: Draft, report: Report): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(spec.nodes).map(([name, node]) => {
      const addresses = (node.kind === "machine" ? undefined : node.addresses) ?? [];
      const path = `${member("nodes", name)}.addresses`;
      const seen = new Set<string>();
      const own = addresses.flatMap((text, index) => {
        const family = text.includes(":") ? "ipv6" : "ipv4";
        const read = readInterfaceAddress(text, family, `${path}[${index}]`, report);
        if (read === undefined) return [];
        const canonical = `${formatAddress(read.address)}/${read.length}`;
        if (seen.has(canonical))
          report.add("duplicate-address", `${path}[${index}]`, text, "each address once", "Leave it out here.");
        seen.add(canonical);
        return families.includes(family) ? [canonical] : [];
      });
      return [name, own];
    }),
  );
}
