import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { firewall } from "../../../labs/firewall/lab.ts";
import { readProbes } from "../../../cli/rulesets/probes.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { situationOf } from "../../../labs/situation.ts";
import { ProblemsError, type Problem } from "../../../topology/problem.ts";
import { expectGolden } from "../../golden.ts";
import { needs } from "../../requirements.ts";

const variants = ["closed-to-outside", "unanswered", "half-open", "open-ssh", undefined] as const;

/** The firewall's rules, as its node has them. */
function rulesOf(backend: string, fault: (typeof variants)[number], raw: Readonly<Record<string, string>> = {}) {
  const { topology } = situationOf(firewall, { backend, ...(fault === undefined ? {} : { fault }), ...raw });
  const node = topology.nodes.find(({ name }) => name === "firewall");
  if (node === undefined) throw new Error("no firewall");
  return node;
}

/** Loads a text in a network namespace of its own. */
function load(command: string, text: string): { status: number | null; stderr: string } {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const { status, stderr } = spawnSync("unshare", [...user, "--net", "sh", "-c", command], {
    input: text,
    encoding: "utf8",
    env: { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  });
  return { status, stderr };
}

describe("the firewall's rules", () => {
  test("are these", () => {
    const [nft, ipt] = [rulesOf("nftables", undefined), rulesOf("iptables", undefined)];
    expectGolden("rulesets/default.nft", nft.ruleset);
    expectGolden("rulesets/default.v4", ipt.iptables);
    expectGolden("rulesets/default.v6", ipt.ip6tables);
    expect([nft.iptables, nft.ip6tables, ipt.ruleset]).toEqual(["", "", ""]);
  });

  test.each(variants)(
    "with the fault %s, are taken by nft and by iptables",
    needs("namespaces", "nft", "iptables"),
    (fault) => {
      const { iptables, ip6tables } = rulesOf("iptables", fault);
      const loaded = [
        load("nft -f -", rulesOf("nftables", fault).ruleset),
        load("iptables-nft-restore", iptables),
        load("ip6tables-nft-restore", ip6tables),
      ];
      expect(loaded).toEqual(loaded.map(() => ({ status: 0, stderr: "" })));
    },
  );

  test("follow the prefixes and addresses of the place of use", () => {
    const raw = {
      wan4: "203.0.113.0/28",
      dmz4: "172.16.1.0/24",
      addresses: "web=172.16.1.80, wan=203.0.113.14 admin=203.0.113.2",
    };
    const { ruleset, interfaces } = rulesOf("nftables", undefined, raw);
    expect(ruleset).toContain("ip daddr 172.16.1.80 tcp dport { 80, 443 }");
    expect(ruleset).toContain("ip saddr 203.0.113.2 tcp dport { 22 }");
    expect(interfaces.find(({ name }) => name === "wan")?.addresses).toContain("203.0.113.14/28");
  });

  test("refuse addresses of hosts that there aren't", () => {
    const settings = resolveSettings(firewall, { addresses: "wbe=192.0.2.80 web" });
    let problems: readonly Problem[] = [];
    try {
      firewall.topology(settings);
    } catch (error) {
      if (error instanceof ProblemsError) problems = error.problems;
    }
    expect(problems.map(({ found }) => found)).toEqual(["wbe=192.0.2.80", "web"]);
  });

  test("are tried by probes that can be read, and of which nothing is expected", () => {
    const problems: Problem[] = [];
    const { topology } = situationOf(firewall, {});
    const texts = (firewall.rulesets?.probes ?? []).map((text) => ({ place: "", text }));
    const probes = readProbes(texts, topology, problems);
    expect(problems).toEqual([]);
    expect(probes).toHaveLength(texts.length);
    expect(probes.filter(({ expected }) => expected !== undefined)).toEqual([]);
  });
});
