/** Gao–Rexford policy as route maps, by the same numbers as BIRD's filters. */
import type { PolicyNeighbour } from "../bird/neighbour.ts";
import { exportFilter, importFilter, localPreference, tagNumber } from "../bird/policy.ts";
import { familyDigit } from "../bird/text.ts";
import { neighbouringAses } from "../routing/cone.ts";
import type { Family } from "../spec.ts";
import type { Policy, Router, Topology } from "../topology.ts";

export type FamilyNeighbour = PolicyNeighbour & { readonly family: Family };

type Kind = "customer" | "peer" | "provider";

/** Name of the route map for what comes in; undefined where everything is taken as it is. */
export function importMap(policy: Policy, neighbour: FamilyNeighbour): string | undefined {
  const name = mapName(importFilter(policy, neighbour));
  // Prefix lists are of one family.
  return name === undefined || neighbour.prefixes === undefined ? name : `${name}_v${familyDigit(neighbour.family)}`;
}

export function exportMap(policy: Policy, neighbour: FamilyNeighbour): string | undefined {
  return neighbour.neighbour === "internal" ? undefined : mapName(exportFilter(policy, neighbour));
}

function mapName(filter: string): string | undefined {
  return /^filter (\w+)$/.exec(filter)?.[1];
}

/** Lists and route maps that the router's neighbours and origins call for, and no others. */
export function renderPolicy(
  topology: Topology,
  router: Router,
  policy: Policy,
  neighbours: readonly FamilyNeighbour[],
): string[] {
  const imports = new Map(neighbours.map((each) => [importMap(policy, each), each]));
  const exports = new Set(neighbours.map((each) => exportMap(policy, each)));
  const own = (kind: keyof typeof tagNumber): string => `${router.asn}:1:${tagNumber[kind]}`;
  const lines: string[] = [
    "!",
    "! What a route was learned from travels with it as a large community, AS:1:x.",
    `bgp large-community-list expanded own seq 10 permit ^${router.asn}:.*`,
    `bgp large-community-list standard upward seq 10 permit ${own("customer")}`,
    `bgp large-community-list standard upward seq 20 permit ${own("originated")}`,
    ...renderPathEnds(topology, policy),
  ];
  const matches = [...(policy.pathEnd.length > 0 ? ["match as-path path_ends"] : [])];

  if (router.originates.length + router.hijacks.length > 0)
    for (const behind of new Set([undefined, ...router.hijacks.map((hijack) => hijack.behind)]))
      lines.push(
        ...(behind === undefined ? ["!"] : ["!", `! A forged origin: as if AS ${behind} had announced it to us.`]),
        ...entry(`announce${behind === undefined ? "" : `_behind_${behind}`}`, "permit", 10, [
          ...(behind === undefined ? [] : [`set as-path prepend ${behind}`]),
          `set large-community ${own("originated")}`,
          `set local-preference ${localPreference.originated}`,
        ]),
      );

  for (const [name, each] of imports) {
    if (name === undefined) continue;
    const { neighbour, asn, prefixes, family } = each;
    const ip = family === "ipv4" ? "ip" : "ipv6";
    if (prefixes !== undefined) {
      const taken = prefixes.filter((prefix) => prefix.includes(":") === (family === "ipv6"));
      const list = `cone_${asn}_v${familyDigit(family)}`;
      lines.push(
        "!",
        `! What AS ${asn} and its customers originate.`,
        ...taken.map((prefix, index) => `${ip} prefix-list ${list} seq ${10 * (index + 1)} permit ${prefix}`),
        // An empty list would take everything.
        `${ip} prefix-list ${list} seq ${10 * (taken.length + 1)} deny any`,
      );
    }
    const matching = [
      ...matches,
      ...(prefixes === undefined ? [] : [`match ${ip} address prefix-list cone_${asn}_v${familyDigit(family)}`]),
    ];
    lines.push("!");
    if (policy.originValidation) lines.push(...entry(name, "deny", 5, ["match rpki invalid"]));
    if (neighbour === "sibling") lines.push(...siblingEntries(name, asn, own, matching));
    else {
      const kind: Kind = neighbour === "customer" || neighbour === "provider" ? neighbour : "peer";
      lines.push(
        ...entry(name, "permit", 10, [
          ...matching,
          "set large-comm-list own delete",
          `set large-community ${own(kind)} additive`,
          `set local-preference ${each.localPreference ?? localPreference[kind]}`,
        ]),
      );
    }
  }
  for (const name of exports) {
    if (name === undefined) continue;
    const restricted = name === "to_peer" || name === "to_provider";
    lines.push(
      "!",
      ...(restricted ? ["! Our own routes and our customers'."] : []),
      ...entry(name, "permit", 10, restricted ? ["match large-community upward"] : []),
    );
  }
  return lines;
}

/** A route counts as what the sibling learned it as, and the sibling's own prefixes count as a customer's. */
function siblingEntries(
  name: string,
  asn: number,
  own: (kind: keyof typeof tagNumber) => string,
  matching: readonly string[],
): string[] {
  const learned = (kind: Kind): string[] => [
    "set large-comm-list own delete",
    `set large-community ${own("sibling")} ${own(kind)} additive`,
    `set local-preference ${localPreference[kind]}`,
  ];
  const list = (kind: Kind): string => `sibling_${asn}_${kind}`;
  const told = ["provider", "peer"] as const;
  return [
    ...told.map((kind) => `bgp large-community-list standard ${list(kind)} seq 10 permit ${asn}:1:${tagNumber[kind]}`),
    ...told.flatMap((kind, index) =>
      entry(name, "permit", 10 * (index + 1), [`match large-community ${list(kind)}`, ...matching, ...learned(kind)]),
    ),
    ...entry(name, "permit", 30, [...matching, ...learned("customer")]),
  ];
}

/** One access list for all origins that are looked at: a path has one. */
function renderPathEnds(topology: Topology, { pathEnd }: Policy): string[] {
  if (pathEnd.length === 0) return [];
  const rules = pathEnd.flatMap((origin) => {
    const before = [...neighbouringAses(topology, origin)];
    return [
      `permit ^${origin}(_${origin})*$`,
      ...(before.length === 0 ? [] : [`permit _(${before.join("|")})_${origin}(_${origin})*$`]),
      `deny _${origin}$`,
    ];
  });
  return [
    "! The AS before the origin must be one of the origin's neighbours.",
    ...[...rules, "permit .*"].map(
      (rule, index) => `bgp as-path access-list path_ends seq ${10 * (index + 1)} ${rule}`,
    ),
  ];
}

function entry(name: string, action: "permit" | "deny", sequence: number, body: readonly string[]): string[] {
  return [`route-map ${name} ${action} ${sequence}`, ...body.map((line) => ` ${line}`), "exit"];
}
