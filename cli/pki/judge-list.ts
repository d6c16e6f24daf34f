/** What is wrong with an authority's revocation lists. */
import { readRevocationList, type ReadRevocationList } from "../../certs/revocation-list.ts";
import type { AuthorityEntry } from "./inventory.ts";

/** Those that its generations have signed, as far as they can be read; empty where it has none. */
export function listsOf({ list }: AuthorityEntry): ReadRevocationList[] {
  return Object.values(list?.generations ?? {}).flatMap((pem) => readList(pem) ?? []);
}

export function readList(pem: string): ReadRevocationList | undefined {
  try {
    return readRevocationList(pem);
  } catch {
    return undefined;
  }
}

/** All that is wrong with a list by one of its generations. */
export async function judgeList(authority: AuthorityEntry, generation: string, now: Date): Promise<string[]> {
  const { name, list, generations, revocations } = authority;
  const read = readList(list?.generations[generation] ?? "");
  if (read === undefined) return ["isn't there"];
  const certificate = generations[generation];
  const wanted = new Map(revocations.map(({ serialNumber, reason }) => [serialNumber, reason] as const));
  const serials = [...new Set([...wanted.keys(), ...read.revoked.keys()])];
  return [
    ...(certificate !== undefined && (await read.isBy(certificate)) ? [] : [`not signed by ${name}`]),
    ...judgeTime(read, now),
    ...serials
      .filter((serial) => wanted.get(serial) !== read.revoked.get(serial))
      .map(
        (serial) =>
          `has ${serial} as ${read.revoked.get(serial) ?? "not revoked"}, and ${name} as ${wanted.get(serial) ?? "not revoked"}`,
      ),
  ];
}

export function judgeTime({ nextUpdate }: ReadRevocationList, now: Date): string[] {
  return now < nextUpdate ? [] : [`ended ${nextUpdate.toISOString()}`];
}
