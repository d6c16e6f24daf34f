/** What is known of live sessions and links. */

/**
 * By `<router>/<protocol>`, what the router says of the session, such as `Established`; by the name of a link or
 * segment, what the kernel says of it, such as `up`. What isn't there is drawn as not known.
 */
export type LiveState = ReadonlyMap<string, string>;

/** In the order of severity, the least first. */
export const conditions = ["up", "unknown", "starting", "down"] as const;
export type Condition = (typeof conditions)[number];

/** Of one thing or several together. */
export interface Seen {
  readonly condition: Condition;
  /** What was said by those that aren't up, for a label; empty where all are. */
  readonly said: string;
}

const up = new Set(["established", "up", "running", "full", "lower_up"]);
const starting = new Set(["connect", "active", "opensent", "openconfirm", "start", "starting", "init", "loading"]);

export function conditionOf(text: string): Condition {
  const word = /^[\w-]*/.exec(text.trim().toLowerCase())?.[0] ?? "";
  if (word === "" || word === "unknown") return "unknown";
  return up.has(word) ? "up" : starting.has(word) ? "starting" : "down";
}

/** The worst of several. */
export function worst(seen: readonly Condition[]): Condition {
  return conditions[Math.max(0, ...seen.map((condition) => conditions.indexOf(condition)))] ?? "unknown";
}

/** What a state is called where there is no other word for it. */
export const conditionNames: Readonly<Record<Condition, string>> = {
  up: "session up",
  unknown: "not known",
  starting: "session starting",
  down: "session down",
};
