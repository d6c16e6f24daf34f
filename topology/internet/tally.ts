/** How many ASes are hit, and by what. */
import { captured, type HijackOutcome } from "./hijack.ts";
import { learned, type Spread } from "./spread.ts";

/** Counts of ASes, the two whose doing it is left out. */
export interface Tally {
  readonly ases: number;
  /** Captured by the hijack, or sending through the leaker: the sum of the next four. */
  readonly hit: number;
  /** By a route that they have from a customer, a peer, a provider. */
  readonly byCustomer: number;
  readonly byPeer: number;
  readonly byProvider: number;
  /** Without such a route of their own. */
  readonly byForwarding: number;
  /** Those that have no way to the victim at all. */
  readonly unreachable: number;
}

export function tallyHijack(outcome: HijackOutcome, victim: number, attacker: number): Tally {
  const { attack, rightful } = outcome;
  return tally(attack, victim, attacker, (index) => {
    const verdict = outcome.captured[index];
    if (verdict === captured.no) return rightful.from[index] === learned.none ? "unreachable" : "spared";
    return verdict === captured.byForwarding ? "forwards" : "hit";
  });
}

/** @param through by index, 1 for ASes whose path has the leaker in it. */
export function tallyLeak(routes: Spread, through: Uint8Array, victim: number, leaker: number): Tally {
  return tally(routes, victim, leaker, (index) => {
    if (through[index] === 1) return "hit";
    return routes.from[index] === learned.none ? "unreachable" : "spared";
  });
}

type Verdict = "hit" | "forwards" | "spared" | "unreachable";

function tally({ from }: Spread, one: number, other: number, judge: (index: number) => Verdict): Tally {
  const by = new Uint32Array(5);
  let forwarding = 0;
  let unreachable = 0;
  for (let index = 0; index < from.length; index++) {
    if (index === one || index === other) continue;
    const verdict = judge(index);
    if (verdict === "hit") by[from[index] ?? 0] = (by[from[index] ?? 0] ?? 0) + 1;
    else if (verdict === "forwards") forwarding++;
    else if (verdict === "unreachable") unreachable++;
  }
  const [byCustomer = 0, byPeer = 0, byProvider = 0] = by.subarray(learned.customer);
  return {
    ases: from.length - 2,
    hit: byCustomer + byPeer + byProvider + forwarding,
    byCustomer,
    byPeer,
    byProvider,
    byForwarding: forwarding,
    unreachable,
  };
}
