/** What `npm run bench -- oracle ...` is told. Pure. */
import { assertNoProblems, type Problem } from "../../topology/problem.ts";

export interface OracleOptions {
  readonly ases: number;
  readonly relations: number;
  /** How many prefixes, each hijacked once. */
  readonly prefixes: number;
  readonly runs: number;
  /** Python in which the peers are looked for. */
  readonly python: string | undefined;
  /** How many of the prefixes a peer computes one by one. */
  readonly peerPrefixes: number;
  /** ASes of the second graph, for peers that compute all pairs. */
  readonly smallAses: number;
  readonly json: string | undefined;
  readonly document: string | undefined;
}

export const oracleUsage = `Usage: npm run bench -- oracle [OPTIONS]

Computes the routes of all ASes of a made-up internet to hijacked prefixes: by Labwright, on one thread and on two, and
by BGPy and matrix-bgpsim, in turn, where a Python has them.

  --python COMMAND       Python with the packages bgpy_pkg and matrix-bgpsim, either or both; default: no peers
  --ases 80000           ASes of the internet
  --relations 500000     and relations among them, at least 3 for each AS
  --prefixes 1000        how many prefixes, each with a victim and an attacker of its own
  --peer-prefixes 5      so many of them BGPy computes
  --small-ases 1000      ASes of a second internet, for matrix-bgpsim, which computes all pairs or none
  --runs 3               how often everything is measured, 1 to 99; the tables have medians
  --json FILE            write every figure of every run to FILE
  --document FILE        put the tables into FILE, between its marks
  --help`;

/** Options with a number: the property, and from where to where it goes. */
const numbers = {
  "--ases": ["ases", 100, 500_000],
  "--relations": ["relations", 300, 5_000_000],
  "--prefixes": ["prefixes", 1, 1_000_000],
  "--peer-prefixes": ["peerPrefixes", 1, 200],
  "--small-ases": ["smallAses", 100, 20_000],
  "--runs": ["runs", 1, 99],
} as const;
const texts = { "--python": "python", "--json": "json", "--document": "document" } as const;

const defaults: OracleOptions = {
  ases: 80_000,
  relations: 500_000,
  prefixes: 1000,
  runs: 3,
  python: undefined,
  peerPrefixes: 5,
  smallAses: 1000,
  json: undefined,
  document: undefined,
};

/**
 * Undefined where help is asked for.
 *
 * @throws ProblemsError with everything that is wrong.
 */
export function parseOracleArguments(words: readonly string[]): OracleOptions | undefined {
  const problems: Problem[] = [];
  const given: { -readonly [K in keyof OracleOptions]?: OracleOptions[K] } = {};
  const queue = words.flatMap((word) => /^(--[a-z-]+)=(.*)$/s.exec(word)?.slice(1) ?? [word]);
  const bad = (code: string, path: string, found: string | undefined, expected: string): void => {
    const hint = "`npm run bench -- oracle --help` shows all.";
    problems.push({ code, path, ...(found === undefined ? {} : { found }), expected, hint });
  };
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--help") return undefined;
    if (!(word in numbers) && !(word in texts)) {
      bad("unknown-option", word, undefined, "an option of the benchmark");
      continue;
    }
    const value = queue[0]?.startsWith("--") === true ? undefined : queue.shift();
    if (value === undefined || value === "") {
      bad("missing-value", word, undefined, "a value after it");
    } else if (word in texts) {
      given[texts[word as keyof typeof texts]] = value;
    } else {
      const [property, least, most] = numbers[word as keyof typeof numbers];
      const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
      if (number < least || number > most) bad("bad-value", word, value, `a whole number from ${least} to ${most}`);
      else given[property] = number;
    }
  }
  const options = { ...defaults, ...given };
  const { ases, relations } = options;
  if (relations < 3 * ases || relations > (ases * ases) / 10) {
    const expected = `3 relations for each of ${ases} ASes, and at most a tenth of all pairs`;
    bad("bad-value", "--relations", String(relations), expected);
  }
  assertNoProblems("the benchmark's options", problems);
  return options;
}
