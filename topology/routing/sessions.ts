/** BGP sessions: which there are, and what their protocols are called. */
import type { AddressPlan } from "../addressing/plan.ts";
import { formatAddress, type Address } from "../addressing/address.ts";
import type { Attachment, Draft, DraftEnd, DraftRouter } from "../draft.ts";
import { shorten } from "../interfaces.ts";
import type { Family } from "../spec.ts";
import type { AutonomousSystem, Neighbour, Session, SessionEnd } from "../topology.ts";
import type { Report } from "../validation/report.ts";
import { neighbours, relationLookup, type ResolvedRelation } from "./relations.ts";

/** Two routers that meet on a link or segment under a relation. */
interface Meeting {
  readonly attachment: Attachment;
  /** The relation's side a. */
  readonly a: DraftEnd;
  readonly b: DraftEnd;
}

/** BIRD takes names of 64 characters; some are left for what is appended. */
const longestNeighbourInProtocol = 48;

/**
 * External sessions in the order of their relations, then internal ones. Notes relations and links that no session
 * comes of.
 */
export function planSessions(
  draft: Draft,
  relations: readonly ResolvedRelation[],
  systems: readonly AutonomousSystem[],
  plan: AddressPlan,
  report: Report,
): readonly Session[] {
  const names = new ProtocolNames();
  const asnOf = new Map(systems.map((system) => [system.name, system.asn]));
  const meetings = findMeetings(draft, relations, report);
  const sessions: Session[] = [];

  const add = (
    a: Omit<SessionEnd, "protocol" | "asn">,
    b: Omit<SessionEnd, "protocol" | "asn">,
    family: Family,
    over?: string,
  ): void => {
    const complete = (end: typeof a, peer: typeof a): SessionEnd => ({
      ...end,
      protocol: names.take(end.router, peer.router, family),
      asn: asnOf.get(draft.routers.get(end.router)?.spec.as ?? "") ?? 0,
    });
    sessions.push({
      ends: [complete(a, b), complete(b, a)],
      kind: over === undefined ? "internal" : "external",
      ...(over === undefined ? {} : { over }),
      transport: family,
      families: [family],
    });
  };

  for (const relation of relations) {
    const { aSees, bSees } = neighbours[relation.kind];
    const before = sessions.length;
    for (const { attachment, a, b } of meetings.get(relation) ?? []) {
      for (const family of draft.families) {
        const [addressA, addressB] = [plan.addressOf(a, family), plan.addressOf(b, family)];
        if (addressA === undefined || addressB === undefined) continue;
        add(externalEnd(a.node, addressA, aSees), externalEnd(b.node, addressB, bSees), family, attachment.name);
      }
    }
    if (sessions.length > before) continue;
    const expected =
      relation.server === undefined
        ? "a link or a shared segment between their routers, with addresses"
        : `a segment shared with ${relation.server}, with addresses`;
    const hint = "No session can come up: add a link or a segment, or leave the relation out.";
    report.add("relation-without-link", relation.path, `${relation.a}, ${relation.b}`, expected, hint);
  }

  for (const system of systems) {
    for (const [one, other] of internalPairs(system, draft)) {
      for (const family of draft.families) {
        const [addressOne, addressOther] = [plan.loopbackOf(one, family), plan.loopbackOf(other, family)];
        if (addressOne === undefined || addressOther === undefined) continue;
        const isClient = (reflector: string, client: string): boolean =>
          system.reflectors.includes(reflector) && !system.reflectors.includes(client);
        const end = (router: string, peer: string, address: Address): Omit<SessionEnd, "protocol" | "asn"> => ({
          router,
          address: formatAddress(address),
          neighbour: "internal",
          reflectorClient: isClient(router, peer),
        });
        add(end(one, other, addressOne), end(other, one, addressOther), family);
      }
    }
  }
  return sessions;
}

function externalEnd(router: string, address: Address, neighbour: Neighbour): Omit<SessionEnd, "protocol" | "asn"> {
  return { router, address: formatAddress(address), neighbour, reflectorClient: false };
}

/** By relation: a route server meets its clients on segments only, others on links too. */
function findMeetings(
  draft: Draft,
  relations: readonly ResolvedRelation[],
  report: Report,
): ReadonlyMap<ResolvedRelation, readonly Meeting[]> {
  const lookup = relationLookup(relations);
  const meetings = new Map<ResolvedRelation, Meeting[]>(relations.map((relation) => [relation, []]));
  for (const attachment of draft.attachments) {
    const ends = attachment.ends.flatMap((end) => {
      const router = draft.routers.get(end.node);
      return router === undefined ? [] : [{ end, router }];
    });
    for (const [index, one] of ends.entries()) {
      for (const other of ends.slice(index + 1)) {
        if (one.router.spec.as === other.router.spec.as) continue;
        const relation = lookup(one.router, other.router);
        const isLink = attachment.kind === "link";
        if (relation !== undefined && !(isLink && relation.kind === "route-server")) {
          const [a, b] = isSideA(relation, one.router) ? [one.end, other.end] : [other.end, one.end];
          meetings.get(relation)?.push({ attachment, a, b });
        } else if (isLink) noteLinkWithoutRelation(attachment, one.router, other.router, report);
      }
    }
  }
  return meetings;
}

function isSideA(relation: ResolvedRelation, router: DraftRouter): boolean {
  return relation.server === undefined ? relation.a === router.spec.as : relation.server === router.name;
}

function noteLinkWithoutRelation({ path }: Attachment, one: DraftRouter, other: DraftRouter, report: Report): void {
  const found = `${one.spec.as}, ${other.spec.as}`;
  const withServer = one.spec.routeServer === true || other.spec.routeServer === true;
  const hint = withServer
    ? "A route server meets its clients on a segment: put both on one."
    : `No session would run over it: add a relation between ${one.spec.as} and ${other.spec.as}, or leave the link out.`;
  report.add("link-without-relation", path, found, "a relation between the ASes of its two routers", hint);
}

/** Full mesh; with reflectors, only the pairs in which one is a reflector. */
function internalPairs(system: AutonomousSystem, draft: Draft): readonly (readonly [string, string])[] {
  if (system.ibgp === "none") return [];
  const routers = system.routers.filter((name) => draft.routers.get(name)?.spec.routeServer !== true);
  const reflectors = new Set(system.reflectors);
  return routers.flatMap((one, index) =>
    routers
      .slice(index + 1)
      .filter((other) => system.ibgp === "full-mesh" || reflectors.has(one) || reflectors.has(other))
      .map((other) => [one, other] as const),
  );
}

/** Names of protocols, unique in each router: `r1_v4`, then `r1_v4_2`. */
class ProtocolNames {
  readonly #counts = new Map<string, number>();

  take(router: string, neighbour: string, family: Family): string {
    const text = shorten(neighbour, longestNeighbourInProtocol).replaceAll("-", "_");
    const name = `${text}_${family === "ipv4" ? "v4" : "v6"}`;
    const count = (this.#counts.get(`${router} ${name}`) ?? 0) + 1;
    this.#counts.set(`${router} ${name}`, count);
    return count === 1 ? name : `${name}_${count}`;
  }
}
