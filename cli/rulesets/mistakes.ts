/** What is wrong with a rule set, in its parser's words, with the file's name, the line, and where in the line. */
import type { Source } from "./source.ts";

export interface Mistake {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * nft's errors: it tells all of a text at once, each with line and column, the line itself, and a caret. Only the name
 * of what it read, standard input, becomes that of the file; tabs, which it counts as one character, don't move carets.
 */
export function nftMistakes({ name }: Pick<Source, "name">, stderr: string): string {
  return stderr
    .trimEnd()
    .replaceAll(/^(\/dev\/stdin|-)(?=:\d+:)/gm, name)
    .replaceAll("\t", " ");
}

/**
 * Of one run of iptables-restore, which ends at the first mistake; none where it says of no line. A chain or target that
 * isn't there is told of at the end of the table: then it is every line that names it.
 */
export function iptablesMistakes(stderr: string, lines: readonly string[]): Mistake[] {
  const place = /Error occurred at line: (\d+)/.exec(stderr) ?? /\bline:? (\d+)/.exec(stderr);
  if (place === null) return [];
  const chain = /Chain '([^']+)' does not exist/.exec(stderr)?.[1];
  if (chain !== undefined) {
    const named = lines.flatMap((line, index) => {
      const words = line.split(/\s+/);
      const options = /^(-A|-I|-j|-g|--append|--insert|--jump|--goto)$/;
      const isNamed = words.some((word, at) => word === chain && options.test(words[at - 1] ?? ""));
      return isNamed ? [{ line: index + 1, message: `there is no chain or target '${chain}'` }] : [];
    });
    if (named.length > 0) return named;
  }
  const message = (stderr.split("\n")[0] ?? "")
    .replaceAll(/ip6?tables(-nft)?-restore(\s+v[\d.]+ \([^)]*\))?: /g, "")
    .replace(/\s*(at )?\bline:? \d+( failed)?:?\s*/, "")
    .trim();
  return [{ line: Number(place[1]), message: message === "" ? "it can't be loaded" : message }];
}

/** In the form of nft's: place, message, the line, a caret below what the message quotes, or below all of it. */
export function formatMistakes({ name, text }: Pick<Source, "name" | "text">, mistakes: readonly Mistake[]): string {
  const lines = text.split("\n");
  return [...mistakes]
    .sort((one, other) => one.line - other.line)
    .flatMap(({ line, message }) => {
      const content = (lines[line - 1] ?? "").replaceAll("\t", " ").trimEnd();
      const quoted = [...message.matchAll(/[`"']([^`"']+)["']/g)].map((match) => match[1] ?? "");
      const words = quoted.flatMap((each) => [each, ...each.split(":")]).filter((each) => each !== "");
      const word = words.find((each) => content.includes(each)) ?? content.trim();
      const column = content.indexOf(word);
      const place = word === "" ? `${name}:${line}` : `${name}:${line}:${column + 1}-${column + word.length}`;
      const caret = word === "" ? [] : [content, `${" ".repeat(column)}${"^".repeat(word.length)}`];
      return [`${place}: Error: ${message}`, ...caret];
    })
    .join("\n");
}
