import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare } from "../../components/declarations.ts";
import { answerStat } from "../../programs/registry/ripestat.ts";
import { storeOf } from "../../programs/registry/store.ts";
import { answerWhois } from "../../programs/registry/whois.ts";
import { waitFor } from "../../provider/wait.ts";
import { labelsOf } from "../../topology/names/hosts.ts";
import { parseAddress } from "../../topology/addressing/address.ts";
import { registryData } from "../../topology/registry/data.ts";
import { resolve } from "../../topology/resolve.ts";
import type { NodeSpec } from "../../topology/spec.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { lookupsLab } from "../support/lookups-lab.ts";

const tools = ["bird", "knot", "dig", "whois", "curl", "openssl", "traceroute", "ca-certificates"] as const;

describe("look-ups on a host of a lab", needs("namespaces", ...tools), () => {
  let lab: TestLab;
  const data = registryData(resolve(lookupsLab), "registry");
  const onHost = (command: string): Promise<string> => lab.run(command, "h1");
  const validation = async (): Promise<unknown> => {
    const text = await onHost(
      "curl -s 'https://stat.ripe.net/data/rpki-validation/data.json?resource=AS65001&prefix=10.101.0.0/16'",
    );
    return (JSON.parse(text) as { data: { status: string } }).data.status;
  };
  const origin = async (address: string): Promise<string> => {
    const reversed = labelsOf(parseAddress(address) ?? expect.fail(address)).join(".");
    const zone = address.includes(":") ? "origin6" : "origin";
    return (await onHost(`dig +short TXT ${reversed}.${zone}.asn.cymru.com`)).trim();
  };

  beforeAll(async () => {
    lab = await bringUp(lookupsLab);
  });
  afterAll(() => lab?.down());

  test.each(["10.101.0.0/16", "10.101.1.10", "AS65001", "-- '-i origin AS65001'", "2001:db8:101::1", "192.0.2.1"])(
    "whois -h whois.radb.net %s",
    async (query) => {
      const expected = answerWhois(storeOf(data), query.replace(/^-- |'/g, "")).text;
      expect((await onHost(`whois -h whois.radb.net ${query}`)).trim()).toBe(expected.trim());
    },
  );

  test.each([
    ["!gAS65001", /^A\d+\n10\.101\.0\.0\/16 .*\nC\n$/],
    ["!6AS65001", /^A\d+\n2001:db8:101::\/48 .*\nC\n$/],
    ["!r10.101.0.0/16,o", /^A8\nAS65001\nC\n$/],
    ["!iAS-T1,1", /^A32\nAS64496 AS64501 AS65001 AS65002\nC\n$/],
  ])("whois -h whois.radb.net '%s'", async (query, expected) => {
    expect(await onHost(`whois -h whois.radb.net '${query}'`)).toMatch(expected);
  });

  test("a client may ask many questions over one connection", async () => {
    const text = await onHost(
      "python3 - <<'PYTHON'\nimport socket\ns = socket.create_connection(('whois.radb.net', 43), 5)\ns.sendall(b'!!\\n!nclient\\n!r10.101.0.0/16,o\\n!q\\n')\nprint(b''.join(iter(lambda: s.recv(4096), b'')))\nPYTHON",
    );
    expect(text.trim()).toBe(String.raw`b'C\nA8\nAS65001\nC\n'`);
  });

  test.each(["-4", "-6"])("traceroute -A %s shows the AS of every hop", async (family) => {
    // Without waiting between probes, a hop may leave some of them unanswered: its errors are limited in rate.
    const text = await onHost(`traceroute -A ${family} -q 1 registry`);
    expect([...text.matchAll(/\[(AS\d+)\]/g)].map((match) => match[1])).toEqual([
      "AS65001",
      "AS64501",
      "AS64496",
      "AS64496",
    ]);
    expect(text).toMatch(/ 2 {2}tr \(/);
  });

  test.each([
    ["10.101.1.2", "65001 | 10.101.0.0/16"],
    ["10.101.200.1", "65002 | 10.101.128.0/17"],
    ["10.2.3.4", "64497 | 10.2.3.0/24"],
    ["10.3.3.4", "64497 | 10.2.0.0/15"],
    ["2001:db8:101:1::2", "65001 | 2001:db8:101::/48"],
    ["192.0.2.1", ""],
  ])("dig TXT tells who announces %s", async (address, expected) => {
    expect(await origin(address)).toBe(expected === "" ? "" : `"${expected} | ZZ | lab | 2026-01-01"`);
  });

  test("dig TXT tells an AS's name, and the neighbours of an origin", async () => {
    expect(await onHost("dig +short TXT AS65001.asn.cymru.com")).toBe('"65001 | ZZ | lab | 2026-01-01 | Stub 1, ZZ"\n');
    expect(await onHost("dig +short TXT 2.1.101.10.peer.asn.cymru.com")).toBe(
      '"64501 | 10.101.0.0/16 | ZZ | lab | 2026-01-01"\n',
    );
  });

  test("dig knows the lab's names, addresses, and that there are no others", async () => {
    expect(await onHost("dig +short h1; dig +short AAAA whois.radb.net; dig +short -x 10.11.0.1")).toBe(
      "10.101.1.2\n2001:db8:1:1::2\ns1.\n",
    );
    expect(await onHost("dig www.example.com")).toContain("status: NXDOMAIN");
  });

  test.each(["http", "https"])("curl %s://stat.ripe.net/", async (scheme) => {
    const path = "/data/network-info/data.json";
    const text = await onHost(`curl -sS '${scheme}://stat.ripe.net${path}?resource=10.101.200.1'`);
    const times = { since: new Date(), now: new Date() };
    const expected = answerStat(data, path, new URLSearchParams({ resource: "10.101.200.1" }), times).body["data"];
    expect((JSON.parse(text) as { data: unknown }).data).toEqual(expected);
  });

  test("answers follow ROAs and hijacks without a restart", async () => {
    expect(await validation()).toBe("valid");
    const pids = await lab.run("cat /run/nodes/registry/*.pid");
    const s2 = { ...lookupsLab.nodes["s2"], hijacks: [{ prefix: "10.101.0.0/24" }] } as NodeSpec;
    const changed = {
      ...lookupsLab,
      nodes: { ...lookupsLab.nodes, s2 },
      roas: [{ prefix: "10.101.0.0/16", as: "s2" }],
    };
    await lab.up(declare(resolve(changed), 30));
    await waitFor("the new answers", 5_000, async () => {
      const seen = [await validation(), await origin("10.101.0.1")].join(", ");
      return seen === 'invalid_asn, "65002 | 10.101.0.0/24 | ZZ | lab | 2026-01-01"' ? undefined : seen;
    });
    expect(await lab.run("cat /run/nodes/registry/*.pid")).toBe(pids);
    await lab.up(declare(resolve(lookupsLab), 30));
    await waitFor("the old answers", 5_000, async () => {
      const seen = [await validation(), await origin("10.101.200.1")].join(", ");
      return seen === 'valid, "65002 | 10.101.128.0/17 | ZZ | lab | 2026-01-01"' ? undefined : seen;
    });
    expect(await lab.drift()).toEqual([]);
  });

  test("a registry that died is seen, started again, and trusted with its new certificate", async () => {
    await lab.run("kill -9 $(cat /run/nodes/registry/registry.pid)");
    await waitFor("the end of the registry", 5_000, async () => {
      const drift = (await lab.drift()).join();
      return drift === "node registry: daemon registry: not running" ? undefined : drift;
    });
    await lab.up();
    expect(await validation()).toBe("valid");
    expect(await lab.run("grep -c '^# end of /run/nodes/registry' /etc/ssl/certs/ca-certificates.crt")).toBe("1\n");
  });

  test("the key is its owner's only, and in no log; the host trusts nothing new", async () => {
    expect(await lab.run("stat -c %a /run/nodes/registry/registry/key.pem")).toBe("600\n");
    expect(await lab.run("cat /run/nodes/registry/*.log")).not.toContain("PRIVATE KEY");
    expect(readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8")).not.toContain("/run/nodes/registry");
  });
});
