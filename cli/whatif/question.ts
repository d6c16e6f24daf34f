/** What `lab whatif` is asked: its options, checked against each other and against the internet. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { addressBits } from "../../topology/addressing/address.ts";
import { parsePrefix, type Prefix } from "../../topology/addressing/prefix.ts";
import { readAsRelationships } from "../../topology/import/caida/index.ts";
import {
  bySize,
  customerCones,
  indexOf,
  internetOf,
  membersOf,
  nearestAsns,
  parseAsn,
  parseAsnList,
  parseDeployers,
  parseRoa,
  type Deployers,
  type Internet,
  type RoaText,
} from "../../topology/internet/index.ts";
import { assertNoProblems, type Problem } from "../../topology/problem.ts";

/** As the command line has them. */
export interface WhatifOptions {
  readonly asRel: string;
  readonly victim?: string;
  readonly attacker?: string;
  readonly leaker?: string;
  readonly attackers?: string;
  readonly leakers?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly workers?: string;
  readonly prefix?: string;
  readonly subPrefix?: boolean;
  readonly forgedOrigin?: boolean;
  /** False with --no-roa. */
  readonly roa?: readonly string[] | false;
  readonly validating?: string;
  readonly pathEnd?: string;
  readonly roles?: string;
}

/** ASes that do something, and how to say so. */
export interface Deployed {
  readonly members: Uint8Array;
  /** Such as `all 12 ASes`. */
  readonly words: string;
}

export interface Question {
  readonly file: string;
  readonly internet: Internet;
  readonly cones: Uint32Array;
  /** Indices, the largest AS first. */
  readonly largest: readonly number[];
  /** Index; undefined where victims are drawn. */
  readonly victim: number | undefined;
  /** Index of the attacker or leaker; undefined where they are drawn. */
  readonly other: number | undefined;
  /** How many are drawn; 0 where they are named. */
  readonly draws: number;
  readonly seed: number;
  readonly workers: number;
  readonly prefix: Prefix;
  readonly subPrefix: boolean;
  readonly forgedOrigin: boolean;
  readonly roas: readonly RoaText[];
  readonly validating: Deployed | undefined;
  readonly pathEnd: Deployed | undefined;
  readonly roles: Deployed | undefined;
}

const defaultPrefix: Prefix = { family: "ipv4", value: 0xc0000200n, length: 24 };

/**
 * Reads the options and the files that they name.
 *
 * @throws ProblemsError with all that is wrong: first with the options, then with the AS relationships by line, then
 *   with the ASes that the options and lists name.
 */
export function readQuestion(kind: "hijack" | "leak", options: WhatifOptions): Question {
  const problems: Problem[] = [];
  const add = (code: string, path: string, found: unknown, expected: string, hint: string): void => {
    problems.push({ code, path, ...(found === undefined ? {} : { found }), expected, hint });
  };
  const other = kind === "hijack" ? "attacker" : "leaker";
  const numbers = (value: string | undefined, option: string, most: number): number | undefined => {
    if (value === undefined) return undefined;
    const number = /^\d{1,10}$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= most) return number;
    add("bad-number", option, value, `a whole number from 1 to ${most}`, "Write it in digits.");
    return undefined;
  };
  const asn = (value: string | undefined, option: string): number | undefined => {
    const number = value === undefined ? undefined : parseAsn(value);
    if (value !== undefined && number === undefined)
      add("bad-asn", option, value, "an AS number", "Such as 64500 or AS64500.");
    return number;
  };

  const victimsAsn = asn(options.victim, "--victim");
  const othersAsn = asn(options[other], `--${other}`);
  const draws = checkWho(kind, options, numbers, add);
  if (victimsAsn !== undefined && victimsAsn === othersAsn)
    add("same-as", `--${other}`, othersAsn, "another AS than the victim", `Name another AS as the ${other}.`);
  const seed = numbers(options.seed, "--seed", 2147483646) ?? 1;
  const workers = numbers(options.workers, "--workers", 256) ?? availableParallelism();
  const prefix = checkPrefix(options, add);
  const roas = checkRoas(options, prefix, problems);
  const asRelBytes = readInput(options.asRel, "--as-rel", add);
  const deployers = { validating: options.validating, "path-end": options.pathEnd, roles: options.roles };
  const files = new Map<string, string>();
  for (const [name, value] of Object.entries(deployers)) {
    if (value === undefined || parseDeployers(value) !== undefined) continue;
    const bytes = readInput(value, `--${name}`, add, "Or say `all`, or `top:N` for the largest N.");
    if (bytes !== undefined) files.set(name, bytes.toString("utf8"));
  }
  assertNoProblems(`lab whatif ${kind}`, problems);

  const file = basename(options.asRel);
  const internet = internetOf(readAsRelationships(asRelBytes ?? new Uint8Array(), file), file);
  const cones = customerCones(internet);
  const largest = bySize(internet, cones);
  const index = (number: number | undefined, option: string): number | undefined => {
    if (number === undefined) return undefined;
    const known = indexOf(internet, number);
    if (known === undefined) {
      const near = nearestAsns(internet, number);
      const expected = `one of the ${internet.asns.length} ASes of ${file}`;
      add("unknown-as", option, number, expected, `Nearest ${near.length === 1 ? "is" : "are"} ${near.join(" and ")}.`);
    }
    return known;
  };
  const deployed = (name: keyof typeof deployers): Deployed | undefined => {
    const value = deployers[name];
    if (value === undefined) return undefined;
    const who: Deployers = parseDeployers(value) ?? {
      kind: "list",
      asns: parseAsnList(files.get(name) ?? "", basename(value), internet, problems),
    };
    return { members: membersOf(internet, who, largest), words: wordsFor(who, internet, basename(value)) };
  };
  const question = {
    file: options.asRel,
    internet,
    cones,
    largest,
    victim: index(victimsAsn, "--victim"),
    other: index(othersAsn, `--${other}`),
    draws,
    seed,
    workers,
    prefix,
    subPrefix: options.subPrefix === true,
    forgedOrigin: options.forgedOrigin === true,
    roas,
    validating: deployed("validating"),
    pathEnd: deployed("path-end"),
    roles: deployed("roles"),
  };
  assertNoProblems(`lab whatif ${kind}`, problems);
  return question;
}

