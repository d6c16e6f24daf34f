/**
 * Gao–Rexford routing policy as BIRD filters. Each route is tagged, when it comes in, with what the neighbour is
 * (a large community, RFC 8092, ASN:1:x), and the tag decides to whom it may go out.
 */
import type { Family } from "../spec.ts";
import type { Neighbour, Policy } from "../topology.ts";
import type { PolicyNeighbour } from "./neighbour.ts";
import { block, familyOf } from "./text.ts";

/** Local preference by what a route was learned from: earn money, then save it, then pay. */
export const localPreference = { originated: 400, customer: 300, peer: 200, provider: 100 } as const;

/** Third part of the large community ASN:1:x. */
export const tagNumber = { customer: 1, peer: 2, provider: 3, sibling: 4, originated: 5 } as const;

/** Name of the filter for what comes in from a neighbour; `all` where nothing is filtered. */
export function importFilter(
  policy: Policy,
  { neighbour, asn, localPreference: own, prefixes }: PolicyNeighbour,
): string {
  switch (neighbour) {
    case "customer":
    case "peer":
    case "provider":
    case "route-server": {
      const kind = neighbour === "route-server" ? "peer" : neighbour;
      return own === undefined && prefixes === undefined ? `filter from_${kind}` : `filter from_${kind}_${asn}`;
    }
    case "sibling":
      return `filter from_sibling_${asn}`;
    case "route-server-client":
      return rejects(policy) ? "filter from_client" : "all";
    case "internal":
      return "all";
  }
}

/** Name of the filter for what goes out to a neighbour. */
export function exportFilter(policy: Policy, { neighbour }: Pick<PolicyNeighbour, "neighbour">): string {
  if (policy.leaks && neighbour !== "internal" && neighbour !== "route-server-client") return "filter to_everybody";
  switch (neighbour) {
    case "customer":
    case "sibling":
      return "filter to_customer";
    case "peer":
    case "route-server":
      return "filter to_peer";
    case "provider":
      return "filter to_provider";
    case "internal":
      return "filter to_internal";
    case "route-server-client":
      return "where source = RTS_BGP";
  }
}

/** Whether the AS refuses routes by where they come from. */
function rejects(policy: Policy): boolean {
  return policy.originValidation || policy.pathEnd.length > 0;
}

/** RFC 9234 role of this end; none between siblings and inside the AS, where the RFC knows none. */
export function role(neighbour: Neighbour): string | undefined {
  switch (neighbour) {
    case "customer":
      return "provider";
    case "provider":
      return "customer";
    case "peer":
      return "peer";
    case "route-server":
      return "rs_client";
    case "route-server-client":
      return "rs_server";
    case "sibling":
    case "internal":
      return undefined;
  }
}

/** What else the filters depend on. */
export interface PolicyUse {
  readonly originates: boolean;
  /** Numbers of ASes put behind the router's own in a hijacked route's path. */
  readonly behind: readonly number[];
  /** By number of each AS whose path ends are checked: its neighbours. */
  readonly pathEnds: ReadonlyMap<number, readonly number[]>;
  /** Digits of the families in use. */
  readonly families: readonly Family[];
}

