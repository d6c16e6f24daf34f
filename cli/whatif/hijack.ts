/** `lab whatif hijack` of one attacker. */
import { formatPrefix } from "../../topology/addressing/prefix.ts";
import {
  attackersPrefix,
  captured,
  formatRoa,
  hijackOutcome,
  learned,
  pathOf,
  propagate,
  roasOf,
  tallyHijack,
  type Deployment,
  type HijackOutcome,
  type Internet,
} from "../../topology/internet/index.ts";
import type { Context } from "../context.ts";
import { table } from "../output/table.ts";
import type { Question } from "./question.ts";
import { labHint, pathText, tallyRows } from "./words.ts";

/** So many captured ASes are shown. */
const shown = 5;

/** What the second column has, where nothing was asked for: origin validation everywhere. */
export function hijackDeployment(question: Question): { deployment: Deployment; words: string } {
  const { validating, pathEnd, internet } = question;
  const count = internet.asns.length;
  if (validating === undefined && pathEnd === undefined)
    return {
      deployment: { validating: new Uint8Array(count).fill(1) },
      words: `origin validation at all ${count} ASes`,
    };
  return {
    deployment: { validating: validating?.members, pathEnd: pathEnd?.members },
    words: [
      ...(validating === undefined ? [] : [`origin validation at ${validating.words}`]),
      ...(pathEnd === undefined ? [] : [`path-end validation at ${pathEnd.words}`]),
    ].join(", "),
  };
}

export function showHijack(context: Context, question: Question, victim: number, attacker: number): void {
  const { internet, prefix, subPrefix, forgedOrigin } = question;
  const { output } = context;
  const asn = (index: number): number => internet.asns[index] ?? 0;
  const hijack = { victim, attacker, prefix, subPrefix, forgedOrigin };
  const roas = roasOf(question.roas, asn(victim));
  const { deployment, words } = hijackDeployment(question);
  const columns = [
    { name: "no filters", outcome: hijackOutcome(internet, hijack, roas, {}) },
    { name: "with filters", outcome: hijackOutcome(internet, hijack, roas, deployment) },
  ];
  const tallies = columns.map(({ outcome }) => tallyHijack(outcome, victim, attacker));
  const behind = forgedOrigin ? [asn(victim)] : [];
  const announced = formatPrefix(attackersPrefix(hijack));
  const verdict = columns[0]?.outcome.validity ?? "not-found";
  const path = (index: number, outcome: HijackOutcome): string => {
    if (outcome.captured[index] === captured.no) return pathText(internet, outcome.rightful, index);
    const isOwn = outcome.captured[index] === captured.byRoute;
    return isOwn
      ? pathText(internet, outcome.attack, index, behind)
      : `${pathText(internet, outcome.rightful, index)} *`;
  };
  const hit = question.largest.filter(
    (index) => index !== attacker && index !== victim && columns[0]?.outcome.captured[index] !== captured.no,
  );
  const rows = hit
    .slice(0, shown)
    .map((index) => [
      String(asn(index)),
      String(question.cones[index] ?? 0),
      ...columns.map(({ outcome }) => path(index, outcome)),
    ]);
  const between = pathOf(propagate(internet, [{ by: victim }]), attacker);
  const hint = labHint(question.file, [attacker, ...(between ?? [victim])].map(asn), "whatif");
  output.result(
    [
      `AS ${asn(victim)} announces ${formatPrefix(prefix)}. AS ${asn(attacker)} announces ${announced} as well${forgedOrigin ? `, with AS ${asn(victim)} as its origin` : ""}.`,
      `${roas.length === 0 ? "No ROA" : roas.length === 1 ? `ROA ${roas.map(formatRoa).join()}` : `ROAs ${roas.map(formatRoa).join(", ")}`}: the attacker's announcement is ${verdict}.`,
      `With filters: ${words}.`,
      "",
      table(
        [`OF ${internet.asns.length - 2} ASES`, ...columns.map(({ name }) => name.toUpperCase())],
        tallyRows(tallies, {
          hit: "captured",
          forwarding: "by handing it to one of these",
          spared: "not captured",
        }),
      ),
      ...(rows.length === 0
        ? []
        : [
            "",
            `The largest of the captured, by customer cone, and their paths:`,
            table(["AS", "CONE", ...columns.map(({ name }) => name.toUpperCase())], rows),
            ...(rows.some((row) => row.some((cell) => cell.endsWith("*")))
              ? [`* has no route to ${announced}, but somebody on this path has`]
              : []),
          ]),
      ...(between === undefined ? [] : ["", hint]),
    ].join("\n"),
  );
  output.json({
    kind: "hijack",
    victim: asn(victim),
    attacker: asn(attacker),
    prefix: formatPrefix(prefix),
    announced,
    forgedOrigin,
    roas: roas.map(formatRoa),
    validity: verdict,
    filters: words,
    outcomes: columns.map(({ name, outcome }, index) => ({
      name,
      tally: tallies[index],
      ases: asesOf(internet, outcome),
    })),
  });
}

const ways = ["no", "by route", "by forwarding"] as const;
const classes = ["none", "originated", "customer", "peer", "provider"] as const;

/** Every AS, with its route to what the attacker announced, or to the victim's prefix where it has none. */
function asesOf({ asns }: Internet, { captured: verdicts, attack, rightful }: HijackOutcome): object[] {
  return Array.from(asns, (asn, index) => {
    const routes = attack.from[index] === learned.none ? rightful : attack;
    const from = classes[routes.from[index] ?? 0];
    const verdict = { as: asn, captured: ways[verdicts[index] ?? 0], learnedFrom: from };
    if (from === "none") return verdict;
    return { ...verdict, length: routes.length[index], nextHop: asns[routes.nextHop[index] ?? 0] };
  });
}
