/**
 * A kind of resource: observe, ensure, sync. `create` and `update` are both `reconcile`; `read` and `diff` look at
 * the world with `observe`, so that an `up` repairs what was changed by hand, with or without a refresh.
 */
import type { Problem } from "../topology/problem.ts";

/** What becomes of a running lab when a property changes. */
export type ChangeKind = "live" | "restart" | "replace";

export interface Resource<Inputs extends object = object, Outputs extends Inputs = Inputs> {
  /** `labwright:net:Name`. */
  readonly type: string;
  /** By property: how a change takes effect. Every property of the inputs is in it. */
  readonly changes: Readonly<Record<string, ChangeKind>>;
  /** Problems of the inputs; properties that aren't known yet (in a preview) are absent. */
  check(inputs: Partial<Inputs>): readonly Problem[];
  /** Outputs that are secret as a whole. Texts with a private key in them are so anywhere, without being named here. */
  readonly secrets?: readonly (keyof Outputs & string)[];
  /** Unique among the resources of its type; stable. */
  id(inputs: Inputs): string;
  /** What is known before it is made; for a preview. */
  predict(inputs: Inputs): Partial<Outputs>;
  /** Paths of the outputs that an update will change in a way that a preview can't know, such as `issued.server`. */
  unsettled?(inputs: Inputs, state: Outputs): readonly string[];
  /** How the world differs from the inputs, a text each, or undefined when there is nothing of it at all. */
  observe(inputs: Inputs, state: Outputs | undefined, depth: Depth): Promise<Observation<Outputs> | undefined>;
  /**
   * Makes the world equal to the inputs; `previous` is what was declared before. `progress` tells what a long wait is
   * still waiting for.
   */
  reconcile(inputs: Inputs, previous: Outputs | undefined, progress: (text: string) => void): Promise<Outputs>;
  /** Takes it away; no error when it is gone already. */
  remove(state: Outputs): Promise<void>;
}

/** `full` looks at everything, `quick` leaves out what costs a process a node and is seldom changed (rule sets). */
export type Depth = "full" | "quick";

export interface Observation<Outputs> {
  /** Differences for people, e.g. `address 10.0.0.1/31 missing`. */
  readonly drift: readonly string[];
  /** Outputs as they are now, where the world gives them. */
  readonly outputs?: Partial<Outputs>;
}

/** The kind of change that decides for a whole update: the gravest of its properties. */
export function gravest(kinds: readonly ChangeKind[]): ChangeKind | undefined {
  return (["replace", "restart", "live"] as const).find((kind) => kinds.includes(kind));
}

/** Names of properties whose values differ. */
export function changedProperties(previous: object, next: object): string[] {
  const before = previous as Record<string, unknown>;
  const after = next as Record<string, unknown>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !sameValue(before[name], after[name]),
  );
}

/** Paths of what differs below a property, in Pulumi's notation: `links["r1--r2"].mtu`. Lists are taken as a whole. */
export function changedPaths(path: string, before: unknown, after: unknown): string[] {
  if (!isPlainObject(before) || !isPlainObject(after)) return [path];
  return changedProperties(before, after).flatMap((name) => {
    const below = /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}["${name}"]`;
    return name in before && name in after
      ? changedPaths(below, (before as Record<string, unknown>)[name], (after as Record<string, unknown>)[name])
      : [below];
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equality of JSON values; the order of an object's keys doesn't count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => key in b && sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
