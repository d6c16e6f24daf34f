/** Gao–Rexford policy as GoBGP's policies, by the same numbers as BIRD's filters. */
import { forwarderAddress, hasForwarder } from "../bird/forwarder.ts";
import type { PolicyNeighbour } from "../bird/neighbour.ts";
import { exportFilter, importFilter, localPreference, tagNumber } from "../bird/policy.ts";
import { familyDigit } from "../bird/text.ts";
import type { Family } from "../spec.ts";
import type { Policy, Router, Topology } from "../topology.ts";
import { element, table } from "./toml.ts";

type Kind = "customer" | "peer" | "provider";

export type Peer = PolicyNeighbour & { readonly address: string; readonly family: Family };

/**
 * Sets, and two policies over all sessions: statements come one after the other, those without a disposition go on to
 * the next, and what none accepts is refused.
 */
export function renderPolicies(topology: Topology, router: Router, policy: Policy, peers: readonly Peer[]): string[] {
  const imports = grouped(peers, (peer) => importName(policy, peer));
  const exports = grouped(peers, (peer) => filterName(exportFilter(policy, peer)));
  const forwards = hasForwarder(router);
  const siblings = [...new Set(peers.filter(({ neighbour }) => neighbour === "sibling").map(({ asn }) => asn))];
  return [
    ...neighbourSets(imports),
    ...neighbourSets(exports),
    ...(forwards ? neighbourSet("kernel", [forwarderAddress]) : []),
    ...[...imports].flatMap(([name, [peer]]) => (peer === undefined ? [] : prefixSet(name, peer))),
    "# What a route was learned from travels with it as a large community, AS:1:x.",
    ...communitySet("upward", [tag(router.asn, "customer"), tag(router.asn, "originated")]),
    ...siblings.flatMap((asn) =>
      (["provider", "peer"] as const).flatMap((kind) => communitySet(`sibling_${asn}_${kind}`, [tag(asn, kind)])),
    ),
    ...element("policy-definitions", { name: "import" }),
    ...(forwards ? statement("from_kernel", { neighbours: "kernel", accept: true }) : []),
    ...[...imports].flatMap(([name, [peer]]) => (peer === undefined ? [] : importStatements(router.asn, name, peer))),
    ...element("policy-definitions", { name: "export" }),
    ...(forwards ? statement("to_kernel", { neighbours: "kernel", accept: true }) : []),
    ...[...exports.keys()].flatMap((name) => {
      const restricted = name === "to_peer" || name === "to_provider";
      return statement(name, {
        neighbours: name,
        ...(restricted ? { communities: "upward" } : {}),
        accept: true,
      });
    }),
    ...table("global.apply-policy.config", {
      "import-policy-list": ["import"],
      "default-import-policy": "reject-route",
      "export-policy-list": ["export"],
      "default-export-policy": "reject-route",
    }),
  ];
}

/** Prefix sets are of one family. */
function importName(policy: Policy, peer: Peer): string {
  const name = filterName(importFilter(policy, peer));
  return peer.prefixes === undefined ? name : `${name}_v${familyDigit(peer.family)}`;
}

function filterName(filter: string): string {
  return filter.replace(/^filter /, "");
}

function grouped(peers: readonly Peer[], nameOf: (peer: Peer) => string): Map<string, Peer[]> {
  const groups = new Map<string, Peer[]>();
  for (const peer of peers) groups.set(nameOf(peer), [...(groups.get(nameOf(peer)) ?? []), peer]);
  return groups;
}

function neighbourSets(groups: ReadonlyMap<string, readonly Peer[]>): string[] {
  return [...groups].flatMap(([name, peers]) =>
    neighbourSet(
      name,
      peers.map(({ address }) => address),
    ),
  );
}

function neighbourSet(name: string, addresses: readonly string[]): string[] {
  return element("defined-sets.neighbor-sets", { "neighbor-set-name": name, "neighbor-info-list": addresses });
}

function communitySet(name: string, communities: readonly string[]): string[] {
  return element("defined-sets.bgp-defined-sets.large-community-sets", {
    "large-community-set-name": name,
    "large-community-list": communities.map((each) => `^${each}$`),
  });
}

function prefixSet(name: string, { prefixes, family, asn }: Peer): string[] {
  const taken = (prefixes ?? []).filter((prefix) => prefix.includes(":") === (family === "ipv6"));
  if (taken.length === 0) return [];
  return [
    `# What AS ${asn} and its customers originate.`,
    ...element("defined-sets.prefix-sets", { "prefix-set-name": name }),
    ...taken.flatMap((prefix) => element("defined-sets.prefix-sets.prefix-list", { "ip-prefix": prefix })),
  ];
}

function importStatements(asn: number, name: string, peer: Peer): string[] {
  const { neighbour, prefixes, family } = peer;
  // A set can't be empty.
  if (prefixes?.every((prefix) => prefix.includes(":") !== (family === "ipv6")) === true) return [];
  const learned = (kind: Kind, tags: readonly string[], preference: number): Statement => ({
    neighbours: name,
    ...(prefixes === undefined ? {} : { prefixes: name }),
    add: [...tags, tag(asn, kind)],
    preference,
    accept: true,
  });
  // Nobody else speaks in our name.
  const cleared = statement(`${name}_cleared`, { neighbours: name, remove: `^${asn}:.*$` });
  if (neighbour === "sibling")
    return [
      ...cleared,
      ...(["provider", "peer", "customer"] as const).flatMap((kind) =>
        statement(`${name}_${kind}`, {
          ...learned(kind, [tag(asn, "sibling")], localPreference[kind]),
          ...(kind === "customer" ? {} : { communities: `sibling_${peer.asn}_${kind}` }),
        }),
      ),
    ];
  const kind: Kind = neighbour === "customer" || neighbour === "provider" ? neighbour : "peer";
  return [...cleared, ...statement(name, learned(kind, [], peer.localPreference ?? localPreference[kind]))];
}

interface Statement {
  /** Names of sets. */
  readonly neighbours: string;
  readonly prefixes?: string;
  readonly communities?: string;
  /** Large communities to add, and a pattern of those to remove. */
  readonly add?: readonly string[];
  readonly remove?: string;
  readonly preference?: number;
  /** Otherwise it goes on to the next. */
  readonly accept?: true;
}

function statement(
  name: string,
  { neighbours, prefixes, communities, add, remove, preference, accept }: Statement,
): string[] {
  const at = "policy-definitions.statements";
  const changed = add ?? (remove === undefined ? undefined : [remove]);
  return [
    ...element(at, { name }),
    ...table(`${at}.conditions.match-neighbor-set`, { "neighbor-set": neighbours }),
    ...(prefixes === undefined ? [] : table(`${at}.conditions.match-prefix-set`, { "prefix-set": prefixes })),
    ...(communities === undefined
      ? []
      : table(`${at}.conditions.bgp-conditions.match-large-community-set`, { "large-community-set": communities })),
    ...(accept === true ? table(`${at}.actions`, { "route-disposition": "accept-route" }) : []),
    ...(preference === undefined ? [] : table(`${at}.actions.bgp-actions`, { "set-local-pref": preference })),
    ...(changed === undefined
      ? []
      : [
          ...table(`${at}.actions.bgp-actions.set-large-community`, { options: add === undefined ? "remove" : "add" }),
          ...table(`${at}.actions.bgp-actions.set-large-community.set-large-community-method`, {
            "communities-list": changed,
          }),
        ]),
  ];
}

function tag(asn: number, kind: keyof typeof tagNumber): string {
  return `${asn}:1:${tagNumber[kind]}`;
}
