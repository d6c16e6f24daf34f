/** Reads addresses and prefixes that a spec declares, and notes what is wrong with them. */
import type { Family } from "../spec.ts";
import type { Report } from "../validation/report.ts";
import { addressBits, parseAddress, type Address } from "./address.ts";
import {
  formatPrefix,
  parseInterfaceAddress,
  prefixContains,
  prefixOf,
  specialUse,
  usableOffsets,
  type InterfaceAddress,
  type Prefix,
} from "./prefix.ts";

const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const;
const examples = {
  ipv4: { prefix: "192.0.2.0/24", address: "192.0.2.1" },
  ipv6: { prefix: "2001:db8::/64", address: "2001:db8::1" },
} as const;

/** A prefix of that family for links and pools, or (undefined) one of any family to originate, the default route too. */
export function readPrefix(text: string, family: Family | undefined, path: string, report: Report): Prefix | undefined {
  const parsed = parseInterfaceAddress(text);
  const wanted = family ?? "ipv4";
  if (parsed === undefined) {
    const expected = `an ${family === undefined ? "IPv4 or IPv6" : familyNames[family]} prefix such as ${examples[wanted].prefix}`;
    report.add("bad-prefix", path, text, expected, "Write an address, a slash and a length.");
    return undefined;
  }
  if (!hasFamily(text, parsed.address, family, path, report)) return undefined;
  const prefix = prefixOf(parsed);
  if (prefix.value !== parsed.address.value) {
    const expected = `no bits set after the first ${prefix.length}`;
    report.add("host-bits-set", path, text, expected, `The prefix around it is ${formatPrefix(prefix)}.`);
    return undefined;
  }
  const isDefaultRoute = family === undefined && prefix.length === 0;
  return isDefaultRoute || isRoutable(text, prefix, path, report) ? prefix : undefined;
}

/** An interface's address with length. */
export function readInterfaceAddress(
  text: string,
  family: Family,
  path: string,
  report: Report,
): InterfaceAddress | undefined {
  const parsed = parseInterfaceAddress(text);
  if (parsed === undefined) {
    const expected = `an ${familyNames[family]} address with length such as ${examples[family].address}${family === "ipv4" ? "/24" : "/64"}`;
    report.add("bad-address", path, text, expected, "Write an address, a slash and a length.");
    return undefined;
  }
  if (!hasFamily(text, parsed.address, family, path, report)) return undefined;
  return isRoutable(text, prefixOf(parsed), path, report) ? parsed : undefined;
}

/** An address without length, as a prefix of that address alone. */
export function readLoopback(text: string, family: Family, path: string, report: Report): Prefix | undefined {
  const address = parseAddress(text);
  if (address === undefined) {
    const expected = `an ${familyNames[family]} address such as ${examples[family].address}`;
    report.add("bad-address", path, text, expected, "Write it without a length.");
    return undefined;
  }
  if (!hasFamily(text, address, family, path, report)) return undefined;
  const prefix = { ...address, length: addressBits(family) };
  return isRoutable(text, prefix, path, report) ? prefix : undefined;
}

/** Whether an interface with the address fits the prefix of its link or segment. */
export function fitsPrefix(
  declared: InterfaceAddress,
  prefix: Prefix,
  found: string,
  path: string,
  report: Report,
): boolean {
  const { address, length } = declared;
  if (length !== prefix.length || !prefixContains(prefix, address)) {
    const expected = `an address of ${formatPrefix(prefix)} with that length`;
    report.add(
      "address-outside-prefix",
      path,
      found,
      expected,
      "Correct the address, or the prefix of the link or segment.",
    );
    return false;
  }
  const offset = address.value - prefix.value;
  const { first, last } = usableOffsets(prefix);
  if (offset >= first && offset <= last) return true;
  const hint =
    address.family === "ipv6"
      ? "The first address is every router's (Subnet-Router anycast, RFC 4291)."
      : "The first address stands for the network, the last is broadcast.";
  report.add("unusable-address", path, found, `an address that one interface can have`, hint);
  return false;
}

function hasFamily(text: string, address: Address, family: Family | undefined, path: string, report: Report): boolean {
  if (family === undefined || address.family === family) return true;
  report.add("wrong-family", path, text, familyNames[family], `This is ${familyNames[address.family]}.`);
  return false;
}

function isRoutable(text: string, prefix: Prefix, path: string, report: Report): boolean {
  const use = specialUse(prefix);
  if (use === undefined) return true;
  report.add("special-prefix", path, text, "addresses that can be routed", `These are set aside (${use}).`);
  return false;
}
