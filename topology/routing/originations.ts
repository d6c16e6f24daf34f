/** The prefixes that routers originate. */
import { readPrefix } from "../addressing/declared.ts";
import { formatPrefix } from "../addressing/prefix.ts";
import type { Draft } from "../draft.ts";
import type { Family } from "../spec.ts";
import type { Report } from "../validation/report.ts";

export interface Origination {
  /** Canonical text. */
  readonly prefix: string;
  readonly family: Family;
  readonly anycast: boolean;
}

/** Of each router, in the order of declaration. Notes prefixes that are wrong, or originated twice unintended. */
export function readOriginations(draft: Draft, report: Report): ReadonlyMap<string, readonly Origination[]> {
  const originations = new Map<string, readonly Origination[]>();
  const first = new Map<string, { path: string; router: string; anycast: boolean }>();
  for (const { name, path, spec } of draft.routers.values()) {
    const anycast = new Map<string, string>();
    for (const [index, text] of (spec.anycast ?? []).entries()) {
      const at = `${path}.anycast[${index}]`;
      const prefix = readPrefix(text, undefined, at, report);
      if (prefix !== undefined) anycast.set(formatPrefix(prefix), at);
    }
    const own = new Map<string, Origination>();
    for (const [index, text] of (spec.originates ?? []).entries()) {
      const at = `${path}.originates[${index}]`;
      const parsed = readPrefix(text, undefined, at, report);
      if (parsed === undefined) continue;
      const prefix = formatPrefix(parsed);
      const origination = { prefix, family: parsed.family, anycast: anycast.has(prefix) };
      if (own.has(prefix)) {
        report.add("duplicate-origin", at, prefix, "each prefix once", "Leave it out here.");
        continue;
      }
      own.set(prefix, origination);
      const earlier = first.get(prefix);
      if (earlier === undefined) first.set(prefix, { path: at, router: name, anycast: origination.anycast });
      else if (!earlier.anycast || !origination.anycast) {
        const hint = `${earlier.path} has it already; where that is intended, list it in anycast of ${earlier.router} and ${name}.`;
        report.add("duplicate-origin", at, prefix, "a prefix that no other router originates", hint);
      }
    }
    for (const [prefix, at] of anycast) {
      if (own.has(prefix)) continue;
      report.add(
        "anycast-not-originated",
        at,
        prefix,
        "a prefix that this router originates",
        "List it in originates too.",
      );
    }
    originations.set(name, [...own.values()]);
  }
  return originations;
}
