/** Prefixes (CIDR) and what is asked of them. */
import type { Family } from "../spec.ts";
import { addressBits, formatAddress, parseAddress, type Address } from "./address.ts";

export interface Prefix {
  readonly family: Family;
  /** The first address. */
  readonly value: bigint;
  readonly length: number;
}

/** An address with the length of the prefix it lies in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly length: number;
}

/** `192.0.2.1/24` or `2001:db8::1/64`, host bits allowed; undefined where the text is none. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length > addressBits(address.family) ? undefined : { address, length };
}

/** The prefix that holds the address. */
export function prefixOf({ address, length }: InterfaceAddress): Prefix {
  const hostBits = BigInt(addressBits(address.family) - length);
  return { family: address.family, value: (address.value >> hostBits) << hostBits, length };
}

/** A prefix without host bits set; undefined where the text is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const parsed = parseInterfaceAddress(text);
  if (parsed === undefined) return undefined;
  const prefix = prefixOf(parsed);
  return prefix.value === parsed.address.value ? prefix : undefined;
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

/** How many addresses it has. */
export function prefixSize(prefix: Prefix): bigint {
  return 1n << BigInt(addressBits(prefix.family) - prefix.length);
}

export function lastAddress(prefix: Prefix): bigint {
  return prefix.value + prefixSize(prefix) - 1n;
}

export function prefixesOverlap(one: Prefix, other: Prefix): boolean {
  return one.family === other.family && one.value <= lastAddress(other) && other.value <= lastAddress(one);
}

export function prefixContains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && prefix.value <= address.value && address.value <= lastAddress(prefix);
}

/**
 * The addresses that interfaces may have, as offsets from the first. All of them in /31 and longer (RFC 3021) and
 * /127 and longer (RFC 6164). Otherwise not the first (IPv4: the network; IPv6: Subnet-Router anycast, RFC 4291)
 * and, for IPv4, not the last (broadcast).
 */
export function usableOffsets(prefix: Prefix): { readonly first: bigint; readonly last: bigint } {
  const size = prefixSize(prefix);
  if (size <= 2n) return { first: 0n, last: size - 1n };
  return { first: 1n, last: prefix.family === "ipv4" ? size - 2n : size - 1n };
}

const special = [
  ["0.0.0.0/8", "this network"],
  ["127.0.0.0/8", "loopback"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["::/96", "unspecified, loopback and IPv4-compatible"],
  ["::ffff:0:0/96", "IPv4-mapped"],
  ["fe80::/10", "link-local"],
  ["ff00::/8", "multicast"],
].map(([text, use]) => ({ prefix: parsePrefix(text ?? "") as Prefix, use: use ?? "" }));

/** What a prefix is set aside for, where that rules out routing it (RFC 6890, RFC 4291); otherwise undefined. */
export function specialUse(prefix: Prefix): string | undefined {
  return special.find((entry) => prefixesOverlap(entry.prefix, prefix))?.use;
}
