import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare } from "../../components/declarations.ts";
import { parseQueries, type QueryReport } from "../../labs/anycast/queries.ts";
import { waitFor } from "../../provider/wait.ts";
import { resolve } from "../../topology/resolve.ts";
import type { RouterSpec, TopologySpec } from "../../topology/spec.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";

const addresses = ["192.0.2.53", "2001:db8:53::53"];
const prefixes = ["192.0.2.0/24", "2001:db8:53::/48"];
const servers = ["s1", "s2", "s3"];
const tool = readFileSync(join(import.meta.dirname, "../../labs/anycast/queries.py"), "utf8");

function server(checked: boolean): RouterSpec {
  const command = `dig +short +time=1 +tries=1 @${addresses[0]} TXT here.example | grep -q yes`;
  return {
    kind: "router",
    as: "site",
    originates: prefixes,
    anycast: prefixes,
    addresses: [`${addresses[0]}/32`, `${addresses[1]}/128`],
    services: {
      dns: { kind: "dns", zones: { example: [{ name: "here", type: "TXT", value: "yes" }] } },
      ...(checked ? { health: { kind: "health-check", command, interval: 0.2, rise: 1, fall: 2 } } : {}),
    },
  };
}

/** A client, its network's router, and a site with three servers behind a router. */
function site(checked: boolean): TopologySpec {
  return {
    autonomousSystems: { edge: { asn: 65001 }, site: { asn: 65002, policy: { multipath: true } } },
    nodes: {
      client: { kind: "host", files: { "queries.py": tool } },
      edge: { kind: "router", as: "edge", originates: ["198.51.100.0/24", "2001:db8:1::/64"] },
      site: { kind: "router", as: "site" },
      ...Object.fromEntries(servers.map((name) => [name, server(checked)])),
    },
    links: [{ ends: ["edge", "site"] }, ...servers.map((name) => ({ ends: ["site", name] as const }))],
    segments: { lan: { members: ["edge", "client"], ipv4: "198.51.100.0/24", ipv6: "2001:db8:1::/64" } },
    relations: [{ kind: "transit", provider: "edge", customer: "site" }],
  };
}

describe(
  "servers with health checks",
  { ...needs("namespaces", "bird", "knot", "dig", "python"), timeout: 60_000 },
  () => {
    let lab: TestLab;
    beforeAll(async () => {
      lab = await bringUp(site(true));
    }, 60_000);
    afterAll(async () => {
      await lab?.down();
    });

    const ask = async (address: string): Promise<QueryReport | undefined> =>
      parseQueries(
        await lab.run(
          `python3 /run/bird/queries.py ${address} id.server --chaos --rate 300 --count 300 --timeout 3`,
          "client",
        ),
      );
    /** Next hops of a router's routes to the service, in both families. */
    const interfaces = async (router: string): Promise<string> => {
      const shown = await Promise.all([
        lab.run(`ip -4 route show ${prefixes[0]}`, router),
        lab.run(`ip -6 route show ${prefixes[1]}`, router),
      ]);
      return shown
        .map((text) =>
          [...text.matchAll(/ dev (\S+)/g)]
            .map((match) => match[1])
            .sort()
            .join(" "),
        )
        .join(", ");
    };
    const leadsTo = (router: string, wanted: string): Promise<void> =>
      waitFor(`routes of ${router} through ${wanted || "nothing"}`, 20_000, async () => {
        const seen = await interfaces(router);
        return seen === `${wanted}, ${wanted}` ? undefined : seen;
      });

    test.each(addresses)("share the flows to one address, %s, when the lab is up", async (address) => {
      const report = await ask(address);
      expect(report?.lost).toBe(0);
      expect([...(report?.answers.keys() ?? [])].sort()).toEqual(servers);
      for (const count of report?.answers.values() ?? []) expect(count).toBeGreaterThan(50);
      expect(await lab.drift()).toEqual([]);
    });

    test("withdraw when the service hangs, and announce when it answers again", async () => {
      await lab.run("kill -STOP $(cat /run/bird/dns.pid)", "s1");
      await leadsTo("site", "s2 s3");
      expect(await lab.run("cat /run/bird/health/state", "s1")).toBe("withdrawn\n");
      await lab.run("kill -CONT $(cat /run/bird/dns.pid)", "s1");
      await leadsTo("site", "s1 s2 s3");
    });

    test("withdraw the site when none is left; the next up mends what died and what hangs", async () => {
      await lab.run(
        "kill -9 $(cat /run/nodes/s1/dns.pid /run/nodes/s2/dns.pid); kill -STOP $(cat /run/nodes/s3/dns.pid)",
      );
      await leadsTo("edge", "");
      const drift = (await lab.drift()).join("\n");
      for (const name of servers) {
        expect(drift).toContain(`node ${name}: daemon dns: not running`);
        expect(drift).toContain(`readiness: ${name}: its health check doesn't let it announce anycast4`);
      }
      await lab.up();
      expect(await lab.drift()).toEqual([]);
      expect(await interfaces("site")).toBe("s1 s2 s3, s1 s2 s3");
    });

    test("announce at once without a health check, which ends when it is no longer declared", async () => {
      const checks = "pgrep --count --full 'sh /run/nodes/s[0-9]/health/health-check.sh$' || true";
      expect((await lab.run(checks)).trim()).toBe("3");
      await lab.up(declare(resolve(site(false)), 30));
      expect((await lab.run(checks)).trim()).toBe("0");
      await lab.run("kill -STOP $(cat /run/bird/dns.pid)", "s1");
      expect(await interfaces("site")).toBe("s1 s2 s3, s1 s2 s3");
    });
  },
);
