/**
 * Gao–Rexford routing policy as BIRD filters. Each route is tagged, when it comes in, with what the neighbour is
 * (a large community, RFC 8092, ASN:1:x), and the tag decides to whom it may go out.
 */
import type { Neighbour } from "../topology.ts";
import { block } from "./text.ts";

/** Local preference by what a route was learned from: earn money, then save it, then pay. */
export const localPreference = { originated: 400, customer: 300, peer: 200, provider: 100 } as const;

/** Third part of the large community ASN:1:x. */
export const tagNumber = { customer: 1, peer: 2, provider: 3, sibling: 4, originated: 5 } as const;

/** A neighbour outside the AS that this router applies policy to, as the far end is to it. */
export interface PolicyNeighbour {
  readonly neighbour: Neighbour;
  readonly asn: number;
}

/** Name of the filter for what comes in from a neighbour; `all` where nothing is filtered. */
export function importFilter({ neighbour, asn }: PolicyNeighbour): string {
  switch (neighbour) {
    case "customer":
    case "peer":
    case "provider":
      return `filter from_${neighbour}`;
    case "route-server":
      return "filter from_peer";
    case "sibling":
      return `filter from_sibling_${asn}`;
    case "route-server-client":
    case "internal":
      return "all";
  }
}

/** Name of the filter for what goes out to a neighbour. */
export function exportFilter({ neighbour }: PolicyNeighbour): string {
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

/** Constants and filters that the router's neighbours and origins call for, and no others. */
export function renderPolicy(
  asn: number,
  neighbours: readonly PolicyNeighbour[],
  use: { readonly originates: boolean },
): string[] {
  const imports = new Set(neighbours.map(importFilter));
  const exports = new Set(neighbours.map(exportFilter));
  const siblings = [...new Set(neighbours.filter((n) => n.neighbour === "sibling").map((n) => n.asn))];
  const learnsFrom = (kind: "customer" | "peer" | "provider"): boolean => imports.has(`filter from_${kind}`);
  const restricts = exports.has("filter to_peer") || exports.has("filter to_provider");
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
    lines.push(
      ...block("filter announce", [
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
    if (learnsFrom(kind))
      lines.push(
        `# ${comments[kind]}`,
        ...block(`filter from_${kind}`, [
          `bgp_large_community.delete([(${asn}, *, *)]);  # nobody else speaks in our name`,
          `bgp_local_pref = ${localPreference[kind]};`,
          `bgp_large_community.add(FROM_${kind.toUpperCase()});`,
          "accept;",
        ]),
        "",
      );
  for (const sibling of siblings)
    lines.push(
      `# AS ${sibling} is run by the same people: a route counts as what the sibling learned it as,`,
      "# and the sibling's own prefixes count as a customer's.",
      ...block(`filter from_sibling_${sibling}`, [
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
  if (exports.has("filter to_internal"))
    lines.push(
      "# Inside the AS: BGP's routes and our own prefixes; OSPF carries the rest.",
      ...block("filter to_internal", ["if source ~ [RTS_BGP, RTS_STATIC, RTS_DEVICE] then accept;", "reject;"]),
      "",
    );
  return lines;
}
