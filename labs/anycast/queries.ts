/** Reads what queries.py prints, and expectations of it. */
import { expectation, seen } from "../expect.ts";
import type { CommandResult, Expectation } from "../lab.ts";

export interface QueryReport {
  readonly sent: number;
  readonly lost: number;
  /** How many each answered, by what it said. */
  readonly answers: ReadonlyMap<string, number>;
  /** With `--until`: seconds from the first query until the one from which on the awaited answer alone came. */
  readonly since?: number;
}

export function parseQueries(text: string): QueryReport | undefined {
  const head = /^(\d+) queries in [\d.]+ s: \d+ answered, (\d+) lost$/m.exec(text);
  if (head === null) return undefined;
  const answers = [...text.matchAll(/^ *(\d+) (\S+)$/gm)].map((match): [string, number] => [
    match[2] ?? "",
    Number(match[1]),
  ]);
  const since = /answers since ([\d.]+) s$/m.exec(text)?.[1];
  return {
    sent: Number(head[1]),
    lost: Number(head[2]),
    answers: new Map(answers),
    ...(since === undefined ? {} : { since: Number(since) }),
  };
}

function judge(description: string, evaluate: (report: QueryReport) => string | undefined): Expectation {
  return expectation(description, (result) => {
    const report = parseQueries(result.stdout);
    return report === undefined ? seen(result) : evaluate(report);
  });
}

function answersOf({ answers, lost }: QueryReport): string {
  return [...[...answers].map(([who, count]) => `${count} from ${who}`), `${lost} lost`].join(", ");
}

/** Nothing is lost, and of the answers everybody named has given a share, half an equal one at least, and nobody else any. */
export function sharedBy(servers: readonly string[]): Expectation {
  const description = `answers from ${servers.join(" and ")}, half an equal share or more from each, none lost`;
  return judge(description, (report) => {
    const least = report.sent / servers.length / 2;
    const fair = servers.every((server) => (report.answers.get(server) ?? 0) >= least);
    return fair && report.answers.size === servers.length && report.lost === 0 ? undefined : answersOf(report);
  });
}

/** So many of the queries, a part from 0 to 1, are lost at least. */
export function losesAtLeast(part: number): Expectation {
  return judge(`${part * 100} % of the queries lost or late, at least`, (report) =>
    report.lost >= part * report.sent ? undefined : answersOf(report),
  );
}

/** Of `--until SITE`: it came to answer, and no more than so many queries were lost until then. */
export function movesTo(site: string, mostLost = Infinity): Expectation {
  const bound = mostLost === Infinity ? "" : `, ${mostLost} queries lost at most`;
  return judge(`answers from ${site} in the end${bound}`, (report) =>
    report.since !== undefined && report.lost <= mostLost ? undefined : answersOf(report),
  );
}

/** What `--until` measured, in a sentence. `event`: what happened when the queries began. */
export function moved(event: string, site: string): (result: CommandResult) => string {
  return ({ stdout }) => {
    const { since = 0, lost = 0 } = parseQueries(stdout) ?? {};
    return `${event}: ${site} answers after ${since.toFixed(1)} s, ${lost} ${lost === 1 ? "query" : "queries"} lost`;
  };
}

/** What became of the queries of one client, in a few words. */
export function became(client: string): (result: CommandResult) => string {
  return ({ stdout }) => {
    const report = parseQueries(stdout);
    return report === undefined ? `${client}: nothing` : `${client}: of ${report.sent} queries ${answersOf(report)}`;
  };
}