type Add = (code: string, path: string, found: unknown, expected: string, hint: string) => void;
type Numbers = (value: string | undefined, option: string, most: number) => number | undefined;

/** Either a victim and another are named, or one or both are drawn. Gives how many draws. */
function checkWho(kind: "hijack" | "leak", options: WhatifOptions, numbers: Numbers, add: Add): number {
  const other = kind === "hijack" ? "attacker" : "leaker";
  const many = numbers(options[`${other}s`], `--${other}s`, 10_000_000);
  const sample = numbers(options.sample, "--sample", 10_000_000);
  const ways = [`--${other}`, `--${other}s`, "--sample"].filter(
    (_, index) => [options[other], options[`${other}s`], options.sample][index] !== undefined,
  );
  const hint = `--${other} AS for one, --${other}s N for N drawn at random, --sample N for N pairs of ${other} and victim.`;
  if (ways.length !== 1)
    add(
      "which-ases",
      ways.join(" ") || `--${other}`,
      undefined,
      `just one of --${other}, --${other}s and --sample`,
      hint,
    );
  const isSample = options.sample !== undefined;
  if (!isSample && options.victim === undefined)
    add("no-victim", "--victim", undefined, "the AS whose prefix it is", hint);
  if (isSample && options.victim !== undefined)
    add("victim-of-sample", "--victim", options.victim, `no victim with --sample, which draws it`, hint);
  return many ?? sample ?? 0;
}

function checkPrefix({ prefix: text, subPrefix }: WhatifOptions, add: Add): Prefix {
  if (text === undefined) return defaultPrefix;
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    add("bad-prefix", "--prefix", text, "a prefix without host bits set", "Such as 192.0.2.0/24 or 2001:db8::/32.");
    return defaultPrefix;
  }
  if (subPrefix === true && prefix.length === addressBits(prefix.family)) {
    const hint = "The attacker announces the first half of the prefix: give a shorter one.";
    add("no-sub-prefix", "--sub-prefix", text, `a prefix shorter than /${prefix.length}`, hint);
  }
  return prefix;
}

/** Those given; without any, one for the victim's prefix and nothing more specific (RFC 9319). */
function checkRoas({ roa }: WhatifOptions, prefix: Prefix, problems: Problem[]): RoaText[] {
  if (roa === false) return [];
  if (roa === undefined) return [{ prefix, asn: undefined, maxLength: prefix.length }];
  return roa.flatMap((text) => {
    const read = parseRoa(text, "--roa");
    if (!("code" in read)) return [read];
    problems.push(read);
    return [];
  });
}

function readInput(file: string, option: string, add: Add, hint = "Is the name right?"): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") add("no-file", option, file, "a file that is there", hint);
    else if (code === "EISDIR") add("no-file", option, file, "a file, not a folder", hint);
    else throw error;
    return undefined;
  }
}

function wordsFor(deployers: Deployers, internet: Internet, file: string): string {
  switch (deployers.kind) {
    case "all":
      return `all ${internet.asns.length} ASes`;
    case "top":
      return deployers.count === 1
        ? "the largest AS"
        : `the ${Math.min(deployers.count, internet.asns.length)} largest ASes`;
    case "list":
      return `${deployers.asns.length === 1 ? "the AS" : `the ${deployers.asns.length} ASes`} of ${file}`;
  }
}
