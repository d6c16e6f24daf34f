/** The routes that every AS of the internet has to one prefix, whoever announces it, and whatever some of them refuse. */
import { indexOf, type Internet } from "./graph.ts";
import { mark, mostSources, sourceOf, spread, type Source, type Spread } from "./spread.ts";
import type { Validity } from "./validation.ts";

/** One AS announces the prefix. */
export interface Announcement {
  /** Index of the AS. */
  readonly by: number;
  /**
   * ASNs that it puts behind its own, nearest first, to seem on the way to the last of them (a forged origin). Default
   * none. They refuse the route, since they find themselves in its path.
   */
  readonly behind?: readonly number[];
  /** What route origin validation says of it. Default not-found. */
  readonly validity?: Validity;
  /** Indices of others that refuse it. Default none. */
  readonly refusedBy?: readonly number[];
}

/** Who refuses what: by index of AS, 1 for those that do. Default nobody. */
export interface Deployment {
  /** Drop routes that route origin validation finds invalid. */
  readonly validating?: Uint8Array | undefined;
  /**
   * Know their neighbours' roles: set the attribute OTC on routes to and from them, refuse routes whose OTC tells of a
   * leak, and don't leak (RFC 9234, 5). ASes without roles pass the attribute on as it is.
   */
  readonly roles?: Uint8Array | undefined;
  /**
   * Refuse routes whose origin has a record in `pathEndRecords` that lacks the AS before the origin: path-end validation
   * (Cohen and others 2016), and of ASPA the part for a path's first step.
   */
  readonly pathEnd?: Uint8Array | undefined;
  /** By ASN of an origin, the ASNs of the neighbours that it declares. */
  readonly pathEndRecords?: ReadonlyMap<number, ReadonlySet<number>> | undefined;
}

export interface Outcome extends Spread {
  /** By index of AS, the position of the announcement that its route came from; -1 where it has none. */
  readonly announcement: Int8Array;
}

/**
 * The one stable outcome under Gao-Rexford policy; `spread` says which route is best, and why filters leave it stable.
 *
 * @param announcements at most 28, each by another AS.
 */
export function propagate(
  internet: Internet,
  announcements: readonly Announcement[],
  deployment: Deployment = {},
): Outcome {
  if (announcements.length > mostSources || new Set(announcements.map(({ by }) => by)).size < announcements.length)
    throw new RangeError(`expected at most ${mostSources} announcements, each by another AS`);
  const sources = announcements.map((announcement) => sourceFor(internet, announcement, deployment));
  const { from, length, nextHop, marks } = spread(internet, sources, deploymentMarks(internet, deployment));
  const announcement = new Int8Array(from.length);
  for (let index = 0; index < announcement.length; index++) announcement[index] = sourceOf({ marks }, index);
  return { from, length, nextHop, marks, announcement };
}

function sourceFor(internet: Internet, announcement: Announcement, { pathEndRecords }: Deployment): Source {
  const { by, behind = [], validity: verdict = "not-found", refusedBy = [] } = announcement;
  const path = [internet.asns[by] ?? 0, ...behind];
  const record = pathEndRecords?.get(path.at(-1) ?? 0);
  const before = path.at(-2);
  const isUndeclared = record !== undefined && before !== undefined && !record.has(before);
  const named = behind.flatMap((asn) => indexOf(internet, asn) ?? []);
  return {
    index: by,
    length: behind.length,
    marks: (verdict === "invalid" ? mark.invalid : 0) | (isUndeclared ? mark.undeclared : 0),
    refusedBy: [...named, ...refusedBy],
    ...(record === undefined || before !== undefined ? {} : { declared: declaredBy(internet, record) }),
  };
}

function declaredBy(internet: Internet, record: ReadonlySet<number>): Uint8Array {
  const declared = new Uint8Array(internet.asns.length);
  for (const asn of record) {
    const index = indexOf(internet, asn);
    if (index !== undefined) declared[index] = 1;
  }
  return declared;
}

/** By index of AS, bits of `mark` that it refuses. */
export function deploymentMarks({ asns }: Internet, { validating, roles, pathEnd }: Deployment): Uint32Array {
  const refuses = new Uint32Array(asns.length);
  for (const [who, bit] of [
    [validating, mark.invalid],
    [pathEnd, mark.undeclared],
    [roles, mark.leaked],
  ] as const) {
    if (who === undefined) continue;
    for (let index = 0; index < refuses.length; index++)
      if (who[index] === 1) refuses[index] = (refuses[index] ?? 0) | bit;
  }
  return refuses;
}
