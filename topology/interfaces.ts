/** Names of interfaces: those declared, and defaults for the others. */
import { hashText } from "./addressing/hash.ts";
import type { Attachment, DraftEnd } from "./draft.ts";

/** IFNAMSIZ less the terminating zero. */
export const longestInterfaceName = 15;

const reserved = new Set([
  "lo",
  // The kernel's names under net.ipv4.conf.
  "all",
  "default",
  // Devices that tunnel modules put into every new network namespace.
  "tunl0",
  "gre0",
  "gretap0",
  "erspan0",
  "ip_vti0",
  "ip6_vti0",
  "sit0",
  "ip6tnl0",
  "ip6gre0",
]);

export function isReservedInterfaceName(name: string): boolean {
  return reserved.has(name);
}

/**
 * The name of each end's interface. Default: the peer's name on a link, the segment's on a segment, cut and told
 * apart by a hash where it is longer than 15 characters, numbered where the node has it already.
 */
export function nameInterfaces(attachments: readonly Attachment[]): ReadonlyMap<DraftEnd, string> {
  const names = new Map<DraftEnd, string>();
  const taken = new Map<string, Set<string>>();
  const ends = attachments.flatMap((attachment) => attachment.ends);
  for (const end of ends) {
    if (!taken.has(end.node)) taken.set(end.node, new Set(reserved));
    if (end.interface === undefined) continue;
    taken.get(end.node)?.add(end.interface);
    names.set(end, end.interface);
  }
  for (const attachment of attachments) {
    for (const [index, end] of attachment.ends.entries()) {
      if (end.interface !== undefined) continue;
      const peer = attachment.kind === "link" ? attachment.ends[1 - index] : undefined;
      const name = firstFree(peer?.node ?? attachment.name, taken.get(end.node) ?? new Set());
      taken.get(end.node)?.add(name);
      names.set(end, name);
    }
  }
  return names;
}

function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  let name = shorten(wanted, longestInterfaceName);
  for (let number = 2; taken.has(name); number++) {
    const suffix = `-${number}`;
    name = shorten(wanted, longestInterfaceName - suffix.length) + suffix;
  }
  return name;
}

/** The text itself where it is short enough, otherwise its beginning and four letters that tell it from others. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const hash = (hashText(text) % 36 ** 4).toString(36).padStart(4, "0");
  return `${text.slice(0, longest - 5)}-${hash}`;
}
