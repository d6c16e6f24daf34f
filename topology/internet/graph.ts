/** The internet's ASes and their relations as typed arrays: small, quick to walk, and shared by threads without a copy. */

/** Compressed sparse rows: those of AS `index` are `indices` from `starts[index]` up to `starts[index + 1]`. */
export interface Neighbours {
  readonly starts: Uint32Array;
  /** Indices of ASes, ascending within a row. */
  readonly indices: Uint32Array;
}

/** ASes are indices from 0, in ascending order of their numbers, so that the lower index is the lower number. */
export interface Internet {
  readonly asns: Uint32Array;
  readonly providers: Neighbours;
  readonly customers: Neighbours;
  readonly peers: Neighbours;
}

/** An AS's neighbours of one kind. */
export function row({ starts, indices }: Neighbours, index: number): Uint32Array {
  return indices.subarray(starts[index], starts[index + 1]);
}

/** How many neighbours of one kind an AS has. */
export function rowLength({ starts }: Neighbours, index: number): number {
  return (starts[index + 1] ?? 0) - (starts[index] ?? 0);
}

/** Relations of all kinds. */
export function degree({ providers, customers, peers }: Internet, index: number): number {
  return rowLength(providers, index) + rowLength(customers, index) + rowLength(peers, index);
}

/** An AS's index, undefined where it isn't there. */
export function indexOf({ asns }: Internet, asn: number): number | undefined {
  const index = placeOf(asns, asn);
  return asns[index] === asn ? index : undefined;
}

/** The numbers nearest to one that isn't there, ascending: at most one below and one above. */
export function nearestAsns({ asns }: Internet, asn: number): number[] {
  const place = placeOf(asns, asn);
  return [asns[place - 1], asns[place]].filter((each) => each !== undefined);
}

/** Where the number is, or would be. */
function placeOf(asns: Uint32Array, asn: number): number {
  let low = 0;
  let high = asns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((asns[middle] ?? 0) < asn) low = middle + 1;
    else high = middle;
  }
  return low;
}
