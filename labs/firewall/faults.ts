/** What may be wrong with a rule set, for exercises. They are the same in nftables and in iptables. */
import { all, exits, expectation, prints, seen } from "../expect.ts";
import type { Check, CheckStep, Expectation, Fault } from "../lab.ts";
import { addressIn, fetch, greet, timesOut } from "./checks.ts";
import type { Rule, Rules } from "./rules.ts";
import type { settings as settingsSpec, FirewallSettings } from "./settings.ts";
import { answers, firewallTopology } from "./topology.ts";
import type { Topology } from "../../topology/topology.ts";

type FirewallFault = Fault<typeof settingsSpec>;
type Change = (rules: Rules) => Rules;

const proves = ["ns-4"];

/** The rules of a chain that come after others are changed; a rule set is made anew of them. */
const changed =
  (change: (rules: readonly Rule[]) => readonly Rule[]): Change =>
  ({ rules, families }) => ({ rules: change(rules), families });

const block: Rule = { chain: "forward", comment: "outside to servers", from: "wan", to: "dmz", verdict: "drop" };
const after = (rules: readonly Rule[], rule: Rule, isBefore: (each: Rule) => boolean): Rule[] => {
  const index = rules.findLastIndex(isBefore) + 1;
  return [...rules.slice(0, index), rule, ...rules.slice(index)];
};
const isState = ({ chain, state }: Rule): boolean => chain === "forward" && state !== undefined;
const isAccept = ({ chain, verdict }: Rule): boolean => chain === "forward" && verdict === "accept";

/** Steps for each family of the topology. */
function each(topology: Topology, steps: (address: (node: string) => string) => readonly CheckStep[]): CheckStep[] {
  return topology.families.flatMap((family) => steps((node) => addressIn(topology, node, family)));
}

const step = (on: string, command: string, expect: Expectation): CheckStep => ({ on, command, expect });

/** The rules of both tools, with their counters, on one screen. */
const listing = "nft list ruleset; iptables-nft-save -c; ip6tables-nft-save -c";

/** A rule has counted, in either tool's words. */
function counts(comment: string): Expectation {
  return expectation(`a rule ${JSON.stringify(comment)} that has counted`, (result) => {
    const lines = result.stdout.split("\n").filter((line) => line.includes(comment));
    const counted = lines.some((line) => /counter packets [1-9]|^\[[1-9]\d*:/.test(line));
    return counted ? undefined : lines.length === 0 ? seen(result) : lines.join("; ");
  });
}

const fault = (
  name: string,
  title: string,
  hints: readonly string[],
  change: Change,
  symptom: (topology: Topology) => Check,
  fails: readonly string[],
  solutions: FirewallFault["solutions"],
): FirewallFault => ({
  name,
  title,
  hints,
  breaks: (_, settings) => firewallTopology(settings, change),
  symptoms: (topology) => [symptom(topology)],
  fails,
  solutions,
});

const solution = (name: string, title: string, change: Change = (rules) => rules): FirewallFault["solutions"][0] => ({
  name,
  title,
  solves: (_, settings: FirewallSettings) => firewallTopology(settings, change),
});

export const faults: readonly FirewallFault[] = [
  fault(
    "closed-to-outside",
    "A rule that drops what comes from outside stands before those that accept some of it.",
    [
      "The client inside reaches the servers, outside nobody does. So the servers work.",
      "The first rule that decides, decides. Which rule counts when somebody outside asks the web server?",
      "`lab exec firewall firewall nft list ruleset` twice, with a request between: compare the counters.",
    ],
    changed((rules) => after(rules, block, isState)),
    (topology) => ({
      name: "outside-dropped",
      title: "Requests from outside to the servers vanish, those from inside are answered, and a drop rule counts",
      proves,
      steps: [
        ...each(topology, (address) => [
          step("outside", fetch(address("web")), timesOut),
          step("client", fetch(address("web")), prints(new RegExp(answers.web))),
        ]),
        step("firewall", listing, counts(block.comment)),
      ],
    }),
    ["servers-reached", "ssh-for-the-admin", "counted-by-rule"],
    [
      solution(
        "accept-first",
        "The rule that drops comes after those that accept.",
        changed((rules) => after(rules, block, isAccept)),
      ),
      solution("without-it", "The rule is gone: what nobody accepts is dropped anyway."),
    ],
  ),
  fault(
    "unanswered",
    "No rule lets replies pass: those of established connections are dropped like any other packet.",
    [
      "Requests get no answer, in either direction. Do they arrive? `lab capture firewall web:dmz tcp port 80` while somebody asks.",
      "They arrive, and the answers leave the server. Where do they end?",
      "A rule set that drops by default needs one for what belongs to a connection: `ct state established,related`.",
    ],
    changed((rules) => rules.filter(({ chain, state }) => chain !== "forward" || state !== "established,related")),
    (topology) => ({
      name: "no-answers",
      title: "Nobody gets an answer through the firewall, while the firewall itself answers",
      proves,
      steps: each(topology, (address) => [
        step("outside", fetch(address("web")), timesOut),
        step("client", `ping -n -c 1 -W 1 ${address("outside")}`, all(exits(1), prints(/ 0 received/))),
        step("outside", `ping -n -c 1 -W 1 ${address("firewall")}`, prints(/ 1 received/)),
      ]),
    }),
    ["servers-reached", "ssh-for-the-admin", "inside-reaches-out"],
    [solution("replies", "A rule accepts what belongs to a connection, or is related to one.")],
  ),
  fault(
    "half-open",
    "The rules are for IPv4 only: IPv6 packets pass unseen.",
    [
      "Everything that must work does. Does everything fail that must?",
      "From outside, try what is closed: `curl -sS --max-time 2 telnet://ADDRESS:22` to the web server, on both of its addresses.",
      "To which family of addresses does the firewall's table belong (`nft list tables`), or does `ip6tables-nft-save` have rules at all?",
    ],
    ({ rules }) => ({ rules, families: ["ipv4"] }),
    (topology) => ({
      name: "open-by-ipv6",
      title: "What is closed by IPv4 is open by IPv6: SSH to a server, and the client inside",
      proves,
      steps: [
        step("outside", greet(addressIn(topology, "web", "ipv4")), timesOut),
        step("outside", greet(addressIn(topology, "web", "ipv6")), prints(new RegExp(`^${answers.ssh}`))),
        step("outside", `ping -n -c 1 -W 1 ${addressIn(topology, "client", "ipv6")}`, prints(/ 1 received/)),
      ],
    }),
    ["ssh-for-the-admin", "inside-reaches-out", "told-or-not", "counted-by-rule"],
    [solution("both-families", "The rules are for both families.")],
  ),
  fault(
    "open-ssh",
    "SSH to the servers is open to everybody, not to the admin alone.",
    [
      "All that must work works. Who else can do what only the admin may?",
      "From outside: `curl -sS --max-time 2 telnet://ADDRESS:22` to the web server.",
      "`nft list ruleset` (or `iptables-save`): which rule accepts port 22, and from whom?",
    ],
    changed((rules) =>
      rules.map((rule) => {
        const { source: _, ...open } = rule;
        return rule.chain === "forward" && rule.source !== undefined ? open : rule;
      }),
    ),
    (topology) => ({
      name: "ssh-for-everybody",
      title: "Somebody outside who isn't the admin is greeted by SSH",
      proves,
      steps: each(topology, (address) => [
        step("outside", greet(address("web")), prints(new RegExp(`^${answers.ssh}`))),
      ]),
    }),
    ["ssh-for-the-admin"],
    [solution("admin-only", "The rule names the admin's addresses.")],
  ),
];
