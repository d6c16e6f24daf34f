/** Routes as routers hold them while they are worked out. */
import type { Direction } from "./network.ts";

/** What the AS that holds a route learned it from, which decides to whom it goes. */
export type LearnedFrom = "originated" | "customer" | "peer" | "provider" | "route-server-client" | "igp";

/** An AS path, the nearest AS first. */
export interface Path {
  readonly asn: number;
  readonly rest: Path | undefined;
  readonly length: number;
  /** The last AS. */
  readonly origin: number;
  /** The AS before the last, whose repetitions don't count; 0 where there is none. */
  readonly beforeOrigin: number;
}

export function prepend(asn: number, rest: Path | undefined): Path {
  if (rest === undefined) return { asn, rest, length: 1, origin: asn, beforeOrigin: 0 };
  const beforeOrigin = rest.beforeOrigin !== 0 || asn === rest.origin ? rest.beforeOrigin : asn;
  return { asn, rest, length: rest.length + 1, origin: rest.origin, beforeOrigin };
}

export function passes(path: Path | undefined, asn: number): boolean {
  for (let at = path; at !== undefined; at = at.rest) if (at.asn === asn) return true;
  return false;
}

export function isSamePath(one: Path | undefined, other: Path | undefined): boolean {
  for (; one !== other; one = one.rest, other = other.rest)
    if (one === undefined || other === undefined || one.asn !== other.asn || one.length !== other.length) return false;
  return true;
}

export function asnsOf(path: Path | undefined): number[] {
  const asns: number[] = [];
  for (let at = path; at !== undefined; at = at.rest) asns.push(at.asn);
  return asns;
}

export class Route {
  /** How it came; undefined for the router's own, and for OSPF's. */
  readonly via: Direction | undefined;
  readonly learnedFrom: LearnedFrom;
  readonly localPreference: number;
  readonly path: Path | undefined;
  /** The number in the only-to-customer attribute (RFC 9234); 0 where the route has none. */
  readonly onlyToCustomer: number;
  /** As route reflectors set them (RFC 4456); 0 and none on other routes. */
  readonly originatorId: number;
  readonly clusters: readonly number[];
  /** Router to which packets go: at the far end of an external session, or the border router inside the AS. */
  readonly nextHop: number;
  /** OSPF's cost of the way to `nextHop`; 0 where it is outside the AS. */
  readonly igpCost: number;
  #announced: Path | undefined;

  constructor(fields: Omit<Route, "announcedBy">) {
    this.via = fields.via;
    this.learnedFrom = fields.learnedFrom;
    this.localPreference = fields.localPreference;
    this.path = fields.path;
    this.onlyToCustomer = fields.onlyToCustomer;
    this.originatorId = fields.originatorId;
    this.clusters = fields.clusters;
    this.nextHop = fields.nextHop;
    this.igpCost = fields.igpCost;
  }

  /** Its path as other ASes get it from the AS that holds it. */
  announcedBy(asn: number): Path {
    this.#announced ??= prepend(asn, this.path);
    return this.#announced;
  }
}

export function isSameRoute(one: Route | undefined, other: Route | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  return (
    one.via === other.via &&
    one.learnedFrom === other.learnedFrom &&
    one.localPreference === other.localPreference &&
    one.onlyToCustomer === other.onlyToCustomer &&
    one.originatorId === other.originatorId &&
    one.nextHop === other.nextHop &&
    one.clusters.length === other.clusters.length &&
    one.clusters.every((cluster, index) => cluster === other.clusters[index]) &&
    isSamePath(one.path, other.path)
  );
}
