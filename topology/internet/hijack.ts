/** A hijack, and how far it gets. */
import { formatPrefix, type Prefix } from "../addressing/prefix.ts";
import { addressBits } from "../addressing/address.ts";
import { row, type Internet } from "./graph.ts";
import { propagate, type Deployment, type Outcome } from "./propagate.ts";
import { learned } from "./spread.ts";
import { validity, type Roa, type Validity } from "./validation.ts";

export interface Hijack {
  /** Indices. */
  readonly victim: number;
  readonly attacker: number;
  /** What the victim announces. */
  readonly prefix: Prefix;
  /** The attacker announces the first half of the prefix, where it isn't the prefix itself. */
  readonly subPrefix: boolean;
  /** The attacker puts the victim's number behind its own, and so seems to be a neighbour of it. */
  readonly forgedOrigin: boolean;
}

/** What became of an AS's traffic to what the attacker announced. */
export const captured = {
  /** It gets to the victim, or nowhere. */
  no: 0,
  /** Its best route leads to the attacker. */
  byRoute: 1,
  /** It has none to the attacker's more specific prefix, and hands its traffic to an AS that has. */
  byForwarding: 2,
} as const;

export interface HijackOutcome {
  readonly validity: Validity;
  /** Routes to the prefix that the attacker announced. */
  readonly attack: Outcome;
  /** Routes to the victim's prefix: the same where the attacker announced that. */
  readonly rightful: Outcome;
  /** By index, values of `captured`; those of the victim and the attacker mean nothing. */
  readonly captured: Uint8Array;
}

/** The prefix that the attacker announces. */
export function attackersPrefix({ prefix, subPrefix }: Pick<Hijack, "prefix" | "subPrefix">): Prefix {
  if (!subPrefix) return prefix;
  if (prefix.length === addressBits(prefix.family))
    throw new RangeError(`${formatPrefix(prefix)} has no more specific prefix`);
  return { ...prefix, length: prefix.length + 1 };
}

/** What origin validation says of the attacker's announcement. */
export function attackersValidity(internet: Internet, hijack: Hijack, roas: readonly Roa[]): Validity {
  const origin = hijack.forgedOrigin ? hijack.victim : hijack.attacker;
  return validity(roas, attackersPrefix(hijack), internet.asns[origin] ?? 0);
}

/**
 * Computes a hijack. The victim's path-end record, where some ASes look at it, names all its neighbours.
 *
 * Of a more specific prefix, an AS follows the route where it has one, whatever it has to the victim's prefix, and
 * otherwise hands the traffic to its next hop, where the same goes on: so an AS that drops the attacker's route is
 * captured by its providers. The victim takes no routes to its own addresses (RFC 7454, 6.1.4).
 */
export function hijackOutcome(
  internet: Internet,
  hijack: Hijack,
  roas: readonly Roa[],
  deployment: Omit<Deployment, "pathEndRecords">,
): HijackOutcome {
  const { victim, attacker, prefix, subPrefix, forgedOrigin } = hijack;
  const victimsAsn = internet.asns[victim] ?? 0;
  const rules = { ...deployment, pathEndRecords: new Map([[victimsAsn, neighbourAsns(internet, victim)]]) };
  const rightful = { by: victim, validity: validity(roas, prefix, victimsAsn) };
  const verdict = attackersValidity(internet, hijack, roas);
  const attack = { by: attacker, validity: verdict, behind: forgedOrigin ? [victimsAsn] : [], refusedBy: [victim] };
  if (!subPrefix) {
    const outcome = propagate(internet, [rightful, attack], rules);
    const to = outcome.announcement.map((each) => (each === 1 ? captured.byRoute : captured.no));
    return { validity: verdict, attack: outcome, rightful: outcome, captured: new Uint8Array(to) };
  }
  const before = propagate(internet, [rightful], rules);
  const after = propagate(internet, [attack], rules);
  return { validity: verdict, attack: after, rightful: before, captured: forwarded(before, after, victim) };
}

function neighbourAsns({ asns, providers, customers, peers }: Internet, index: number): Set<number> {
  return new Set(
    [providers, customers, peers].flatMap((kind) => Array.from(row(kind, index), (neighbour) => asns[neighbour] ?? 0)),
  );
}

function forwarded(rightful: Outcome, attack: Outcome, victim: number): Uint8Array {
  const unknown = 255;
  const result = new Uint8Array(attack.from.length).fill(unknown);
  result[victim] = captured.no;
  const way: number[] = [];
  for (let index = 0; index < result.length; index++) {
    let at = index;
    while (result[at] === unknown && attack.from[at] === learned.none && rightful.from[at] !== learned.none) {
      way.push(at);
      at = rightful.nextHop[at] ?? at;
    }
    if (result[at] === unknown) result[at] = attack.from[at] === learned.none ? captured.no : captured.byRoute;
    const end = result[at] === captured.no ? captured.no : captured.byForwarding;
    for (let each = way.pop(); each !== undefined; each = way.pop()) result[each] = end;
  }
  return result;
}
