/** What becomes of a route between two routers: the sender's export and the receiver's import. */
import { localPreference } from "../bird/policy.ts";
import type { Direction, Network } from "./network.ts";
import { Route, type LearnedFrom, type Path } from "./route.ts";
import type { Treatment } from "./treatment.ts";

/**
 * The sender's route as the receiver has it; undefined where one of them keeps it away. Whether the receiver's own
 * number is on the path isn't looked at.
 *
 * @param judged What the receiver judges it by: everything, all but its import filter, or nothing.
 */
export function transfer(
  network: Network,
  treatment: Treatment,
  direction: Direction,
  route: Route,
  judged: Judged = "fully",
): Route | undefined {
  return direction.internal
    ? transferInside(network, direction, route)
    : transferOutside(network, treatment, direction, route, judged);
}

export type Judged = "fully" | "unfiltered" | "not at all";

function transferInside(network: Network, direction: Direction, route: Route): Route | undefined {
  const { via } = route;
  if (via === direction.back || route.learnedFrom === "igp") return undefined;
  const { from, to, sender, receiver } = direction;
  const reflected = via?.internal === true;
  let { originatorId, clusters } = route;
  if (reflected) {
    // RFC 4456: the session that it came by or the one that it goes out by is a client's.
    if (!via.receiver.reflectorClient && !sender.reflectorClient) return undefined;
    const own = network.ids[from] ?? 0;
    if (sender.reflectorClient && clusters.includes(own)) return undefined;
    originatorId ||= via.senderId;
    clusters = [own, ...clusters];
    if (originatorId === network.ids[to]) return undefined;
    if (receiver.reflectorClient && clusters.includes(network.ids[to] ?? 0)) return undefined;
  }
  const nextHop = reflected ? route.nextHop : from;
  return new Route({
    via: direction,
    learnedFrom: route.learnedFrom,
    localPreference: route.localPreference,
    path: route.path,
    onlyToCustomer: route.onlyToCustomer,
    originatorId,
    clusters,
    nextHop,
    igpCost: network.igp.distance(to, nextHop),
  });
}

function transferOutside(
  network: Network,
  treatment: Treatment,
  direction: Direction,
  route: Route,
  judged: Judged,
): Route | undefined {
  const { sends, receives, sender } = direction;
  // FRR gives a neighbour its own routes back, which come to nothing as they loop.
  const givesBack = judged === "not at all" && network.routers[direction.from]?.daemon === "frr";
  if ((route.via === direction.back && !givesBack) || !isGiven(direction, route)) return undefined;
  let { onlyToCustomer } = route;
  if (sends.role) {
    const goesDown = sends.to === "customer" || sends.to === "route-server-client";
    if (!goesDown && sends.to !== "sibling" && onlyToCustomer !== 0) return undefined;
    if (sends.to === "peer" || goesDown) onlyToCustomer ||= sender.asn;
  }

  if (receives.role && judged !== "not at all") {
    if (receives.from === "customer" || receives.from === "route-server-client") {
      if (onlyToCustomer !== 0) return undefined;
    } else if (receives.from === "peer" && onlyToCustomer !== 0 && onlyToCustomer !== sender.asn) return undefined;
    else if (receives.from !== "sibling") onlyToCustomer ||= sender.asn;
  }
  const throughServer = sends.to === "route-server-client";
  const path = throughServer ? route.path : route.announcedBy(sender.asn);
  if (path === undefined) return undefined;
  // A route server leaves the next hop as it is: to who isn't on the same segment it is of no use.
  if (throughServer && network.attached[direction.to]?.has(route.via?.session.over ?? "") !== true) return undefined;
  if (judged === "fully" && isRefused(network, treatment, direction, path)) return undefined;
  const learnedFrom = learnedBy(direction, route.learnedFrom);
  return new Route({
    via: direction,
    learnedFrom,
    localPreference: preferenceOf(direction, learnedFrom),
    path,
    onlyToCustomer,
    originatorId: 0,
    clusters: none,
    nextHop: throughServer ? route.nextHop : direction.from,
    igpCost: 0,
  });
}

const none: readonly number[] = [];

/** Export policy: everything to customers and siblings, own and customers' routes to the others. */
function isGiven({ sends }: Direction, { via, learnedFrom }: Route): boolean {
  if (learnedFrom === "igp") return false;
  switch (sends.to) {
    case "customer":
    case "sibling":
    case "internal":
      return true;
    case "peer":
    case "provider":
    case "route-server":
      return sends.leaks || learnedFrom === "originated" || learnedFrom === "customer";
    case "route-server-client":
      return via !== undefined;
  }
}

/** Import policy besides that of RFC 9234. */
function isRefused(network: Network, treatment: Treatment, { receives }: Direction, path: Path): boolean {
  if (receives.originValidation && treatment.invalid.has(path.origin)) return true;
  if (
    receives.pathEnd.includes(path.origin) &&
    path.beforeOrigin !== 0 &&
    network.neighbours.get(path.origin)?.has(path.beforeOrigin) !== true
  )
    return true;
  const { origins } = receives;
  return origins !== undefined && ![...treatment.rightful].some((asn) => origins.has(asn));
}

function learnedBy({ receives }: Direction, theirs: LearnedFrom): LearnedFrom {
  switch (receives.from) {
    case "customer":
    case "peer":
    case "provider":
    case "route-server-client":
      return receives.from;
    case "route-server":
      return "peer";
    case "sibling":
      return theirs === "provider" || theirs === "peer" ? theirs : "customer";
    case "internal":
      return theirs;
  }
}

function preferenceOf({ receives }: Direction, learnedFrom: LearnedFrom): number {
  if (receives.localPreference !== undefined && receives.from !== "sibling" && receives.from !== "route-server-client")
    return receives.localPreference;
  switch (learnedFrom) {
    case "originated":
    case "customer":
    case "peer":
    case "provider":
      return localPreference[learnedFrom];
    case "route-server-client":
    case "igp":
      // BIRD's default: a route server doesn't prefer one client to another.
      return 100;
  }
}
