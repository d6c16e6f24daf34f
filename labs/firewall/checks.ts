/** Who reaches whom, who is told that it may not, and what the counters say. */
import type { Family } from "../../topology/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { all, exits, expectation, prints, seen } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { renderIptables, renderNftables } from "./rules.ts";
import type { FirewallSettings } from "./settings.ts";
import { answers, names } from "./topology.ts";

const proves = ["ns-4"];

/** The first address of a node in a family. */
export function addressIn(topology: Topology, node: string, family: Family): string {
  const addresses =
    topology.nodes.find(({ name }) => name === node)?.interfaces.flatMap((each) => each.addresses) ?? [];
  const found = addresses.find((address) => address.includes(":") === (family === "ipv6"));
  return found?.split("/")[0] ?? "";
}

function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

const quiet = "curl -sS --max-time 2";

export const fetch = (address: string): string => `${quiet} http://${inUrl(address)}/`;
/** What the server says first; curl's telnet asks for nothing. */
export const greet = (address: string): string => `${quiet} telnet://${inUrl(address)}:22 </dev/null`;

/** Nothing came back: the packet was dropped. */
export const timesOut: Expectation = exits(28);
/** Somebody answered that it may not be. */
export const refused: Expectation = exits(7);

export function firewallChecks(topology: Topology, { backend }: FirewallSettings): Check[] {
  const { families } = topology;
  const each = (step: (address: (node: string) => string, family: Family) => readonly CheckStep[]): CheckStep[] =>
    families.flatMap((family) => step((node) => addressIn(topology, node, family), family));
  const step = (on: string, command: string, expect: Expectation): CheckStep => ({ on, command, expect });
  return [
    {
      name: "servers-reached",
      title: "From outside, and from inside, the web server and the name server answer",
      proves,
      within: 5,
      steps: each((address) =>
        ["outside", "client"].flatMap((from) => [
          step(from, fetch(address("web")), prints(new RegExp(`^${answers.web}$`, "m"))),
          ...["", " +tcp"].map((by) =>
            step(from, `dig +short +tries=1 +time=2${by} @${address("dns")} ${names.host} TXT`, prints(/^"hello"$/m)),
          ),
        ]),
      ),
    },
    {
      name: "ssh-for-the-admin",
      title: "The admin reaches a server by SSH, others outside don't and aren't told",
      proves,
      within: 5,
      steps: each((address) => [
        step("admin", greet(address("web")), prints(new RegExp(`^${answers.ssh}`))),
        step("outside", greet(address("web")), timesOut),
      ]),
    },
    {
      name: "inside-reaches-out",
      title: "The client inside reaches the world, and replies come back; nobody outside begins with the client",
      proves,
      within: 5,
      steps: each((address) => [
        step("client", fetch(address("outside")), prints(new RegExp(`^${answers.outside}$`, "m"))),
        step("client", `ping -n -c 1 -W 1 ${address("outside")}`, prints(/ 1 received/)),
        step("outside", `ping -n -c 1 -W 1 ${address("client")}`, all(exits(1), prints(/ 0 received/))),
        step("web", `ping -n -c 1 -W 1 ${address("client")}`, all(exits(1), prints(/ 0 received/))),
      ]),
    },
    {
      name: "told-or-not",
      title: "The client inside is told at once what it may not do; outside, packets vanish",
      proves,
      within: 5,
      steps: each((address) => [
        step("client", `${quiet} http://${inUrl(address("web"))}:8080/`, refused),
        step("outside", `${quiet} http://${inUrl(address("web"))}:8080/`, timesOut),
      ]),
    },
    {
      name: "counted-by-rule",
      title: "The rule that lets a request pass counts it",
      proves,
      within: 5,
      steps: each((address, family) => [
        {
          on: "sandbox",
          command: countedBy(backend, family, fetch(address("web"))),
          expect: grows,
        },
      ]),
    },
    tried(topology),
  ];
}

/** The counter of the rule `web` before a request from outside and after it. */
function countedBy(backend: string, family: Family, request: string): string {
  const list =
    backend === "iptables"
      ? `${family === "ipv6" ? "ip6tables" : "iptables"}-nft-save -c | sed -n 's/^\\[\\([0-9]*\\):.*--comment web .*/\\1/p'`
      : `nft list ruleset | sed -n 's/.*${family === "ipv6" ? "ip6" : "ip"} daddr .* counter packets \\([0-9]*\\) .*comment "web"$/\\1/p'`;
  return [
    `count() { ip netns exec firewall ${list}; }`,
    "before=$(count)",
    `ip netns exec outside ${request}`,
    'echo "counted $before, then $(count)"',
  ].join("\n");
}

const grows = expectation("a count that grows", (result) => {
  const counts = /^counted (\d+), then (\d+)$/m.exec(result.stdout);
  if (counts === null) return seen(result);
  return Number(counts[2]) > Number(counts[1]) ? undefined : counts[0];
});

/** As one would before the rules go to where they are used: in a namespace that has nothing but what they need. */
function tried(topology: Topology): Check {
  const rules = { rules: [], families: topology.families };
  const wrong = renderNftables(rules).replace("policy drop", "polcy drop");
  const inTrial = (command: string, expect: Expectation): CheckStep => ({ on: "sandbox", command, expect });
  const here = (command: string, text: string): string =>
    `ip netns exec trial ${command} <<'END'\n${text.trimEnd()}\nEND`;
  return {
    name: "tried-in-a-namespace",
    title:
      "Rules and a route are tried in a namespace of their own: right ones load, wrong ones are told with their line",
    proves,
    within: 5,
    steps: [
      inTrial("ip netns add trial", exits(0)),
      inTrial(here("nft -f -", renderNftables(rules)), exits(0)),
      inTrial("ip netns exec trial nft list chains", prints(/hook forward priority filter; policy drop;/)),
      inTrial(
        here("nft -c -f -", wrong),
        all(
          exits(1),
          expectation("an error with its line", (result) =>
            /:3:\d+-\d+: Error: syntax error/.test(result.stderr) ? undefined : seen(result),
          ),
        ),
      ),
      ...topology.families.map((family) =>
        inTrial(
          here(`${family === "ipv6" ? "ip6tables" : "iptables"}-nft-restore`, renderIptables(rules, family)),
          exits(0),
        ),
      ),
      inTrial(
        here("iptables-nft-restore --test", "*filter\n-A FORWARD -p tcp --dprt 22 -j ACCEPT\nCOMMIT"),
        all(
          exits(2),
          expectation("an error with its line", (result) =>
            /line: 2\b/.test(result.stderr) ? undefined : seen(result),
          ),
        ),
      ),
      inTrial(
        "ip -n trial link set lo up && ip -n trial route add 203.0.113.0/24 dev lo && ip -n trial route get 203.0.113.9",
        prints(/^203\.0\.113\.9 dev lo/),
      ),
      { ...inTrial("ip netns delete trial", exits(0)), always: true },
    ],
  };
}
