import { describe, expect, test } from "vitest";
import { parseRules, strangeInterfaces, withIptablesText } from "../../../cli/rulesets/rules.ts";
import { judge, meets, unusedRules, type TraceEvent } from "../../../cli/rulesets/verdict.ts";

const listing = `table inet filter { # handle 3
	set admins { # handle 1
		type ipv4_addr
		elements = { 192.0.2.1,
			     192.0.2.2 }
	}

	chain forward { # handle 2
		type filter hook forward priority filter; policy drop;
		iifname "eth1" oifname { "eth0", "ppp*" } accept # handle 4
		tcp dport { 1, 2, 3,
			    4, 5 } counter drop comment "a } b" # handle 5
		jump web # handle 6
	}

	chain web { # handle 7
		accept # handle 8
	}
}
table ip nat { # handle 4
	chain post { # handle 1
		type nat hook postrouting priority srcnat; policy accept;
		masquerade # handle 2
	}
}
table inet labwright_trace { # handle 9
	chain prerouting { # handle 1
		type filter hook prerouting priority -1000; policy accept;
		meta nftrace set 1 # handle 2
	}
}
`;
const rules = parseRules(listing);

const event = (changes: Partial<TraceEvent>): TraceEvent => ({
  packet: 1,
  discovery: false,
  family: "inet",
  table: "filter",
  chain: "forward",
  handle: null,
  type: changes.handle === undefined || changes.handle === null ? "policy" : "rule",
  verdict: "accept",
  ...changes,
});

describe("loaded rules", () => {
  test("are read with chain and handle, over several lines too, without sets and the tables of the lab", () => {
    expect(rules.map(({ table, chain, handle, text }) => [table, chain, handle, text])).toEqual([
      ["filter", "forward", 4, 'iifname "eth1" oifname { "eth0", "ppp*" } accept'],
      ["filter", "forward", 5, 'tcp dport { 1, 2, 3, 4, 5 } counter drop comment "a } b"'],
      ["filter", "forward", 6, "jump web"],
      ["filter", "web", 8, "accept"],
      ["nat", "post", 2, "masquerade"],
    ]);
  });

  test("of iptables get iptables' own text, chain by chain", () => {
    const own = [1, 2].map((handle) => ({ family: "ip", table: "filter", chain: "INPUT", handle, text: "x" }));
    const saved =
      "*nat\n-A INPUT -j NO\n*filter\n:INPUT DROP [0:0]\n-A FORWARD -j X\n-A INPUT -j A\n-A INPUT -j B\nCOMMIT";
    expect(withIptablesText([...own, { ...own[0]!, family: "inet" }], "ip", saved).map(({ text }) => text)).toEqual([
      "-A INPUT -j A",
      "-A INPUT -j B",
      "x",
    ]);
  });

  test("name interfaces that aren't there", () => {
    expect(strangeInterfaces(rules, ["wan"])).toEqual(["eth1", "eth0", "ppp*"]);
    expect(strangeInterfaces(rules, ["eth0", "ppp0", "eth1"])).toEqual([]);
    const iptables = { family: "ip", table: "filter", chain: "F", handle: 1, text: "-A F -i eth+ ! -o wan -j ACCEPT" };
    expect(strangeInterfaces([iptables], ["wan", "eth3"])).toEqual([]);
    expect(strangeInterfaces([iptables], ["wan"])).toEqual(["eth+"]);
  });
});

describe("a probe that", () => {
  test("is answered was allowed, by the last rule that accepted it, which one that translates isn't", () => {
    const events = [
      event({ handle: 6, verdict: "jump" }),
      event({ handle: 8, chain: "web" }),
      event({ family: "ip", table: "nat", chain: "post", handle: 2 }),
      event({ packet: 2, handle: 4 }),
    ];
    expect(judge({ outcome: "answered", events }, rules)).toEqual({
      verdict: "allowed",
      decidedBy: { family: "inet", table: "filter", chain: "web", handle: 8, text: "accept" },
    });
  });

  test("met no rule was allowed by none, or by a policy", () => {
    expect(judge({ outcome: "answered", events: [] }, rules)).toEqual({ verdict: "allowed" });
    expect(judge({ outcome: "answered", events: [event({})] }, rules).decidedBy?.text).toBe("policy accept");
  });

  test("gets no answer was dropped where a rule or a policy did it, the answer where that was", () => {
    const dropped = event({ verdict: "drop", handle: 5 });
    expect(judge({ outcome: "silent", events: [dropped] }, rules)).toMatchObject({
      verdict: "dropped",
      decidedBy: { handle: 5 },
    });
    const answer = [event({ handle: 4 }), event({ packet: 2, verdict: "drop" })];
    expect(judge({ outcome: "silent", events: answer }, rules)).toMatchObject({
      verdict: "dropped",
      detail: "the answer",
      decidedBy: { text: "policy drop" },
    });
    expect(judge({ outcome: "silent", events: [event({ handle: 4 })] }, rules).verdict).toBe("unanswered");
  });

  test("is told so was rejected, or met a closed port of the target itself", () => {
    const events = [event({ verdict: "drop", handle: 5 })];
    expect(judge({ outcome: "EHOSTUNREACH", events }, rules)).toMatchObject({
      verdict: "rejected",
      detail: "no route to host",
    });
    expect(judge({ outcome: "ECONNREFUSED", events: [event({ handle: 4 })] }, rules)).toMatchObject({
      verdict: "allowed",
      detail: "the target itself: connection refused",
    });
  });

  test("never got to the firewall says so, and why where neighbour discovery was dropped", () => {
    expect(judge({ outcome: "ENETUNREACH", events: [] }, rules)).toEqual({
      verdict: "unsent",
      detail: "network is unreachable",
    });
    const events = [event({ discovery: true, chain: "input", verdict: "drop" })];
    expect(judge({ outcome: "silent", events }, rules)).toMatchObject({
      verdict: "dropped",
      detail: "neighbour discovery",
    });
  });
});

test("refused is dropped or rejected", () => {
  const met = (verdict: "allowed" | "dropped" | "rejected" | "unsent") =>
    (["allowed", "refused", "dropped", "rejected"] as const).filter((expected) => meets(expected, { verdict }));
  expect(met("allowed")).toEqual(["allowed"]);
  expect(met("dropped")).toEqual(["refused", "dropped"]);
  expect(met("rejected")).toEqual(["refused", "rejected"]);
  expect(met("unsent")).toEqual([]);
});

test("rules that no packet met are told", () => {
  const results = [{ outcome: "answered", events: [event({ handle: 4 }), event({ handle: 6 })] }];
  expect(unusedRules(rules, results).map(({ handle }) => handle)).toEqual([5, 8, 2]);
});
