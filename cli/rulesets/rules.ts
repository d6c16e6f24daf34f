/** The rules that are loaded, as `nft -a list ruleset` and `iptables-save` list them. */

export interface LoadedRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  /** On one line; of a rule of iptables, as iptables-save writes it. */
  readonly text: string;
}

/** Reads `nft -a -s list ruleset`. What isn't a chain (sets, maps, counters and so on) is passed over. */
export function parseRules(listing: string): LoadedRule[] {
  const rules: LoadedRule[] = [];
  let family = "";
  let table = "";
  let chain: string | undefined;
  let started = "";
  for (const line of listing.split("\n")) {
    const heading = /^table (\S+) (\S+) \{/.exec(line);
    const block = /^\t(\w+)(?: (\S+))? \{/.exec(line);
    if (heading !== null) [, family = "", table = ""] = heading;
    else if (block !== null) chain = block[1] === "chain" ? block[2] : undefined;
    else if (/^\t?\}/.test(line)) {
      chain = undefined;
      started = "";
    } else if (chain !== undefined && !/^\t\ttype \w+ hook /.test(line)) {
      // A rule may go over several lines; the last has its handle.
      started = `${started} ${line.trim()}`.trim();
      const ended = /^(.*?) ?# handle (\d+)$/.exec(started);
      if (ended === null) continue;
      rules.push({ family, table, chain, handle: Number(ended[2]), text: ended[1] ?? "" });
      started = "";
    }
  }
  return rules.filter((rule) => !rule.table.startsWith("labwright_"));
}

/** Gives rules of iptables the text that iptables-save has for them: both list a chain's rules in their order. */
export function withIptablesText(rules: readonly LoadedRule[], family: "ip" | "ip6", saved: string): LoadedRule[] {
  const texts = new Map<string, string[]>();
  let table = "";
  for (const line of saved.split("\n")) {
    table = /^\*(\S+)/.exec(line)?.[1] ?? table;
    const chain = /^-A (\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    const key = `${table} ${chain}`;
    texts.set(key, [...(texts.get(key) ?? []), line]);
  }
  return rules.map((rule) => {
    if (rule.family !== family) return rule;
    return { ...rule, text: texts.get(`${rule.table} ${rule.chain}`)?.shift() ?? rule.text };
  });
}

/** Names of interfaces that rules match and that aren't among `known`; a name with `*` or `+` at its end is a beginning. */
export function strangeInterfaces(rules: readonly LoadedRule[], known: readonly string[]): string[] {
  const named = rules.flatMap(({ text }) => [
    ...[...text.matchAll(/\b[io]if(?:name)? (?:!= )?(?:"([^"]+)"|\{ ([^}]*) \})/g)].flatMap((match) =>
      match[1] === undefined ? [...(match[2] ?? "").matchAll(/"([^"]+)"/g)].map((each) => each[1] ?? "") : [match[1]],
    ),
    ...[...text.matchAll(/(?:^| )-[io] (\S+)/g)].map((match) => match[1] ?? ""),
  ]);
  return [...new Set(named)].filter((name) => {
    const beginning = /^(.*)[*+]$/.exec(name)?.[1];
    return !["lo", ...known].some((each) => (beginning === undefined ? each === name : each.startsWith(beginning)));
  });
}
