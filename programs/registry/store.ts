/** What the registry knows, with what is looked up in it. Pure. */
import { addressBits, parseAddress } from "../../topology/addressing/address.ts";
import { parsePrefix, prefixContains, type Prefix } from "../../topology/addressing/prefix.ts";
import type { RegistryData } from "../../topology/registry/data.ts";
import type { RpslObject } from "../../topology/registry/objects.ts";
import { validator } from "../../topology/rpki/validity.ts";

export interface StoredObject {
  readonly kind: string;
  /** Primary key: for a route its prefix and origin, such as `10.0.0.0/8AS65001`. */
  readonly key: string;
  readonly attributes: RpslObject;
  /** As it is printed. */
  readonly text: string;
  /** Of a route. */
  readonly prefix?: Prefix;
  /** Of a route its origin's number, of an aut-num its own. */
  readonly asn?: number;
}

export interface Store {
  readonly data: RegistryData;
  /** In the order in which IRRd prints what it finds: by address, AS number, key. */
  readonly objects: readonly StoredObject[];
}

export function storeOf(data: RegistryData): Store {
  // IRRd says how the RPKI judges a route only where it knows of one.
  const judge = data.roas.length === 0 ? undefined : validator(data.roas);
  return { data, objects: data.objects.map((attributes) => stored(attributes, judge)).sort(inOrder) };
}

const states = { valid: "valid", "invalid-length": "invalid", "invalid-origin": "invalid", "not-found": "not_found" };

function stored(attributes: RpslObject, judge: ReturnType<typeof validator> | undefined): StoredObject {
  const [[kind, name] = ["", ""]] = attributes;
  const prefix = parsePrefix(name);
  if (prefix === undefined) {
    const asn = parseAsn(name);
    return { kind, key: name, attributes, text: print(attributes), ...(asn === undefined ? {} : { asn }) };
  }
  const origin = attributes.find(([attribute]) => attribute === "origin")?.[1] ?? "";
  const asn = parseAsn(origin) ?? 0;
  const rpki: RpslObject = judge === undefined ? [] : [["rpki-ov-state", states[judge(name, asn)]]];
  return { kind, key: `${name}${origin}`, attributes, text: print([...attributes, ...rpki]), prefix, asn };
}

function print(attributes: RpslObject): string {
  return attributes.map(([attribute, value]) => `${`${attribute}:`.padEnd(16)}${value}`).join("\n");
}

function inOrder(one: StoredObject, other: StoredObject): number {
  return (
    compare(one.prefix?.family ?? "", other.prefix?.family ?? "") ||
    compare(one.prefix?.value ?? 0n, other.prefix?.value ?? 0n) ||
    compare(one.asn ?? 0, other.asn ?? 0) ||
    compare(one.key, other.key)
  );
}

export function compare<T extends string | number | bigint>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `AS65001`, also in lower case, also as two halves (`AS1.10`, RFC 5396); undefined where the text is none. */
export function parseAsn(text: string): number | undefined {
  const [, high, low] = /^AS(?:(\d{1,5})\.)?(\d{1,10})$/i.exec(text) ?? [];
  if (low === undefined) return undefined;
  const asn = high === undefined ? Number(low) : Number(high) * 65536 + Number(low);
  return asn <= 4294967295 ? asn : undefined;
}

/** A prefix, or an address as the prefix that has it alone. */
export function parseAddressOrPrefix(text: string): Prefix | undefined {
  const address = parseAddress(text);
  return address === undefined ? parsePrefix(text) : { ...address, length: addressBits(address.family) };
}

/** Whether `outer` is the same as `inner` or less specific. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && prefixContains(outer, inner);
}

/** AS numbers and prefixes that a set has for members; `recursive`: those of the sets among them instead of their names. */
export function membersOf({ objects }: Store, set: string, recursive: boolean): readonly string[] | undefined {
  const direct = (name: string): string[] | undefined =>
    objects
      .find(({ kind, key }) => kind === "as-set" && key.toUpperCase() === name.toUpperCase())
      ?.attributes.filter(([attribute]) => attribute === "members")
      .flatMap(([, value]) => value.split(/\s*,\s*/));
  const members = direct(set);
  if (members === undefined || !recursive) return members?.sort(compare);
  const seen = new Set([set.toUpperCase(), ...members]);
  for (const member of seen) for (const next of direct(member) ?? []) seen.add(next);
  return [...seen].filter((name) => parseAsn(name) !== undefined).sort(compare);
}