/** Constants and filters that the router's neighbours and origins call for, and no others. */
export function renderPolicy(
  asn: number,
  policy: Policy,
  neighbours: readonly PolicyNeighbour[],
  use: PolicyUse,
): string[] {
  const imports = new Map(neighbours.map((neighbour) => [importFilter(policy, neighbour), neighbour]));
  const exports = new Set(neighbours.map((neighbour) => exportFilter(policy, neighbour)));
  const siblings = [...new Set(neighbours.filter((n) => n.neighbour === "sibling").map((n) => n.asn))];
  const learnsFrom = (kind: "customer" | "peer" | "provider"): boolean =>
    [...imports.keys()].some((name) => name.startsWith(`filter from_${kind}`));
  const restricts = exports.has("filter to_peer") || exports.has("filter to_provider");
  const refuse = renderRefusals(policy, use);
  const lines: string[] = [];

  const tags: [name: string, number: number, comment: string][] = [];
  if (learnsFrom("customer") || restricts || siblings.length > 0)
    tags.push(["FROM_CUSTOMER", tagNumber.customer, "learned from a customer: given to everybody"]);
  if (learnsFrom("peer") || siblings.length > 0)
    tags.push(["FROM_PEER", tagNumber.peer, "learned from a peer: not given to peers or providers"]);
  if (learnsFrom("provider") || siblings.length > 0)
    tags.push(["FROM_PROVIDER", tagNumber.provider, "learned from a provider: not given to peers or providers"]);
  if (siblings.length > 0) tags.push(["FROM_SIBLING", tagNumber.sibling, "came through a sibling"]);
  if (use.originates || restricts) tags.push(["ORIGINATED", tagNumber.originated, "this AS's own: given to everybody"]);
  if (tags.length > 0) {
    lines.push("# What a route was learned from travels with it as a large community, (AS, 1, x).");
    const width = Math.max(...tags.map(([name]) => name.length));
    for (const [name, number, comment] of tags)
      lines.push(`define ${name.padEnd(width)} = (${asn}, 1, ${number});  # ${comment}`);
    lines.push("");
  }

  if (use.originates)
    for (const behind of [undefined, ...use.behind])
      lines.push(
        ...(behind === undefined ? [] : [`# A forged origin: as if AS ${behind} had announced it to us.`]),
        ...block(behind === undefined ? "filter announce" : `filter announce_behind_${behind}`, [
          ...(behind === undefined ? [] : [`bgp_path.prepend(${behind});`]),
          `bgp_local_pref = ${localPreference.originated};`,
          "bgp_large_community.add(ORIGINATED);",
          "accept;",
        ]),
        "",
      );

  const comments = {
    customer: "A customer pays for its traffic: its routes are preferred to all others.",
    peer: "A peer's traffic costs nothing: better than a provider's, worse than a customer's.",
    provider: "A provider wants paying: the last choice.",
  };
  for (const kind of ["customer", "peer", "provider"] as const)
    for (const [name, { asn: from, localPreference: own, prefixes }] of imports) {
      const ordinary = name === `filter from_${kind}`;
      if (!ordinary && name !== `filter from_${kind}_${from}`) continue;
      lines.push(
        ordinary ? `# ${comments[kind]}` : `# AS ${from}, a ${kind}, by rules of its own.`,
        ...block(name, [
          ...(prefixes === undefined
            ? []
            : [`if !(${netIn(prefixes)}) then reject;  # not its own, nor a customer's of its`]),
          ...refuse,
          `bgp_large_community.delete([(${asn}, *, *)]);  # nobody else speaks in our name`,
          `bgp_local_pref = ${own ?? localPreference[kind]};`,
          `bgp_large_community.add(FROM_${kind.toUpperCase()});`,
          "accept;",
        ]),
        "",
      );
    }
  if (imports.has("filter from_client")) lines.push(...block("filter from_client", [...refuse, "accept;"]), "");
  for (const sibling of siblings)
    lines.push(
      `# AS ${sibling} is run by the same people: a route counts as what the sibling learned it as,`,
      "# and the sibling's own prefixes count as a customer's.",
      ...block(`filter from_sibling_${sibling}`, [
        ...refuse,
        `bgp_large_community.delete([(${asn}, *, *)]);`,
        "bgp_large_community.add(FROM_SIBLING);",
        `if (${sibling}, 1, ${tagNumber.provider}) ~ bgp_large_community then {`,
        `  bgp_local_pref = ${localPreference.provider};`,
        "  bgp_large_community.add(FROM_PROVIDER);",
        `} else if (${sibling}, 1, ${tagNumber.peer}) ~ bgp_large_community then {`,
        `  bgp_local_pref = ${localPreference.peer};`,
        "  bgp_large_community.add(FROM_PEER);",
        "} else {",
        `  bgp_local_pref = ${localPreference.customer};`,
        "  bgp_large_community.add(FROM_CUSTOMER);",
        "}",
        "accept;",
      ]),
      "",
    );

  if (exports.has("filter to_customer"))
    lines.push(
      siblings.length > 0 ? "# Customers and siblings get every route." : "# Customers pay for every route there is.",
      ...block("filter to_customer", ["if source ~ [RTS_BGP, RTS_STATIC, RTS_DEVICE] then accept;", "reject;"]),
      "",
    );
  for (const kind of ["peer", "provider"] as const)
    if (exports.has(`filter to_${kind}`))
      lines.push(
        kind === "peer"
          ? "# Peers get our own routes and our customers', or we would carry strangers' traffic for nothing."
          : "# Providers get our own routes and our customers', or we would pay to carry strangers' traffic.",
        ...block(`filter to_${kind}`, [
          "if ORIGINATED ~ bgp_large_community || FROM_CUSTOMER ~ bgp_large_community then accept;",
          "reject;",
        ]),
        "",
      );
  if (exports.has("filter to_everybody"))
    lines.push(
      "# A leak: strangers' routes go to strangers.",
      ...block("filter to_everybody", ["if source ~ [RTS_BGP, RTS_STATIC, RTS_DEVICE] then accept;", "reject;"]),
      "",
    );
  if (exports.has("filter to_internal"))
    lines.push(
      "# Inside the AS: BGP's routes and our own prefixes; OSPF carries the rest.",
      ...block("filter to_internal", ["if source ~ [RTS_BGP, RTS_STATIC, RTS_DEVICE] then accept;", "reject;"]),
      "",
    );
  return lines;
}

/** Lines of a filter that refuse what the RPKI makes invalid, and forged path ends. */
function renderRefusals(policy: Policy, { pathEnds, families }: PolicyUse): string[] {
  const lines: string[] = [];
  if (policy.originValidation)
    for (const family of families) {
      const type = family === "ipv4" ? "NET_IP4" : "NET_IP6";
      // The check stands in the filter itself: BIRD looks for it there to reload routes when ROAs change.
      lines.push(
        `if net.type = ${type} && roa_check(${roaTable(family)}, net, bgp_path.last) = ROA_INVALID then reject;`,
      );
    }
  for (const [origin, neighbours] of pathEnds) {
    const set = neighbours.length === 0 ? "" : ` && !(bgp_path ~ [= * [${neighbours.join(", ")}] ${origin}+ =])`;
    lines.push(
      `if bgp_path.last = ${origin} && !(bgp_path ~ [= ${origin}+ =])${set} then reject;  # a forged path end`,
    );
  }
  return lines;
}

/** Name of BIRD's table of ROAs. */
export function roaTable(family: Family): string {
  return family === "ipv4" ? "roas4" : "roas6";
}

/** An expression that holds for exactly these prefixes. A set is of one family; && and || bind alike in BIRD. */
function netIn(prefixes: readonly string[]): string {
  const sets = (["ipv4", "ipv6"] as const).flatMap((family) => {
    const own = prefixes.filter((prefix) => familyOf(prefix) === family);
    const type = family === "ipv4" ? "NET_IP4" : "NET_IP6";
    return own.length === 0 ? [] : [`(net.type = ${type} && net ~ [${own.join(", ")}])`];
  });
  return sets.length === 0 ? "false" : sets.join(" || ");
}
