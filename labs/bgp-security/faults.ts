/** What goes wrong in this internetwork, and what helps. */
import type { AutonomousSystemSpec, HijackSpec, NodeSpec, PolicySpec, TopologySpec } from "../../topology/spec.ts";
import type { Fault, Solution } from "../lab.ts";
import { hijackSymptoms, leakSymptoms } from "./symptoms.ts";
import { hostAddresses, prefixesOf, transits } from "./topology.ts";

/** Part of the victim's prefixes in which its web server is. */
const parts = ["10.101.0.0/20", "2001:db8:101::/52"] as const;
/** The two halves of the victim's prefixes. */
const halves = ["10.101.0.0/17", "10.101.128.0/17", "2001:db8:101::/49", "2001:db8:101:8000::/49"] as const;

export const faults: readonly Fault[] = [
  {
    name: "hijack",
    title: "AS 65066 announces the victim's prefixes as its own, and answers in its place.",
    hints: [
      "Ask for the victim's page from each of the hosts h1 to h4. Not all of them get the same one.",
      "Compare `birdc show route for 10.101.1.10 all` on tra and on trc: the last number of the AS path is the origin.",
      "Nothing tells the transits who may originate 10.101.0.0/16: `curl` rpki-validation says unknown.",
    ],
    breaks: (healthy) =>
      hijacked(
        healthy,
        prefixesOf("victim").map((prefix) => ({ prefix })),
      ),
    symptoms: (topology) => hijackSymptoms("hijack", topology),
    fails: ["tables-as-expected", "web-of-the-victim", "way-to-the-victim"],
    solutions: [rpki(), moreSpecifics(), prefixFilter()],
  },
  {
    name: "hijack-subprefix",
    title: "AS 65066 announces a part of the victim's prefixes: the longest match wins, everywhere.",
    hints: [
      "The route to 10.101.0.0/16 looks right on every router, and yet the packets go astray.",
      "`ip route get 10.101.1.10` on any router: which prefix matches?",
      "A ROA for the /16 alone makes everything longer invalid.",
    ],
    breaks: (healthy) =>
      hijacked(
        healthy,
        parts.map((prefix) => ({ prefix })),
      ),
    symptoms: (topology) => hijackSymptoms("hijack-subprefix", topology),
    fails: ["tables-as-expected", "web-of-the-victim", "way-to-the-victim"],
    solutions: [rpki(), prefixFilter()],
  },
  {
    name: "leak",
    title: "AS 65010, a customer of two transits, gives one the routes of the other: it carries the Internet.",
    hints: [
      "Pages arrive, but by a way that nobody pays for: `traceroute -A 10.101.1.10` from h3.",
      "What does the leaker give to Transit C? `birdc show route primary export trc_v4` there.",
      "A customer that announces more than its own and its customers' routes can be told by a role (RFC 9234), a list of prefixes, or their number.",
    ],
    breaks: (healthy) => withPolicies(healthy, ["leaker"], { leaks: true, roles: false }),
    symptoms: leakSymptoms,
    fails: ["tables-as-expected", "way-to-the-victim"],
    solutions: [
      {
        name: "roles",
        title:
          "The transits set BGP roles (RFC 9234): what went down to a customer is marked, and doesn't come up again.",
        solves: (broken) => withPolicies(broken, transits, { roles: true }),
      },
      prefixFilter(),
      {
        name: "maximum-prefixes",
        title: "Transit C shuts the session with a customer that sends more prefixes than it has.",
        solves: (broken) => withPolicies(broken, ["trc"], { maximumPrefixes: 4 }),
      },
    ],
  },
  {
    name: "forged-origin",
    title:
      "AS 65066 announces the victim's prefixes with the victim's number at the end of the path: valid to the RPKI.",
    hints: [
      "The ROAs are there, every transit validates, and still h3 gets the wrong page.",
      "Look at the whole AS path on trc. Who is said to be the victim's neighbour?",
      "`whois -h whois.radb.net AS65001` tells who the victim buys from.",
    ],
    breaks: (healthy) =>
      withRpki(
        hijacked(
          healthy,
          prefixesOf("victim").map((prefix) => ({ prefix, behind: "victim" })),
        ),
      ),
    symptoms: (topology) => hijackSymptoms("forged-origin", topology),
    fails: ["tables-as-expected", "web-of-the-victim", "way-to-the-victim"],
    solutions: [
      {
        name: "path-end",
        title: "The transits refuse a route of the victim's whose last step isn't one of the victim's neighbours.",
        solves: (broken) => withPolicies(broken, transits, { pathEnd: ["victim"] }),
      },
      prefixFilter(),
    ],
  },
];

function rpki(): Solution {
  return {
    name: "rpki",
    title: "The victim signs ROAs for its prefixes, and every transit drops what they make invalid.",
    solves: withRpki,
  };
}

function moreSpecifics(): Solution {
  return {
    name: "more-specifics",
    title: "The victim announces the two halves of its prefixes: they win over the whole.",
    solves: (broken) => changeNode(broken, "victim", { originates: [...prefixesOf("victim"), ...halves] }),
  };
}

function prefixFilter(): Solution {
  return {
    name: "prefix-filter",
    title: "Transit C, as Transit B does already, takes from a customer only what the customer originates by right.",
    solves: (broken) => withPolicies(broken, ["trc"], { customerPrefixes: true }),
  };
}

function withRpki(spec: TopologySpec): TopologySpec {
  return withPolicies(
    { ...spec, roas: [...(spec.roas ?? []), ...prefixesOf("victim").map((prefix) => ({ prefix, as: "victim" }))] },
    transits,
    { originValidation: true },
  );
}

/** The attacker announces the prefixes, has the web server's addresses, and a page of its own. */
function hijacked(spec: TopologySpec, hijacks: readonly HijackSpec[]): TopologySpec {
  const [ipv4, ipv6] = hostAddresses("victim");
  return changeNode(spec, "attacker", {
    hijacks,
    addresses: [`${ipv4}/32`, `${ipv6}/128`],
    services: { web: { kind: "http", answer: "attacker" } },
  });
}

function changeNode(spec: TopologySpec, name: string, change: object): TopologySpec {
  return { ...spec, nodes: { ...spec.nodes, [name]: { ...spec.nodes[name], ...change } as NodeSpec } };
}

function withPolicies(spec: TopologySpec, names: readonly string[], change: PolicySpec): TopologySpec {
  const changed = Object.entries(spec.autonomousSystems ?? {}).map(([name, system]): [string, AutonomousSystemSpec] => [
    name,
    names.includes(name) ? { ...system, policy: { ...system.policy, ...change } } : system,
  ]);
  return { ...spec, autonomousSystems: Object.fromEntries(changed) };
}
