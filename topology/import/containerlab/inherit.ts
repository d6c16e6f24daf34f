/** What a node is given by itself, its group, its kind and the defaults. */
import type { Located, LocatedMap } from "./document.ts";

/** A text and where it is from. */
export interface Text {
  readonly text: string;
  readonly line: number;
}

/** Definitions of one node, those that go first at the beginning: node, group, kind, defaults. */
export class NodeDefinition {
  readonly name: string;
  readonly line: number;
  readonly kind: Text | undefined;
  readonly #levels: readonly LocatedMap[];

  constructor(name: string, own: Located, topology: LocatedMap) {
    this.name = name;
    this.line = own.line;
    const node = own.kind === "map" ? own : undefined;
    const defaults = mapIn(topology, "defaults");
    const groupNamed = (from: LocatedMap | undefined): LocatedMap | undefined =>
      mapIn(mapIn(topology, "groups"), textIn(from, "group")?.text ?? "");
    this.kind =
      textIn(node, "kind") ??
      textIn(groupNamed(node), "kind") ??
      textIn(groupNamed(defaults), "kind") ??
      textIn(defaults, "kind");
    const ofKind = mapIn(mapIn(topology, "kinds"), this.kind?.text ?? "");
    const group =
      textIn(node, "group") !== undefined
        ? groupNamed(node)
        : textIn(ofKind, "group") !== undefined
          ? groupNamed(ofKind)
          : groupNamed(defaults);
    this.#levels = [node, group, ofKind, defaults].filter((level) => level !== undefined);
  }

  /** Names of all properties that some level has, each with the line of the one that goes first. */
  properties(): ReadonlyMap<string, number> {
    const lines = new Map<string, number>();
    for (const level of this.#levels)
      for (const [name, { line }] of level.entries) if (!lines.has(name)) lines.set(name, line);
    return lines;
  }

  /** The value that goes first and isn't empty. */
  value(property: string): Located | undefined {
    return this.#levels
      .map((level) => level.entries.get(property))
      .find((value) => value !== undefined && !(value.kind === "scalar" && value.text === ""));
  }

  text(property: string): Text | undefined {
    const value = this.value(property);
    return value?.kind === "scalar" ? { text: value.text, line: value.line } : undefined;
  }

  /** Lists of all levels, the most general first, each item once. */
  list(property: string): readonly Text[] {
    const items = new Map<string, Text>();
    for (const level of this.#levels.toReversed())
      for (const item of textsOf(level.entries.get(property))) if (!items.has(item.text)) items.set(item.text, item);
    return [...items.values()];
  }

  /** Maps of all levels in one; the more special ones go first. */
  map(property: string): ReadonlyMap<string, Text> {
    const all = new Map<string, Text>();
    for (const level of this.#levels.toReversed()) {
      const value = level.entries.get(property);
      if (value?.kind !== "map") continue;
      for (const [name, each] of value.entries)
        if (each.kind === "scalar") all.set(name, { text: each.text, line: each.line });
    }
    return all;
  }
}

export function mapIn(map: LocatedMap | undefined, name: string): LocatedMap | undefined {
  const value = map?.entries.get(name);
  return value?.kind === "map" ? value : undefined;
}

export function textIn(map: LocatedMap | undefined, name: string): Text | undefined {
  const value = map?.entries.get(name);
  return value?.kind === "scalar" && value.text !== "" ? { text: value.text, line: value.line } : undefined;
}

export function textsOf(value: Located | undefined): readonly Text[] {
  if (value?.kind === "scalar") return value.isNull ? [] : [{ text: value.text, line: value.line }];
  if (value?.kind !== "list") return [];
  return value.items.flatMap((item) => (item.kind === "scalar" ? [{ text: item.text, line: item.line }] : []));
}
