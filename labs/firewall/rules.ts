/** A firewall's rules as data, so that one list gives a rule set of nftables and one of iptables. */
import type { Family } from "../../topology/spec.ts";

export type Leg = "wan" | "dmz" | "lan";
export type Addresses = Readonly<Partial<Record<Family, string>>>;

export interface Rule {
  readonly chain: "input" | "forward";
  /** It goes with the rule, so that a counter tells what it counts. */
  readonly comment: string;
  readonly verdict: "accept" | "drop" | "reject";
  /** What it matches: all of these. */
  readonly from?: Leg;
  readonly to?: Leg;
  readonly state?: "established,related" | "invalid";
  readonly source?: Addresses;
  readonly destination?: Addresses;
  readonly ports?: { readonly protocol: "tcp" | "udp"; readonly numbers: readonly number[] };
  /** Echo requests, or what IPv6 finds its neighbours by (RFC 4861), without which nothing else works. */
  readonly icmp?: "ping" | "neighbours";
}

/** What a rule set is made of. Who isn't accepted is dropped. */
export interface Rules {
  readonly rules: readonly Rule[];
  /** Families that it covers; packets of another pass unseen. */
  readonly families: readonly Family[];
}

const families = ["ipv4", "ipv6"] as const;
const neighbourTypes = ["nd-neighbor-solicit", "nd-neighbor-advert"] as const;
const neighbourNumbers = [135, 136] as const;

/** For `nft -f`. */
export function renderNftables({ rules, families: covered }: Rules): string {
  const [only] = covered;
  const table = covered.length === 1 && only !== undefined ? { ipv4: "ip", ipv6: "ip6" }[only] : "inet";
  const chain = (name: Rule["chain"]): string[] => [
    `  chain ${name} {`,
    `    type filter hook ${name} priority filter; policy drop;`,
    ...(name === "input" ? ['    iifname "lo" accept'] : []),
    ...rules
      .filter((rule) => rule.chain === name)
      .flatMap((rule) => nftLines(rule, covered).map((line) => `    ${line}`)),
    '    counter comment "dropped by policy"',
    "  }",
  ];
  return [`table ${table} firewall {`, ...chain("input"), ...chain("forward"), "}", ""].join("\n");
}

function nftLines(rule: Rule, covered: readonly Family[]): string[] {
  const { from, to, state, source, destination, ports, icmp, verdict, comment } = rule;
  const matches = (family: Family | undefined): string[] => {
    const ip = family === "ipv6" ? "ip6" : "ip";
    return [
      ...(from === undefined ? [] : [`iifname "${from}"`]),
      ...(to === undefined ? [] : [`oifname "${to}"`]),
      ...(state === undefined ? [] : [`ct state ${state}`]),
      ...(family === undefined || source?.[family] === undefined ? [] : [`${ip} saddr ${source[family]}`]),
      ...(family === undefined || destination?.[family] === undefined ? [] : [`${ip} daddr ${destination[family]}`]),
      ...(ports === undefined ? [] : [`${ports.protocol} dport { ${ports.numbers.join(", ")} }`]),
      ...(icmp === "ping" ? [family === "ipv6" ? "icmpv6 type echo-request" : "icmp type echo-request"] : []),
      ...(icmp === "neighbours" ? [`icmpv6 type { ${neighbourTypes.join(", ")} }`] : []),
    ];
  };
  const words = verdict === "reject" ? rejections(covered) : verdict;
  const line = (family: Family | undefined): string =>
    [...matches(family), "counter", words, `comment "${comment}"`].join(" ");
  if (icmp === "neighbours") return covered.includes("ipv6") ? [line("ipv6")] : [];
  const bound = icmp !== undefined || source !== undefined || destination !== undefined;
  return bound
    ? familiesOf(rule)
        .filter((family) => covered.includes(family))
        .map(line)
    : [line(undefined)];
}

function rejections(covered: readonly Family[]): string {
  if (covered.length > 1) return "reject with icmpx type admin-prohibited";
  return covered[0] === "ipv6" ? "reject with icmpv6 type admin-prohibited" : "reject with icmp type admin-prohibited";
}

/** Families in which a rule can match: those of all its addresses. */
function familiesOf({ source, destination }: Rule): Family[] {
  return families.filter((family) =>
    [source, destination].every((addresses) => addresses === undefined || addresses[family] !== undefined),
  );
}

/** For `iptables-restore`, or for `ip6tables-restore`; empty for a family that isn't covered. */
export function renderIptables({ rules, families: covered }: Rules, family: Family): string {
  if (!covered.includes(family)) return "";
  const lines = rules
    .filter((rule) => familiesOf(rule).includes(family) && (rule.icmp !== "neighbours" || family === "ipv6"))
    .flatMap((rule) => iptablesLines(rule, family));
  return [
    "*filter",
    ":INPUT DROP [0:0]",
    ":FORWARD DROP [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    "-A INPUT -i lo -j ACCEPT",
    ...lines,
    '-A INPUT -m comment --comment "dropped by policy"',
    '-A FORWARD -m comment --comment "dropped by policy"',
    "COMMIT",
    "",
  ].join("\n");
}

function iptablesLines(rule: Rule, family: Family): string[] {
  const { chain, from, to, state, source, destination, ports, icmp, verdict, comment } = rule;
  const types = icmp === undefined ? [undefined] : icmp === "ping" ? ["echo-request"] : neighbourNumbers.map(String);
  const rejection = family === "ipv4" ? "icmp-admin-prohibited" : "icmp6-adm-prohibited";
  return types.map((type) =>
    [
      `-A ${chain.toUpperCase()}`,
      ...(from === undefined ? [] : [`-i ${from}`]),
      ...(to === undefined ? [] : [`-o ${to}`]),
      ...(source?.[family] === undefined ? [] : [`-s ${source[family]}`]),
      ...(destination?.[family] === undefined ? [] : [`-d ${destination[family]}`]),
      ...(ports === undefined ? [] : [`-p ${ports.protocol} -m multiport --dports ${ports.numbers.join(",")}`]),
      ...(type === undefined
        ? []
        : [family === "ipv4" ? `-p icmp --icmp-type ${type}` : `-p ipv6-icmp --icmpv6-type ${type}`]),
      ...(state === undefined ? [] : [`-m conntrack --ctstate ${state.toUpperCase()}`]),
      `-m comment --comment "${comment}"`,
      verdict === "reject" ? `-j REJECT --reject-with ${rejection}` : `-j ${verdict.toUpperCase()}`,
    ].join(" "),
  );
}
