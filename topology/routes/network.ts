/** Routers and sessions of one address family, numbered, as the computation of routes wants them. */
import { parseAddress } from "../addressing/address.ts";
import type { Family } from "../spec.ts";
import type { AutonomousSystem, Neighbour, Policy, Router, Session, SessionEnd, Topology } from "../topology.ts";
import { customerCone, neighbouringAses } from "../routing/cone.ts";
import { igpOf, type Igp } from "./igp.ts";

/** One direction of a session: `from` sends its routes to `to`. */
export interface Direction {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly session: Session;
  readonly sender: SessionEnd;
  readonly receiver: SessionEnd;
  readonly internal: boolean;
  /** The other direction of the session. */
  readonly back: Direction;
  /** Orders the senders' addresses among all directions: BIRD's last tie-break. */
  readonly addressRank: number;
  /** The sender's BGP identifier. */
  readonly senderId: number;
  readonly sends: SendingPolicy;
  readonly receives: ReceivingPolicy;
}

/** What the sender does before a route goes out. */
export interface SendingPolicy {
  readonly to: Neighbour;
  /** RFC 9234, of the sender; undefined where the session has no role on its side. */
  readonly role: boolean;
  readonly leaks: boolean;
}

/** What the receiver does with a route that comes in. */
export interface ReceivingPolicy {
  readonly from: Neighbour;
  readonly role: boolean;
  /** Instead of that of the relation. */
  readonly localPreference: number | undefined;
  readonly originValidation: boolean;
  readonly pathEnd: readonly number[];
  /** Numbers of the ASes whose own prefixes are taken; undefined: all. */
  readonly origins: ReadonlySet<number> | undefined;
  readonly maximumPrefixes: number | undefined;
}

export interface Network {
  readonly topology: Topology;
  readonly family: Family;
  readonly routers: readonly Router[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** BGP identifiers. */
  readonly ids: readonly number[];
  readonly directions: readonly Direction[];
  readonly incoming: readonly (readonly Direction[])[];
  readonly outgoing: readonly (readonly Direction[])[];
  readonly igp: Igp;
  /** Names of the links and segments that each router is on. */
  readonly attached: readonly ReadonlySet<string>[];
  /** Neighbouring ASes, of each AS whose path ends somebody checks. */
  readonly neighbours: ReadonlyMap<number, ReadonlySet<number>>;
}

/** @param shut Sessions that are down. */
export function networkOf(topology: Topology, family: Family, shut: ReadonlySet<Session>): Network {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const indexOf = new Map(routers.map(({ name }, index) => [name, index]));
  const systems = new Map(topology.autonomousSystems.map((system) => [system.name, system]));
  const ids = routers.map(({ routerId }) => Number(parseAddress(routerId)?.value ?? 0n));
  const systemOf = (router: string): AutonomousSystem | undefined =>
    systems.get(routers[indexOf.get(router) ?? -1]?.as ?? "");
  const sessions = topology.sessions.filter((session) => session.families.includes(family) && !shut.has(session));
  const ranks = addressRanks(sessions);

  const cones = new Map<number, ReadonlySet<number>>();
  const coneOf = (asn: number): ReadonlySet<number> => {
    const cone = cones.get(asn) ?? customerCone(topology, asn);
    cones.set(asn, cone);
    return cone;
  };
  const direction = (index: number, session: Session, sender: SessionEnd, receiver: SessionEnd): Mutable => {
    const from = indexOf.get(sender.router) ?? -1;
    const own = systemOf(receiver.router)?.policy;
    const theirs = systemOf(sender.router)?.policy;
    return {
      index,
      from,
      to: indexOf.get(receiver.router) ?? -1,
      session,
      sender,
      receiver,
      internal: session.kind === "internal",
      addressRank: ranks.get(sender.address) ?? 0,
      senderId: ids[from] ?? 0,
      sends: {
        to: sender.neighbour,
        role: theirs?.roles === true && (own?.roles === true || !needsBothRoles(routers[from])),
        leaks: theirs?.leaks === true,
      },
      receives: {
        ...receivingPolicy(own, receiver.neighbour, sender.asn, coneOf),
        role:
          own?.roles === true &&
          (theirs?.roles === true || !needsBothRoles(routers[indexOf.get(receiver.router) ?? -1])),
      },
    };
  };
  const directions: Direction[] = [];
  for (const session of sessions) {
    const [a, b] = session.ends;
    const there = direction(directions.length, session, a, b);
    const back = direction(directions.length + 1, session, b, a);
    there.back = back as Direction;
    back.back = there as Direction;
    directions.push(there as Direction, back as Direction);
  }
  const checked = new Set(topology.autonomousSystems.flatMap(({ policy }) => policy.pathEnd));
  return {
    topology,
    family,
    routers,
    indexOf,
    ids,
    directions,
    incoming: groupedBy(routers.length, directions, ({ to }) => to),
    outgoing: groupedBy(routers.length, directions, ({ from }) => from),
    igp: igpOf(topology, family, routers),
    attached: routers.map(({ interfaces }) => new Set(interfaces.map(({ attachedTo }) => attachedTo))),
    neighbours: new Map([...checked].map((asn) => [asn, neighbouringAses(topology, asn)])),
  };
}

type Mutable = Omit<Direction, "back"> & { back?: Direction };

/** OpenBGPD marks and refuses by RFC 9234 where both sides have told their roles, the others where their own has one. */
function needsBothRoles(router: Router | undefined): boolean {
  return router?.daemon === "openbgpd";
}

function receivingPolicy(
  policy: Policy | undefined,
  from: Neighbour,
  asn: number,
  coneOf: (asn: number) => ReadonlySet<number>,
): Omit<ReceivingPolicy, "role"> {
  const customer = from === "customer";
  return {
    from,
    localPreference: policy?.localPreferences[asn],
    originValidation: policy?.originValidation === true,
    pathEnd: policy?.pathEnd ?? [],
    origins: customer && policy?.customerPrefixes === true ? coneOf(asn) : undefined,
    maximumPrefixes: customer ? policy?.maximumPrefixes : undefined,
  };
}

function addressRanks(sessions: readonly Session[]): ReadonlyMap<string, number> {
  const addresses = [...new Set(sessions.flatMap(({ ends }) => ends.map(({ address }) => address)))].map((text) => ({
    text,
    value: parseAddress(text)?.value ?? 0n,
  }));
  addresses.sort((one, other) => (one.value < other.value ? -1 : one.value > other.value ? 1 : 0));
  return new Map(addresses.map(({ text }, rank) => [text, rank]));
}

function groupedBy(
  count: number,
  directions: readonly Direction[],
  key: (direction: Direction) => number,
): readonly (readonly Direction[])[] {
  const groups = Array.from({ length: count }, (): Direction[] => []);
  for (const direction of directions) groups[key(direction)]?.push(direction);
  return groups;
}
