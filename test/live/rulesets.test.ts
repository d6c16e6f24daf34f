import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../cli/main.ts";
import { listSandboxes } from "../../provider/sandbox/sandbox.ts";
import { expectGolden } from "../golden.ts";
import { needs } from "../requirements.ts";

const folder = join(import.meta.dirname, "../rulesets");

interface Report {
  readonly probes: readonly {
    readonly probe: string;
    readonly family: string;
    readonly verdict: string;
    readonly detail?: string;
    readonly decidedBy?: { readonly chain: string; readonly text: string };
    readonly passed?: boolean;
  }[];
  readonly unused: readonly { readonly text: string }[];
  readonly strangeInterfaces: readonly string[];
}

describe(
  "lab check firewall --ruleset",
  { ...needs("namespaces", "nft", "iptables", "python"), timeout: 90_000 },
  () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), "labwright-rulesets-"));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    const check = async (...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
      const written = { stdout: "", stderr: "" };
      const stream = (name: keyof typeof written) => ({
        write: (text: string | Uint8Array) => ((written[name] += String(text)), true),
      });
      const exitCode = await run(["check", "firewall", ...args], {
        stdout: stream("stdout"),
        stderr: stream("stderr"),
      });
      const left = (await listSandboxes()).filter(({ key }) => key.startsWith(`firewall-trial-${process.pid}-`));
      expect(left, "the copy is gone").toEqual([]);
      return { exitCode, ...written };
    };
    const report = async (...args: string[]): Promise<Report & { exitCode: number }> => {
      const { exitCode, stdout, stderr } = await check("--json", ...args);
      expect(stdout, stderr).not.toBe("");
      return { exitCode, ...(JSON.parse(stdout) as Report) };
    };
    const file = (name: string): string => join(folder, name);

    test.each(readdirSync(folder).filter((name) => name.startsWith("bad")))(
      "%s is refused with its parser's lines, all at once",
      async (name) => {
        const { exitCode, stderr } = await check("--ruleset", file(name));
        expect(exitCode).toBe(2);
        expectGolden(`rulesets/${name}.txt`, stderr.replaceAll(`${folder}/`, ""));
      },
    );

    test("a set of nftables is tried by the names that its interfaces have, with who decides and which rules are idle", async () => {
      const names = ["--interface", "eth0=wan", "--interface", "eth1=lan"];
      const { exitCode, probes, unused, strangeInterfaces } = await report("--ruleset", file("site.nft"), ...names);
      expect({ exitCode, strangeInterfaces }).toEqual({ exitCode: 0, strangeInterfaces: [] });
      const of = (probe: string, family = "ipv4") =>
        probes.find((each) => each.probe === probe && each.family === family);
      expect(of("tcp outside->web:80")).toMatchObject({
        verdict: "allowed",
        decidedBy: { chain: "web", text: 'log prefix "web " accept comment "the web server"' },
      });
      expect(of("tcp outside->web:22")).toMatchObject({ verdict: "dropped", decidedBy: { text: "policy drop" } });
      expect(of("tcp client->web:22")).toMatchObject({ verdict: "rejected", detail: "connection refused" });
      expect(of("tcp admin->firewall:22")?.verdict).toBe("allowed");
      expect(of("icmp-error client->outside")?.verdict).toBe("allowed");
      expect(of("ack outside->client:22")?.verdict).toBe("dropped");
      // The set accepts no neighbour discovery.
      expect(of("ping outside->firewall", "ipv6")).toMatchObject({ verdict: "dropped", detail: "neighbour discovery" });
      expect(unused.map(({ text }) => text)).toEqual(['tcp dport 23 drop comment "no telnet"']);
    });

    test("sets of iptables, IPv4 and IPv6 together, are tried with translated addresses", async () => {
      const { exitCode, probes } = await report(
        ...["--ruleset", file("site.v4"), "--ruleset", file("site.v6")],
        ...["--interface", "eth0=wan", "--interface", "eth1=lan", "--interface", "eth2=dmz"],
        ...["--probe", "tcp4 outside->firewall:8080 allowed", "--probe", "tcp outside->web:22 rejected"],
        ...["--probe", "tcp outside->web:80 allowed", "--probe", "ping client->outside allowed"],
      );
      expect(probes.filter(({ passed }) => passed === false)).toEqual([]);
      expect(exitCode).toBe(0);
      const decided = (probe: string, family: string) =>
        probes.find((each) => each.probe === probe && each.family === family)?.decidedBy?.text;
      expect(decided("ping client->outside", "ipv4")).toBe("-A FORWARD -i eth1 -o eth0 -j ACCEPT");
      expect(decided("tcp outside->web:22", "ipv6")).toBe("-A FORWARD -j REJECT --reject-with icmp6-adm-prohibited");
    });

    test("an expectation that isn't met makes it fail, in words and in JUnit", async () => {
      const probes = join(directory, "probes.txt");
      writeFileSync(probes, "# what must hold\ntcp4 outside->web:80 allowed\ntcp4 outside->web:22 allowed # no\n");
      const junit = join(directory, "report.xml");
      const { exitCode, stdout } = await check("--probes", probes, "--junit", junit);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        /^FAILED {2}tcp outside->web:22 +IPv4 {2}dropped, expected allowed +forward policy drop$/m,
      );
      expect(stdout).toContain("1 of 2 expectations met.");
      expect(readFileSync(junit, "utf8")).toContain('tests="2" failures="1"');
    });

    test("rules that name interfaces which aren't there are told what there is", async () => {
      const { stdout } = await check("--ruleset", file("site.nft"), "--probe", "ping4 client->outside dropped");
      expect(stdout).toContain("The rules name eth1, eth0, which the firewall hasn't: it has wan, dmz, lan.");
    });
  },
);
