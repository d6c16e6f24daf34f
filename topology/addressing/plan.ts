/** Gives out every address of a topology, or notes why that can't be done. */
import type { Attachment, Draft, DraftEnd } from "../draft.ts";
import type { Family } from "../spec.ts";
import { member, type Report } from "../validation/report.ts";
import { formatAddress, type Address } from "./address.ts";
import { fitsPrefix, readInterfaceAddress, readLoopback, readPrefix } from "./declared.ts";
import { checkOverlaps, type Claim } from "./overlaps.ts";
import { Pool } from "./pool.ts";
import { readPools, type Use } from "./pools.ts";
import { formatPrefix, prefixOf, usableOffsets, type InterfaceAddress, type Prefix } from "./prefix.ts";

export interface AddressPlan {
  prefixOf(attachment: Attachment, family: Family): Prefix | undefined;
  addressOf(end: DraftEnd, family: Family): Address | undefined;
  loopbackOf(router: string, family: Family): Address | undefined;
}

/** What is known of a link or segment in one family: its prefix where declared, and its ends' declared addresses. */
interface Subnet {
  readonly attachment: Attachment;
  readonly prefix: Prefix | undefined;
  readonly addresses: ReadonlyMap<DraftEnd, InterfaceAddress>;
}

/**
 * Declared addresses come first; then links, segments and loopbacks without one get theirs from the pools. Families
 * that aren't in use are checked for their text only.
 */
export function planAddresses(draft: Draft, report: Report): AddressPlan {
  const prefixes: Record<Family, Map<Attachment, Prefix>> = { ipv4: new Map(), ipv6: new Map() };
  const addresses: Record<Family, Map<DraftEnd, Address>> = { ipv4: new Map(), ipv6: new Map() };
  const loopbacks: Record<Family, Map<string, Address>> = { ipv4: new Map(), ipv6: new Map() };
  const pools = readPools(draft.spec.addressing ?? {}, report);

  for (const family of ["ipv4", "ipv6"] as const) {
    const subnets = draft.attachments.flatMap((attachment) => readSubnet(draft, attachment, family, report) ?? []);
    const declaredLoopbacks = readLoopbacks(draft, family, report);
    if (!draft.families.includes(family)) continue;

    const reserved = [...subnets.flatMap((subnet) => subnet.prefix ?? []), ...declaredLoopbacks.values()];
    const sources = new Map<Use, Pool>();
    for (const pool of pools) {
      if (pool.family === family) sources.set(pool.use, new Pool(pool.prefix, pool.length, reserved));
    }
    const exhausted = new Set<Use>();
    const take = (use: Use, name: string, path: string): Prefix | undefined => {
      const source = sources.get(use);
      const prefix = source?.take(name);
      if (source !== undefined && prefix === undefined && !exhausted.has(use)) {
        exhausted.add(use);
        const pool = pools.find((each) => each.family === family && each.use === use);
        const hint = `Widen addressing.${pool?.property}, or declare addresses.`;
        report.add(
          "pool-exhausted",
          path,
          undefined,
          `a free /${pool?.length} in ${pool && formatPrefix(pool.prefix)}`,
          hint,
        );
      }
      return prefix;
    };

    const claims: Claim[] = [];
    for (const { attachment, prefix: declared, addresses: fixed } of subnets) {
      const use = attachment.kind === "link" ? "links" : "segments";
      const prefix = declared ?? take(use, attachment.name, attachment.path);
      if (prefix === undefined) continue;
      prefixes[family].set(attachment, prefix);
      const ends = attachment.ends.filter((end) => fixed.has(end) || !draft.machines.has(end.node));
      const given = numberEnds({ ...attachment, ends }, prefix, fixed, report);
      for (const [end, address] of given) addresses[family].set(end, address);
      claims.push({ prefix, path: attachment.path, addresses: given });
    }
    for (const { name, path } of draft.routers.values()) {
      const prefix = declaredLoopbacks.get(name) ?? take("loopbacks", name, path);
      if (prefix === undefined) continue;
      loopbacks[family].set(name, prefix);
      const place = declaredLoopbacks.has(name) ? `${path}.loopback.${family}` : path;
      claims.push({ prefix, path: place, addresses: new Map() });
    }
    checkOverlaps(claims, report);
  }
  return {
    prefixOf: (attachment, family) => prefixes[family].get(attachment),
    addressOf: (end, family) => addresses[family].get(end),
    loopbackOf: (router, family) => loopbacks[family].get(router),
  };
}

