/** Who waits for whom. */

/**
 * The same without waits for what isn't there, and without those that would close a circle: containerlab's stages wait
 * for parts of a node's start, and two nodes may wait for different parts of each other's.
 */
export function acyclic(waits: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, string[]>([...waits.keys()].map((name) => [name, []]));
  const reaches = (from: string, to: string): boolean =>
    from === to || (kept.get(from) ?? []).some((next) => reaches(next, to));
  for (const [name, after] of waits)
    for (const each of after) if (kept.has(each) && !reaches(each, name)) kept.get(name)?.push(each);
  return kept;
}
