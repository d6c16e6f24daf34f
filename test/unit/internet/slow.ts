/** The obvious computation: ASes send each other whole routes, round after round, until nothing changes. */

export type Kind = "originated" | "customer" | "peer" | "provider";

export interface SlowRelation {
  /** ASNs; provider and customer, or two peers. */
  readonly one: number;
  readonly other: number;
  readonly kind: "transit" | "peer";
}

export interface SlowAnnouncement {
  readonly asn: number;
  readonly behind: readonly number[];
  readonly invalid: boolean;
  /** ASNs. */
  readonly refusedBy?: readonly number[];
}

export interface SlowPolicies {
  readonly validating: ReadonlySet<number>;
  readonly roles: ReadonlySet<number>;
  readonly pathEnd: ReadonlySet<number>;
  readonly records: ReadonlyMap<number, ReadonlySet<number>>;
  readonly leaker: number | undefined;
}

/** A route as an AS holds it. */
export interface SlowRoute {
  readonly kind: Kind;
  /** ASNs, without the holder's. */
  readonly path: readonly number[];
  readonly announcement: number;
  readonly invalid: boolean;
  /** The value of the attribute OTC. */
  readonly otc: number | undefined;
}

const rank: Record<Kind, number> = { originated: 0, customer: 1, peer: 2, provider: 3 };
const opposite = { customer: "provider", provider: "customer", peer: "peer" } as const;

type Neighbour = Exclude<Kind, "originated">;

/**
 * By ASN, absent where an AS has no route; undefined where nothing has settled after so many rounds. A leak begins when
 * everything has settled without it: there can be other stable outcomes, to which nothing leads from there.
 */
export function slowRoutes(
  ases: readonly number[],
  relations: readonly SlowRelation[],
  announcements: readonly SlowAnnouncement[],
  policies: SlowPolicies,
): Map<number, SlowRoute> | undefined {
  const sessions = relations.flatMap(({ one, other, kind }): { near: number; far: number; farIs: Neighbour }[] =>
    kind === "peer"
      ? [
          { near: one, far: other, farIs: "peer" },
          { near: other, far: one, farIs: "peer" },
        ]
      : [
          { near: one, far: other, farIs: "customer" },
          { near: other, far: one, farIs: "provider" },
        ],
  );
  const own = new Map(
    announcements.map(({ asn, behind, invalid }, announcement): [number, SlowRoute] => [
      asn,
      { kind: "originated", path: behind, announcement, invalid, otc: undefined },
    ]),
  );
  const start =
    policies.leaker === undefined
      ? new Map(own)
      : slowRoutes(ases, relations, announcements, { ...policies, leaker: undefined });
  if (start === undefined) return undefined;
  let held = start;
  for (let round = 0; round < 200; round++) {
    const next = new Map<number, SlowRoute>();
    for (const asn of ases) {
      const candidates = sessions
        .filter(({ near }) => near === asn)
        .flatMap(({ far, farIs }) => {
          const theirs = held.get(far);
          const sent = theirs === undefined ? undefined : send(theirs, far, opposite[farIs], policies);
          if (sent === undefined || announcements[sent.announcement]?.refusedBy?.includes(asn) === true) return [];
          return take(sent, asn, far, farIs, policies) ?? [];
        });
      const best = [...(own.has(asn) ? [own.get(asn) as SlowRoute] : []), ...candidates].sort(compare)[0];
      if (best !== undefined) next.set(asn, best);
    }
    const same = ases.every((asn) => JSON.stringify(next.get(asn)) === JSON.stringify(held.get(asn)));
    held = next;
    if (same) return held;
  }
  return undefined;
}

/** RFC 9234, 5, the egress procedure, after ordinary export. `to`: what the neighbour is to the sender. */
function send(route: SlowRoute, sender: number, to: Neighbour, policies: SlowPolicies): SlowRoute | undefined {
  const isForAll = route.kind === "originated" || route.kind === "customer";
  if (to !== "customer" && !isForAll && policies.leaker !== sender) return undefined;
  let { otc } = route;
  if (policies.roles.has(sender)) {
    if (to !== "customer" && otc !== undefined) return undefined;
    if (to !== "provider") otc ??= sender;
  }
  return { ...route, path: [sender, ...route.path], otc };
}

/** RFC 9234, 5, the ingress procedure, after loop detection, origin validation and path-end validation. */
function take(
  route: SlowRoute,
  receiver: number,
  sender: number,
  senderIs: Neighbour,
  policies: SlowPolicies,
): SlowRoute | undefined {
  const { path } = route;
  if (path.includes(receiver)) return undefined;
  if (route.invalid && policies.validating.has(receiver)) return undefined;
  const before = path.at(-2);
  const record = policies.records.get(path.at(-1) ?? 0);
  if (policies.pathEnd.has(receiver) && before !== undefined && record?.has(before) === false) return undefined;
  let { otc } = route;
  if (policies.roles.has(receiver)) {
    if (otc !== undefined && senderIs === "customer") return undefined;
    if (otc !== undefined && senderIs === "peer" && otc !== sender) return undefined;
    if (senderIs !== "customer") otc ??= sender;
  }
  return { ...route, kind: senderIs, otc };
}

function compare(one: SlowRoute, other: SlowRoute): number {
  return (
    rank[one.kind] - rank[other.kind] ||
    one.path.length - other.path.length ||
    (one.path[0] ?? 0) - (other.path[0] ?? 0)
  );
}
