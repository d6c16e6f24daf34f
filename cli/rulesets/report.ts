/** What came of a trial, for people. */
import type { Output } from "../output/output.ts";
import { count, table } from "../output/table.ts";
import type { Case } from "../checks/junit.ts";
import type { Attempt, TrialResult } from "./trial.ts";
import { meets, type Decision } from "./verdict.ts";

/** Of a probe of which nothing is expected: undefined. */
export function passes(attempt: Attempt): boolean | undefined {
  return attempt.probe.expected === undefined ? undefined : meets(attempt.probe.expected, attempt);
}

const families = { ipv4: "IPv4", ipv6: "IPv6" } as const;

export function formatTrial({ attempts, unused, rules }: TrialResult, output: Pick<Output, "paint">): string {
  const rows = gather(attempts).map(({ attempt, family }) => {
    const passed = passes(attempt);
    const mark = passed === undefined ? "" : passed ? output.paint("good", "ok") : output.paint("bad", "FAILED");
    const expected = passed === false ? `, expected ${attempt.probe.expected}` : "";
    return [mark, attempt.probe.text, family, `${verdictText(attempt)}${expected}`, decisionText(attempt.decidedBy)];
  });
  const tables = new Set(rules.map(({ family, table: name }) => `${family} ${name}`));
  return [
    table(["", "probe", "", "verdict", "decided by"], rows),
    "",
    unused.length === 0
      ? "Every rule was met by a packet of a probe."
      : `${count(unused.length, "rule")} of ${rules.length} met no packet of a probe:`,
    ...unused.map((rule) => `  ${tables.size > 1 ? `${rule.family} ${rule.table} ` : ""}${ruleText(rule)}`),
  ].join("\n");
}

/** Both families in one row where all is the same. */
function gather(attempts: readonly Attempt[]): { readonly attempt: Attempt; readonly family: string }[] {
  const rows: { attempt: Attempt; family: string }[] = [];
  for (const attempt of attempts) {
    const last = rows.at(-1);
    const text = (each: Attempt): string => `${verdictText(each)} ${decisionText(each.decidedBy)}`;
    const same = last !== undefined && last.attempt.probe === attempt.probe && text(last.attempt) === text(attempt);
    if (same) last.family = "both";
    else rows.push({ attempt, family: families[attempt.family] });
  }
  return rows;
}

export function verdictText({ verdict, detail }: Pick<Attempt, "verdict" | "detail">): string {
  return detail === undefined ? verdict : `${verdict} (${detail})`;
}

export function decisionText(decision: Decision | undefined): string {
  if (decision === undefined) return "no rule";
  return ruleText(decision);
}

/** A rule of iptables names its chain itself. */
function ruleText({ chain, text }: Pick<Decision, "chain" | "text">): string {
  return text.startsWith("-A ") ? text : `${chain} ${text}`;
}

export function trialCase(attempt: Attempt): Case {
  const passed = passes(attempt) ?? true;
  const { probe, family } = attempt;
  return {
    name: `${probe.text} ${families[family]}`,
    title: probe.expected ?? "",
    seconds: 0,
    status: passed ? "passed" : "failed",
    ...(passed
      ? {}
      : { message: `expected ${probe.expected}\nsaw ${verdictText(attempt)}\nby ${decisionText(attempt.decidedBy)}` }),
  };
}
