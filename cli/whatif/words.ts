/** Figures of what-if as people read them. */
import { pathOf, type Internet, type Spread, type Tally } from "../../topology/internet/index.ts";

/** `7 (63.6 %)`. */
export function share(count: number, of: number): string {
  return `${Number.isInteger(count) ? count : count.toFixed(1)} (${of === 0 ? "0.0" : ((100 * count) / of).toFixed(1)} %)`;
}

/** An AS's path as BGP would show it, from its next hop on, with what the announcing AS put behind its own number. */
export function pathText(internet: Internet, routes: Spread, index: number, behind: readonly number[] = []): string {
  const hops = pathOf(routes, index);
  if (hops === undefined) return "no route";
  return [...hops.map((hop) => internet.asns[hop] ?? 0), ...behind].join(" ");
}

/** One line for each kind of tally, a cell for each column; lines that are nothing in all columns are left out. */
export function tallyRows(
  tallies: readonly Tally[],
  words: Readonly<Record<"hit" | "forwarding" | "spared", string>>,
): string[][] {
  const line = (name: string, pick: (tally: Tally) => number): string[] => [
    name,
    ...tallies.map((tally) => share(pick(tally), tally.ases)),
  ];
  const optional: readonly (readonly [string, (tally: Tally) => number])[] = [
    ["  by a customer's route", (tally) => tally.byCustomer],
    ["  by a peer's route", (tally) => tally.byPeer],
    ["  by a provider's route", (tally) => tally.byProvider],
    [`  ${words.forwarding}`, (tally) => tally.byForwarding],
  ];
  const shown = optional.filter(([, pick]) => tallies.some((tally) => pick(tally) > 0));
  const isCut = tallies.some(({ unreachable }) => unreachable > 0);
  return [
    line(words.hit, ({ hit }) => hit),
    ...shown.map(([name, pick]) => line(name, pick)),
    line(words.spared, ({ ases, hit, unreachable }) => ases - hit - unreachable),
    ...(isCut ? [line("no route to the victim", ({ unreachable }) => unreachable)] : []),
  ];
}

/** The commands that make a live lab of a few ASes and those around them. */
export function labHint(file: string, asns: readonly number[], name: string): string {
  return `A live lab of these ASes and their neighbours:
  lab import caida ${/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`} --as ${asns.join(",")} --radius 1 --max ${Math.max(30, 2 * asns.length)} --name ${name}
  lab up ${name}`;
}
