/** Reads what `mtr --report` prints, and expectations of it. */
import { expectation, seen } from "./expect.ts";
import type { Expectation } from "./lab.ts";

/** A hop of the report; delays in milliseconds, there and back. */
export interface MtrHop {
  readonly hop: number;
  /** As printed; `???` where nobody answered. */
  readonly host: string;
  /** Percent of the probes. */
  readonly loss: number;
  readonly sent: number;
  readonly last: number;
  readonly average: number;
  readonly best: number;
  readonly worst: number;
  readonly deviation: number;
}

/** Hops in their order; one that answers from several addresses has a line for the first only. */
export function parseMtr(text: string): MtrHop[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\.\|-- (\S+)\s+([\d.]+)%?((?:\s+[\d.]+){6})\s*$/.exec(line);
    if (match === null) return [];
    const [, hop, host = "", loss, rest = ""] = match;
    const [sent = 0, last = 0, average = 0, best = 0, worst = 0, deviation = 0] = rest.trim().split(/\s+/).map(Number);
    return [{ hop: Number(hop), host, loss: Number(loss), sent, last, average, best, worst, deviation }];
  });
}

/** A hop that must be there, and the least delay there and back that its links add up to, in milliseconds. */
export interface ExpectedHop {
  readonly host: string;
  readonly delay: number;
}

/** Of `mtr --report -n`: exactly these hops, no loss at any, and at each the delay of the links before it at least. */
export function reports(hops: readonly ExpectedHop[]): Expectation {
  const words = hops.map(({ host, delay }) => (delay > 0 ? `${host} after ${delay} ms or more` : host)).join(", ");
  return expectation(`hops ${words}, and no loss`, (result) => {
    const found = parseMtr(result.stdout);
    if (found.length === 0) return seen(result);
    if (found.map(({ host }) => host).join() !== hops.map(({ host }) => host).join())
      return `hops ${found.map(({ host }) => host).join(", ")}`;
    const wrong = found.flatMap(({ host, loss, best }, index) => {
      const least = hops[index]?.delay ?? 0;
      return [
        ...(loss > 0 ? [`${loss} % lost at ${host}`] : []),
        // It prints tenths.
        ...(best < least - 0.1 ? [`${host} after ${best} ms`] : []),
      ];
    });
    return wrong.length === 0 ? undefined : wrong.join(", ");
  });
}

/** Each hop with its best delay, and what it lost. */
export function hopsInWords(report: string): string {
  return parseMtr(report)
    .map(({ host, loss, best }) =>
      [host, ...(loss < 100 ? [`${best} ms`] : []), ...(loss > 0 ? [`(${loss} % lost)`] : [])].join(" "),
    )
    .join(", ");
}
