/** Relations between ASes, looked up by a pair of routers. */
import type { Draft, DraftRouter } from "../draft.ts";
import type { Neighbour, Relation } from "../topology.ts";
import type { Report } from "../validation/report.ts";

/** A relation between two ASes, and where it was declared. */
export interface ResolvedRelation extends Relation {
  readonly path: string;
  /** The route server, where it is one's. */
  readonly server?: string;
}

/** What each side is to the other: `aSees` is what b is to a. */
export const neighbours: Readonly<Record<Relation["kind"], { readonly aSees: Neighbour; readonly bSees: Neighbour }>> =
  {
    transit: { aSees: "customer", bSees: "provider" },
    peer: { aSees: "peer", bSees: "peer" },
    sibling: { aSees: "sibling", bSees: "sibling" },
    "route-server": { aSees: "route-server-client", bSees: "route-server" },
  };

/** Every relation, one for each member of a route server. Notes those that can't be, or are there already. */
export function readRelations(draft: Draft, report: Report): readonly ResolvedRelation[] {
  const declared = new Map<string, ResolvedRelation>();
  for (const relation of expand(draft, report)) {
    const { kind, a, b, path, server } = relation;
    if (a === b) {
      report.add(
        "relation-with-itself",
        path,
        a,
        "two different ASes",
        "Inside an AS routers have iBGP sessions without a relation.",
      );
      continue;
    }
    const key = server === undefined ? pairKey(a, b) : pairKey(`router ${server}`, b);
    const earlier = declared.get(key);
    if (earlier === undefined) {
      declared.set(key, relation);
      if (server === undefined) checkHasRouters(draft, relation, report);
    } else if (earlier.kind === kind && (kind !== "transit" || earlier.a === a)) {
      report.add(
        "duplicate-relation",
        path,
        `${a}, ${b}`,
        "each relation once",
        `${earlier.path} says this already; leave it out here.`,
      );
    } else {
      const hint = `${earlier.path} says ${describe(earlier)}; keep one of them.`;
      report.add("contradictory-relation", path, describe(relation), "one relation between two ASes", hint);
    }
  }
  return [...declared.values()];
}

/** The relation under which two routers of different ASes meet; undefined where there is none. */
export type RelationLookup = (one: DraftRouter, other: DraftRouter) => ResolvedRelation | undefined;

export function relationLookup(relations: readonly ResolvedRelation[]): RelationLookup {
  const byPair = new Map(
    relations.map((relation) => [
      relation.server === undefined
        ? pairKey(relation.a, relation.b)
        : pairKey(`router ${relation.server}`, relation.b),
      relation,
    ]),
  );
  return (one, other) => {
    const servers = [one, other].filter((router) => router.spec.routeServer === true);
    const [server] = servers;
    if (server === undefined) return byPair.get(pairKey(one.spec.as, other.spec.as));
    if (servers.length === 2) return undefined;
    return byPair.get(pairKey(`router ${server.name}`, (server === one ? other : one).spec.as));
  };
}

function* expand({ relations, routers }: Draft, report: Report): Generator<ResolvedRelation> {
  for (const [index, relation] of relations.entries()) {
    const path = `relations[${index}]`;
    switch (relation.kind) {
      case "transit":
        yield { kind: "transit", a: relation.provider, b: relation.customer, path };
        break;
      case "peer":
      case "sibling":
        yield { kind: relation.kind, a: relation.between[0], b: relation.between[1], path };
        break;
      case "route-server": {
        const server = routers.get(relation.server);
        if (server?.spec.routeServer !== true) {
          const hint = `Set routeServer: true in nodes.${relation.server}.`;
          report.add("not-a-route-server", `${path}.server`, relation.server, "a router with routeServer", hint);
        }
        for (const [position, member] of relation.members.entries()) {
          yield {
            kind: "route-server",
            a: server?.spec.as ?? "",
            b: member,
            path: `${path}.members[${position}]`,
            server: relation.server,
          };
        }
        break;
      }
      default:
        relation satisfies never;
    }
  }
}

function checkHasRouters({ routersOf }: Draft, { kind, a, b, path }: ResolvedRelation, report: Report): void {
  for (const name of [a, b]) {
    const routers = routersOf.get(name) ?? [];
    if (routers.length === 0 || routers.some((router) => router.spec.routeServer !== true)) continue;
    const hint = `${name} has nothing but a route server: declare a relation of kind route-server.`;
    report.add("route-server-in-relation", path, kind, "an AS with a router that is no route server", hint);
  }
}

function describe({ kind, a, b }: Relation): string {
  return kind === "transit" ? `${a} provides transit to ${b}` : `${kind} of ${a} and ${b}`;
}

function pairKey(one: string, other: string): string {
  return one < other ? `${one}|${other}` : `${other}|${one}`;
}