/** Undefined where the link or segment has none of the family, or none that is right. */
function readSubnet(draft: Draft, attachment: Attachment, family: Family, report: Report): Subnet | undefined {
  const declared = attachment.prefixes[family];
  const path = member(attachment.path, family);
  const prefix = typeof declared === "string" ? readPrefix(declared, family, path, report) : undefined;
  const fixed = new Map<DraftEnd, InterfaceAddress>();
  let complete = typeof declared !== "string" || prefix !== undefined;
  for (const end of attachment.ends) {
    const text = end.addresses[family];
    if (text === undefined) continue;
    const endPath = member(end.path, family);
    const address = readInterfaceAddress(text, family, endPath, report);
    if (address === undefined) complete = false;
    else if (declared === false) {
      const hint = `${path} is false: give it a prefix, or leave this address out.`;
      report.add("family-turned-off", endPath, text, `no ${family === "ipv4" ? "IPv4" : "IPv6"} address`, hint);
    } else fixed.set(end, address);
  }
  if (!complete || declared === false) return undefined;
  const [first] = fixed.values();
  const inferred = prefix ?? (first === undefined ? undefined : prefixOf(first));
  // Machines among themselves need no prefix: their setup gives them what addresses they have.
  if (inferred === undefined && attachment.ends.every(({ node }) => draft.machines.has(node))) return undefined;
  if (inferred === undefined) return { attachment, prefix: undefined, addresses: fixed };
  for (const [end, address] of fixed) {
    const fits = fitsPrefix(address, inferred, end.addresses[family] ?? "", member(end.path, family), report);
    if (!fits) complete = false;
  }
  return complete ? { attachment, prefix: inferred, addresses: fixed } : undefined;
}

function readLoopbacks(draft: Draft, family: Family, report: Report): Map<string, Prefix> {
  const declared = new Map<string, Prefix>();
  for (const { name, path, spec } of draft.routers.values()) {
    const text = spec.loopback?.[family];
    const prefix = text === undefined ? undefined : readLoopback(text, family, `${path}.loopback.${family}`, report);
    if (prefix !== undefined) declared.set(name, prefix);
  }
  return declared;
}

/** Declared addresses first; then each end in order gets the lowest that is free. */
function numberEnds(
  attachment: Attachment,
  prefix: Prefix,
  fixed: ReadonlyMap<DraftEnd, InterfaceAddress>,
  report: Report,
): ReadonlyMap<DraftEnd, Address> {
  const given = new Map<DraftEnd, Address>();
  const holder = new Map<bigint, DraftEnd>();
  for (const [end, { address }] of fixed) {
    const earlier = holder.get(address.value);
    if (earlier !== undefined) {
      const path = member(end.path, address.family);
      report.add(
        "duplicate-address",
        path,
        formatAddress(address),
        "an address of its own",
        `${earlier.path} has it already.`,
      );
    }
    holder.set(address.value, end);
    given.set(end, address);
  }
  const { first, last } = usableOffsets(prefix);
  let value = prefix.value + first;
  for (const end of attachment.ends) {
    if (given.has(end)) continue;
    while (holder.has(value)) value += 1n;
    if (value > prefix.value + last) {
      const expected = `a prefix with an address for each of ${attachment.ends.length}`;
      const path = member(attachment.path, prefix.family);
      report.add("prefix-too-small", path, formatPrefix(prefix), expected, "Declare a wider prefix.");
      break;
    }
    holder.set(value, end);
    given.set(end, { family: prefix.family, value });
  }
  return given;
}
