/** `lab whatif` of many attackers or leakers, drawn at random. */
import { formatPrefix } from "../../topology/addressing/prefix.ts";
import {
  attackersPrefix,
  candidates,
  distribution,
  drawPairs,
  type Distribution,
  type Experiment,
} from "../../topology/internet/index.ts";
import type { Context } from "../context.ts";
import { CommandError } from "../errors.ts";
import { count, table } from "../output/table.ts";
import { hijackDeployment } from "./hijack.ts";
import { leakDeployment } from "./leak.ts";
import type { Question } from "./question.ts";
import { share } from "./words.ts";
import { measurePairs } from "./workers.ts";

export async function showMany(context: Context, question: Question, kind: Experiment["kind"]): Promise<void> {
  const { internet, draws, seed, victim, workers } = question;
  const { output } = context;
  const pairs = drawPairs(internet, candidates(internet, kind), { count: draws, seed, victim });
  if (pairs.length === 0)
    throw new CommandError(
      `No AS of ${question.file} can leak anything to it.`,
      "To leak takes two providers or peers, or one of each.",
    );
  output.note(`Measuring ${count(pairs.length, "pair")} on ${count(Math.min(workers, pairs.length), "thread")}.`);
  const { experiment, columns, words } = experimentOf(question, kind);
  const figures = await measurePairs(internet, experiment, pairs, workers);
  const others = internet.asns.length - 2;
  const results = columns.map((name, column) => ({
    name,
    distribution: distribution(figures.map((row) => row[column] ?? 0)),
  }));
  const lines: readonly (readonly [string, keyof Distribution])[] = [
    ["mean", "mean"],
    ["smallest", "minimum"],
    ["lower quartile", "lowerQuartile"],
    ["median", "median"],
    ["upper quartile", "upperQuartile"],
    ["largest", "maximum"],
  ];
  const asn = (index: number): number => internet.asns[index] ?? 0;
  output.result(
    [
      `${whoText(question, kind, pairs.length)}, drawn with seed ${seed}. ${words}`,
      "",
      table(
        [
          `${kind === "hijack" ? "CAPTURED" : "THROUGH THE LEAKER"}, OF ${others} ASES`,
          ...columns.map((name) => name.toUpperCase()),
        ],
        lines.map(([name, key]) => [name, ...results.map(({ distribution: each }) => share(each[key], others))]),
      ),
    ].join("\n"),
  );
  output.json({
    kind,
    seed,
    ases: others,
    columns: results,
    pairs: pairs.map(([each, other], index) => ({
      victim: asn(each),
      [kind === "hijack" ? "attacker" : "leaker"]: asn(other),
      hit: figures[index],
    })),
  });
}

function whoText({ victim, internet }: Question, kind: Experiment["kind"], pairs: number): string {
  const who = kind === "hijack" ? "attacker" : "leaker";
  return victim === undefined
    ? `${count(pairs, "pair")} of victim and ${who}`
    : `AS ${internet.asns[victim]} and ${count(pairs, who)}`;
}

function experimentOf(
  question: Question,
  kind: Experiment["kind"],
): { experiment: Experiment; columns: readonly string[]; words: string } {
  switch (kind) {
    case "hijack": {
      const { prefix, subPrefix, forgedOrigin, roas } = question;
      const { deployment, words } = hijackDeployment(question);
      const announced = formatPrefix(attackersPrefix({ prefix, subPrefix }));
      return {
        experiment: { kind, prefix, subPrefix, forgedOrigin, roas, deployments: [{}, deployment] },
        columns: ["no filters", "with filters"],
        words: `The victim announces ${formatPrefix(prefix)}, the attacker ${announced}${forgedOrigin ? " with the victim as its origin" : ""}. With filters: ${words}.`,
      };
    }
    case "leak": {
      const { roles, words } = leakDeployment(question);
      return {
        experiment: { kind, deployments: [undefined, roles] },
        columns: ["before", "leak", "leak, with roles"],
        words: `With roles (RFC 9234): ${words}, not the leaker's.`,
      };
    }
  }
}
