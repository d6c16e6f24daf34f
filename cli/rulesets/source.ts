/** Rule sets as people have them: a text, its format, where it is from. */

export type Format = "nft" | "iptables" | "ip6tables";
export const formats: readonly Format[] = ["nft", "iptables", "ip6tables"];

export interface Source {
  /** Name of the file, as it was given. */
  readonly name: string;
  /** Where files that it includes are looked for; absent where it is none of a file. */
  readonly directory?: string;
  readonly text: string;
  readonly format: Format;
}

/**
 * What a text is by its content: what iptables-save and ip6tables-save write begins with a table (`*filter`). That of
 * IPv6 is told by its addresses and protocols, or by the comment at its head.
 */
export function formatOf(text: string): Format {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const first = lines.find((line) => !line.startsWith("#")) ?? "";
  if (!/^\*\w+\s*$/.test(first)) return "nft";
  const isIpv6 = lines.some((line) =>
    line.startsWith("#")
      ? /\bip6tables/.test(line)
      : /(^|\s)(-p|--protocol) (ipv6-icmp|icmpv6)\b|icmp6-|(^|\s)(-s|-d|--source|--destination) [0-9a-f]*:[0-9a-f:.]*/i.test(
          line,
        ),
  );
  return isIpv6 ? "ip6tables" : "iptables";
}
