/** `lab whatif leak` of one leaker. */
import {
  learned,
  propagate,
  pathOf,
  propagateLeak,
  rolesWithout,
  tallyLeak,
  throughAs,
  type Internet,
  type LeakOutcome,
  type Spread,
} from "../../topology/internet/index.ts";
import type { Context } from "../context.ts";
import { table } from "../output/table.ts";
import type { Question } from "./question.ts";
import { labHint, pathText, tallyRows } from "./words.ts";

/** So many ASes are shown. */
const shown = 5;

/** What the last column has, where nothing was asked for: roles everywhere. */
export function leakDeployment({ roles, internet }: Question): { roles: Uint8Array; words: string } {
  const count = internet.asns.length;
  if (roles === undefined) return { roles: new Uint8Array(count).fill(1), words: `roles at all ${count} ASes` };
  return { roles: roles.members, words: `roles at ${roles.words}` };
}

export function showLeak(context: Context, question: Question, victim: number, leaker: number): void {
  const { internet } = question;
  const { output } = context;
  const asn = (index: number): number => internet.asns[index] ?? 0;
  const { roles, words } = leakDeployment(question);
  const before = propagate(internet, [{ by: victim }]);
  const leak = propagateLeak(internet, victim, leaker);
  const withRoles = propagateLeak(internet, victim, leaker, rolesWithout(roles, leaker));
  const columns = [
    { name: "before", routes: before as Spread },
    { name: "leak", routes: leak },
    { name: "leak, with roles", routes: withRoles },
  ].map((column) => ({ ...column, through: throughAs(column.routes, leaker) }));
  const tallies = columns.map(({ routes, through }) => tallyLeak(routes, through, victim, leaker));
  const drawn = question.largest.filter(
    (index) => columns[1]?.through[index] === 1 && columns[0]?.through[index] === 0,
  );
  const rows = drawn
    .slice(0, shown)
    .map((index) => [
      String(asn(index)),
      String(question.cones[index] ?? 0),
      ...columns.map(({ routes }) => pathText(internet, routes, index)),
    ]);
  const between = pathOf(before, leaker);
  output.result(
    [
      `AS ${asn(victim)} announces a prefix. ${leakText(internet, leaker, before, leak)}`,
      `With roles (RFC 9234): ${words}, not the leaker's.`,
      "",
      table(
        [`OF ${internet.asns.length - 2} ASES`, ...columns.map(({ name }) => name.toUpperCase())],
        tallyRows(tallies, { hit: "through the leaker", forwarding: "by forwarding", spared: "past it" }),
      ),
      ...(rows.length === 0
        ? []
        : [
            "",
            "The largest of those that the leak brings to the leaker, by customer cone, and their paths:",
            table(["AS", "CONE", ...columns.map(({ name }) => name.toUpperCase())], rows),
          ]),
      ...(between === undefined ? [] : ["", labHint(question.file, [leaker, ...between].map(asn), "whatif")]),
    ].join("\n"),
  );
  output.json({
    kind: "leak",
    victim: asn(victim),
    leaker: asn(leaker),
    leaks: leak.leaks,
    roles: words,
    outcomes: columns.map(({ name, routes, through }, index) => ({
      name,
      tally: tallies[index],
      ases: asesOf(internet, routes, through),
    })),
  });
}

function leakText(internet: Internet, leaker: number, before: Spread, leak: LeakOutcome): string {
  const name = `AS ${internet.asns[leaker]}`;
  const from = classes[before.from[leaker] ?? 0];
  if (from === "none") return `${name} has no route to it and leaks nothing.`;
  if (!leak.leaks) return `${name} has its route from a customer and gives it to everybody anyway: that is no leak.`;
  const hop = internet.asns[before.nextHop[leaker] ?? 0];
  return `${name} gives the route that it has from its ${from} ${hop} to every neighbour.`;
}

const classes = ["none", "originated", "customer", "peer", "provider"] as const;

function asesOf({ asns }: Internet, routes: Spread, through: Uint8Array): object[] {
  return Array.from(asns, (asn, index) => {
    if (routes.from[index] === learned.none) return { as: asn, throughLeaker: false, learnedFrom: "none" };
    return {
      as: asn,
      throughLeaker: through[index] === 1,
      learnedFrom: classes[routes.from[index] ?? 0],
      length: routes.length[index],
      nextHop: asns[routes.nextHop[index] ?? 0],
    };
  });
}
