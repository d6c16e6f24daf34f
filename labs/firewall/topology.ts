/** Outside, a firewall with three legs, servers, and a client inside. */
import { assertNoProblems, type Problem } from "../../topology/problem.ts";
import { resolve } from "../../topology/resolve.ts";
import type { EndSpec, Family, HostSpec, TopologySpec } from "../../topology/spec.ts";
import { renderIptables, renderNftables, type Addresses, type Leg, type Rule, type Rules } from "./rules.ts";
import type { FirewallSettings } from "./settings.ts";

/** Members of each segment after the firewall, in the order of their addresses. */
const members: Readonly<Record<Leg, readonly string[]>> = {
  wan: ["outside", "admin"],
  dmz: ["web", "dns"],
  lan: ["client"],
};

/** First lines of what servers say. */
export const answers = { web: "the web server", outside: "a web server outside", ssh: "SSH-2.0-none" } as const;

export const names = { zone: "example.com", host: "www.example.com" } as const;

/** `change`: what a fault makes of the rules. */
export function firewallTopology(settings: FirewallSettings, change = (rules: Rules): Rules => rules): TopologySpec {
  const base = withoutRules(settings);
  const rules = change({ rules: defaultRules(addressesOf(base)), families: base.families ?? ["ipv4", "ipv6"] });
  const texts =
    settings.backend === "iptables"
      ? { iptables: renderIptables(rules, "ipv4"), ip6tables: renderIptables(rules, "ipv6") }
      : { ruleset: renderNftables(rules) };
  const firewall = base.nodes["firewall"];
  if (firewall === undefined) throw new Error("no firewall");
  return { ...base, nodes: { ...base.nodes, firewall: { ...firewall, ...texts } } };
}

function withoutRules(settings: FirewallSettings): TopologySpec {
  const families: readonly Family[] = settings.families === "ipv4" ? ["ipv4"] : ["ipv4", "ipv6"];
  const fixed = fixedAddresses(settings.addresses);
  const web: HostSpec = {
    kind: "host",
    services: {
      web: { kind: "http", answer: answers.web },
      ssh: {
        kind: "daemon",
        // It says who it is, as SSH's servers do, and no more.
        command: ["busybox", "nc", "-ll", "-p", "22", "-e", "echo", answers.ssh],
        listens: [{ protocol: "tcp", port: 22 }],
      },
    },
  };
  return {
    families,
    autonomousSystems: { site: { asn: 64512, title: "Site" } },
    nodes: {
      firewall: { kind: "router", as: "site" },
      outside: { kind: "host", services: { web: { kind: "http", answer: answers.outside } } },
      admin: { kind: "host" },
      web,
      dns: {
        kind: "host",
        services: { names: { kind: "dns", zones: { [names.zone]: [{ name: "www", type: "TXT", value: "hello" }] } } },
      },
      client: { kind: "host" },
    },
    segments: Object.fromEntries(
      (["wan", "dmz", "lan"] as const).map((leg) => [
        leg,
        {
          members: ["firewall", ...members[leg]].map((node): EndSpec => {
            const [ipv4, ipv6] = (["4", "6"] as const).map((digit) => {
              const own = fixed.get(node === "firewall" ? leg : node) ?? [];
              const address = own.find((each) => each.includes(":") === (digit === "6"));
              return address === undefined ? undefined : `${address}/${lengthOf(settings[`${leg}${digit}`])}`;
            });
            return { node, ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
          }),
          ipv4: settings[`${leg}4`],
          ipv6: settings[`${leg}6`],
        },
      ]),
    ),
  };
}

function lengthOf(prefix: string): string {
  return prefix.split("/")[1] ?? "";
}

/** Of a text such as `web=192.0.2.80 wan=198.51.100.254`, by node, or by segment for the firewall's own. */
function fixedAddresses(text: string): Map<string, string[]> {
  const known = Object.entries(members).flat(2);
  const words = text.split(/[\s,]+/).filter((each) => each !== "");
  const problems = words.flatMap((word): Problem[] => {
    const [name = "", address] = word.split("=");
    if (known.includes(name) && address !== undefined) return [];
    return [
      {
        code: "bad-setting",
        path: "addresses",
        found: word,
        expected: `NAME=ADDRESS with one of ${known.join(", ")}`,
        hint: "wan, dmz and lan stand for the firewall's own addresses there.",
      },
    ];
  });
  assertNoProblems("the settings of firewall", problems);
  const fixed = new Map<string, string[]>();
  for (const word of words) {
    const [name = "", address = ""] = word.split("=");
    fixed.set(name, [...(fixed.get(name) ?? []), address]);
  }
  return fixed;
}

/** Addresses of each node, without length. */
export function addressesOf(spec: TopologySpec): (node: string) => Addresses {
  const nodes = new Map(resolve(spec).nodes.map((node) => [node.name, node]));
  return (name) => {
    const all = (nodes.get(name)?.interfaces ?? []).flatMap(({ addresses }) =>
      addresses.map((each) => each.split("/")[0] ?? ""),
    );
    const [ipv4, ipv6] = [all.find((each) => !each.includes(":")), all.find((each) => each.includes(":"))];
    return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
  };
}

/** What the site lets pass. */
function defaultRules(of: (node: string) => Addresses): Rule[] {
  const tcp = (...numbers: number[]) => ({ protocol: "tcp", numbers }) as const;
  const udp = (...numbers: number[]) => ({ protocol: "udp", numbers }) as const;
  const both = (["input", "forward"] as const).flatMap((chain): Rule[] => [
    { chain, comment: "replies", state: "established,related", verdict: "accept" },
    { chain, comment: "of no connection", state: "invalid", verdict: "drop" },
  ]);
  return [
    ...both,
    { chain: "input", comment: "neighbours", icmp: "neighbours", verdict: "accept" },
    { chain: "input", comment: "ping", icmp: "ping", verdict: "accept" },
    { chain: "input", comment: "ssh for the admin", source: of("admin"), ports: tcp(22), verdict: "accept" },
    { chain: "input", comment: "inside is told", from: "lan", verdict: "reject" },
    { chain: "forward", comment: "web", to: "dmz", destination: of("web"), ports: tcp(80, 443), verdict: "accept" },
    { chain: "forward", comment: "names", to: "dmz", destination: of("dns"), ports: udp(53), verdict: "accept" },
    { chain: "forward", comment: "names by tcp", to: "dmz", destination: of("dns"), ports: tcp(53), verdict: "accept" },
    {
      chain: "forward",
      comment: "ssh for the admin",
      to: "dmz",
      source: of("admin"),
      ports: tcp(22),
      verdict: "accept",
    },
    { chain: "forward", comment: "ping the servers", to: "dmz", icmp: "ping", verdict: "accept" },
    { chain: "forward", comment: "inside to outside", from: "lan", to: "wan", verdict: "accept" },
    { chain: "forward", comment: "inside to ssh", from: "lan", to: "dmz", ports: tcp(22), verdict: "accept" },
    { chain: "forward", comment: "inside is told", from: "lan", verdict: "reject" },
  ];
}
