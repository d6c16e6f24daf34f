/** Reads what FRR's bgpd says of itself as JSON. */
import type { BgpRoute } from "../daemons/route.ts";
import type { Family } from "../spec.ts";
import type { Roa } from "../topology.ts";

/** A session of `show bgp summary json`: by the neighbour's address, its state. */
export function parseFrrSummary(text: string): Map<string, string> {
  const families = JSON.parse(text) as Readonly<Record<string, FrrSummary>>;
  return new Map(
    Object.values(families).flatMap(({ peers = {} }) =>
      Object.entries(peers).map(([address, { state }]): [string, string] => [address, state]),
    ),
  );
}

interface FrrSummary {
  readonly peers?: Readonly<Record<string, { readonly state: string }>>;
}

/** Reads `show bgp ipv4 unicast json`, or ipv6. */
export function parseFrrRoutes(text: string): BgpRoute[] {
  const { routes = {} } = JSON.parse(text) as FrrTable;
  return Object.entries(routes).flatMap(([prefix, paths]) =>
    paths.map((path) => ({
      prefix,
      best: path.bestpath === true,
      neighbour: path.peerId === "(unspec)" ? "" : path.peerId,
      asPath: (path.path.match(/\d+/g) ?? []).map(Number),
    })),
  );
}

interface FrrTable {
  readonly routes?: Readonly<Record<string, readonly FrrPath[]>>;
}

interface FrrPath {
  readonly bestpath?: boolean;
  readonly peerId: string;
  readonly path: string;
}

export function frrTable(family: Family): string {
  return `show bgp ${family} unicast json`;
}

/** Reads `show bgp ipv4 unicast neighbors ADDRESS advertised-routes json`: the prefixes that the neighbour is given. */
export function parseFrrAdvertised(text: string): string[] {
  const { advertisedRoutes = {} } = JSON.parse(text) as {
    readonly advertisedRoutes?: Readonly<Record<string, unknown>>;
  };
  return Object.keys(advertisedRoutes);
}

/** Reads `show rpki prefix-table`: a line for each ROA, prefix, its length, a dash, the greatest length, and the AS. */
export function parseFrrRoas(text: string): Roa[] {
  return [...text.matchAll(/^([0-9a-f][0-9a-f.:]*)\s+(\d+)\s*-\s*(\d+)\s+(\d+)\s*$/gm)].map(
    ([, address = "", length = "", maxLength, asn]) => ({
      prefix: `${address}/${length}`,
      maxLength: Number(maxLength),
      asn: Number(asn),
    }),
  );
}
