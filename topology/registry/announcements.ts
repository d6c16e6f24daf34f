/** Who announces what in BGP, whether it is theirs or not. */
import { neighbouringAses } from "../routing/cone.ts";
import type { Topology } from "../topology.ts";

export interface Announcement {
  readonly prefix: string;
  /** Numbers of the ASes at the end of its paths, in ascending order. */
  readonly origins: readonly number[];
  /** Numbers of the ASes before them on the paths, in ascending order. */
  readonly peers: readonly number[];
}

/** Every prefix that a router originates or hijacks, with all its origins; in the order of declaration. */
export function announcements(topology: Topology): readonly Announcement[] {
  const found = new Map<string, { origins: Set<number>; peers: Set<number> }>();
  const note = (prefix: string, origin: number, peers: Iterable<number>): void => {
    const known = found.get(prefix) ?? { origins: new Set(), peers: new Set() };
    known.origins.add(origin);
    for (const peer of peers) known.peers.add(peer);
    found.set(prefix, known);
  };
  for (const node of topology.nodes) {
    if (node.kind !== "router") continue;
    const { asn, originates, hijacks } = node;
    for (const prefix of originates) note(prefix, asn, neighbouringAses(topology, asn));
    // Behind another's number it is that AS that seems to be the origin, and the hijacker its neighbour.
    for (const { prefix, behind } of hijacks)
      if (behind === undefined) note(prefix, asn, neighbouringAses(topology, asn));
      else note(prefix, behind, [asn]);
  }
  return [...found].map(([prefix, { origins, peers }]) => ({
    prefix,
    origins: ascending(origins),
    peers: ascending(peers),
  }));
}

function ascending(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((one, other) => one - other);
}
