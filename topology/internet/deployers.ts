/** Which ASes do something, as a person lists them. */
import type { Problem } from "../problem.ts";
import { indexOf, type Internet } from "./graph.ts";

/** `all`, the largest so many, or those of a list. */
export type Deployers =
  | { readonly kind: "all" }
  | { readonly kind: "top"; readonly count: number }
  | { readonly kind: "list"; readonly asns: readonly number[] };

/** So many mistakes of a list are told apart; the rest are counted. */
const mostProblems = 20;

/** `all` or `top:N`; undefined for anything else, which is a file's name then. */
export function parseDeployers(text: string): Deployers | undefined {
  if (text === "all") return { kind: "all" };
  const top = /^top:(\d{1,10})$/.exec(text);
  return top === null ? undefined : { kind: "top", count: Number(top[1]) };
}

/**
 * Reads ASNs divided by spaces, commas or line ends, with or without `AS` before them; from # to the line's end is a
 * comment. One that is listed again counts once.
 *
 * @param name of the file, for messages.
 */
export function parseAsnList(text: string, name: string, internet: Internet, problems: Problem[]): number[] {
  const asns = new Set<number>();
  const found: Problem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries())
    for (const word of line.replace(/#.*/, "").split(/[\s,]+/)) {
      if (word === "") continue;
      const asn = parseAsn(word);
      const path = `${name} line ${index + 1}`;
      if (asn === undefined) {
        const hint = "ASNs stand one on a line, or with commas or spaces between; # begins a comment.";
        found.push({ code: "bad-asn", path, found: word.slice(0, 40), expected: "an AS number", hint });
      } else if (indexOf(internet, asn) === undefined) {
        const hint = "It has no relation in the file of AS relationships; take it out of the list.";
        const expected = `one of the ${internet.asns.length} ASes`;
        found.push({ code: "unknown-as", path, found: asn, expected, hint });
      } else asns.add(asn);
    }
  if (found.length === 0 && asns.size === 0) {
    const hint = "Leave the option out where nobody is meant.";
    found.push({ code: "empty-list", path: name, expected: "at least one AS number", hint });
  }
  problems.push(...found.slice(0, mostProblems));
  if (found.length > mostProblems) {
    const hint = `The first ${mostProblems} are above; is it a list of AS numbers of this internet?`;
    const path = `${name}, and ${found.length - mostProblems} more`;
    problems.push({ code: "more-problems", path, expected: "AS numbers of the file of AS relationships", hint });
  }
  return [...asns];
}

/** Digits, or `AS` and digits; undefined for anything else, or a number of more than 32 bits. */
export function parseAsn(text: string): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text)?.[1];
  return digits === undefined || Number(digits) > 4294967295 ? undefined : Number(digits);
}

/** By index, 1 for those. @param largest indices of ASes, the largest first. */
export function membersOf(internet: Internet, deployers: Deployers, largest: readonly number[]): Uint8Array {
  const members = new Uint8Array(new SharedArrayBuffer(internet.asns.length));
  switch (deployers.kind) {
    case "all":
      members.fill(1);
      break;
    case "top":
      for (const index of largest.slice(0, deployers.count)) members[index] = 1;
      break;
    case "list":
      for (const asn of deployers.asns) {
        const index = indexOf(internet, asn);
        if (index !== undefined) members[index] = 1;
      }
      break;
  }
  return members;
}
