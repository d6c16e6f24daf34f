/** What became of a probe, and which rule decided. Pure. */
import type { Expected } from "./probes.ts";
import type { LoadedRule } from "./rules.ts";

/** A packet met a rule, or the end of a chain. */
export interface TraceEvent {
  readonly packet: number;
  /** A packet of IPv6's neighbour discovery, without which the probe's own can't be sent. */
  readonly discovery: boolean;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Null for a chain's policy. */
  readonly handle: number | null;
  readonly type: "rule" | "policy" | "return";
  readonly verdict: string;
}

/** What the program `probe` gives of one probe. */
export interface RawResult {
  /** `answered`, `silent`, or the name of an errno such as ECONNREFUSED. */
  readonly outcome: string;
  readonly events: readonly TraceEvent[];
}

export interface Judgement {
  /** unanswered: the rules let it pass, and nothing came back. unsent: it never got to the firewall. */
  readonly verdict: "allowed" | "dropped" | "rejected" | "unanswered" | "unsent";
  /** What the sender was told, or what else is to be said of the verdict. */
  readonly detail?: string;
  readonly decidedBy?: Decision;
}

export interface Decision {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Absent for a chain's policy. */
  readonly handle?: number;
  /** The rule's text, or `policy drop`. */
  readonly text: string;
}

/** As a program sees it. */
const errors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  EACCES: "permission denied",
  ENOPROTOOPT: "protocol not available",
};

export function judge({ outcome, events }: RawResult, rules: readonly LoadedRule[]): Judgement {
  const own = events.filter(({ discovery }) => !discovery);
  const first = Math.min(...own.map(({ packet }) => packet));
  const dropped = own.find(({ verdict }) => verdict === "drop");
  const decided = (event: TraceEvent | undefined): Pick<Judgement, "decidedBy"> =>
    event === undefined ? {} : { decidedBy: decision(event, rules) };
  const accepted = decided(
    accepting(
      own.filter(({ packet }) => packet === first),
      rules,
    ),
  );
  const told = errors[outcome] ?? outcome;
  if (outcome === "answered") return { verdict: "allowed", ...accepted };
  if (outcome !== "silent") {
    if (dropped !== undefined) return { verdict: "rejected", detail: told, ...decided(dropped) };
    if (own.length === 0) return { verdict: "unsent", detail: told };
    return { verdict: "allowed", detail: `the target itself: ${told}`, ...accepted };
  }
  if (dropped !== undefined)
    return { verdict: "dropped", ...(dropped.packet === first ? {} : { detail: "the answer" }), ...decided(dropped) };
  const discovery = events.find((event) => event.discovery && event.verdict === "drop");
  if (own.length === 0 && discovery !== undefined)
    return { verdict: "dropped", detail: "neighbour discovery", ...decided(discovery) };
  return own.length === 0 ? { verdict: "unsent", detail: "no answer" } : { verdict: "unanswered", ...accepted };
}

/** What let a packet pass: the last rule that accepted it, before the chains' policies; translating isn't deciding. */
function accepting(events: readonly TraceEvent[], rules: readonly LoadedRule[]): TraceEvent | undefined {
  const accepts = events.filter(({ verdict }) => verdict === "accept");
  const translates = ({ family, table, handle }: TraceEvent): boolean =>
    /\b(masquerade|snat|dnat|redirect|netmap)\b/i.test(find(rules, family, table, handle ?? -1)?.text ?? "");
  return (
    accepts.findLast((event) => event.type === "rule" && !translates(event)) ??
    accepts.findLast(({ type, chain }) => type === "policy" && /^(forward|input)$/i.test(chain)) ??
    accepts.at(-1)
  );
}

function decision({ family, table, chain, handle, type, verdict }: TraceEvent, rules: readonly LoadedRule[]): Decision {
  const place = { family, table, chain };
  if (type === "policy" || handle === null) return { ...place, text: `policy ${verdict}` };
  return { ...place, handle, text: find(rules, family, table, handle)?.text ?? `rule ${handle}` };
}

/** Handles are unique in a table. */
function find(rules: readonly LoadedRule[], family: string, table: string, handle: number): LoadedRule | undefined {
  return rules.find((rule) => rule.family === family && rule.table === table && rule.handle === handle);
}

export function meets(expected: Expected, { verdict }: Judgement): boolean {
  switch (expected) {
    case "allowed":
    case "dropped":
    case "rejected":
      return verdict === expected;
    case "refused":
      return verdict === "dropped" || verdict === "rejected";
  }
}

/** Rules that no packet matched. */
export function unusedRules(rules: readonly LoadedRule[], results: readonly RawResult[]): LoadedRule[] {
  const used = new Set(
    results.flatMap(({ events }) =>
      events.flatMap(({ family, table, handle }) => find(rules, family, table, handle ?? -1) ?? []),
    ),
  );
  return rules.filter((rule) => !used.has(rule));
}
