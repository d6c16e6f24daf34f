import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anycast as lab } from "../../../labs/anycast/lab.ts";
import { losesAtLeast, movesTo, parseQueries, sharedBy } from "../../../labs/anycast/queries.ts";
import { anycast, regionsOf, serversOf } from "../../../labs/anycast/topology.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes, forward } from "../../../topology/routes/index.ts";
import type { RouterSpec, TopologySpec } from "../../../topology/spec.ts";
import { needs } from "../../requirements.ts";

const result = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });

/** The site that a client's packets come to, by the model's routes. */
function reached(spec: TopologySpec, client: string, address: string): string {
  const topology = resolve(spec);
  const { hops, end } = forward(topology, expectedRoutes(topology), client, address);
  return end === "delivered" ? (hops.at(-1)?.node ?? "").replace(/-\d$/, "") : end;
}

const sizes = [3, 4, 5, 6].flatMap((sites) => [1, 4].map((servers) => ({ sites, servers })));

describe("the anycast lab", () => {
  test.each(sizes)("of $sites sites with $servers servers leads each region to its own site", ({ sites, servers }) => {
    const settings = resolveSettings(lab, { sites: String(sites), servers: String(servers) });
    const spec = lab.topology(settings);
    for (const region of regionsOf(settings))
      for (const address of anycast.addresses)
        expect([region.name, reached(spec, `${region.name}-client`, address)]).toEqual([region.name, region.site]);
  });

  test.each(sizes)("of $sites sites: without Frankfurt Europe gets Washington", ({ sites, servers }) => {
    const settings = resolveSettings(lab, { sites: String(sites), servers: String(servers) });
    const spec = lab.topology(settings);
    const nodes = { ...spec.nodes };
    for (const server of serversOf(regionsOf(settings)[0]!, settings)) {
      const { as, loopback } = nodes[server] as RouterSpec;
      nodes[server] = { kind: "router", as, ...(loopback === undefined ? {} : { loopback }) };
    }
    for (const address of anycast.addresses) expect(reached({ ...spec, nodes }, "eu-client", address)).toBe("iad");
  });

  test("has delays and no others where the shape says so", () => {
    const delays = (shape: string) =>
      resolve(lab.topology(resolveSettings(lab, { shape }))).links.filter(({ impairments }) => impairments.delay);
    expect(delays("path")).toEqual([]);
    expect(delays("delay").length).toBeGreaterThan(10);
  });
});

describe("a report of queries.py", () => {
  const shared = "200 queries in 1.00 s: 200 answered, 0 lost\n   101 fra-1\n    99 fra-2\n";
  const moved = "95 queries in 4.70 s: 10 answered, 85 lost\n    10 iad\niad answers since 4.25 s\n";

  test("is read", () => {
    const answers = new Map([
      ["fra-1", 101],
      ["fra-2", 99],
    ]);
    expect(parseQueries(shared)).toEqual({ sent: 200, lost: 0, answers });
    expect(parseQueries(moved)).toMatchObject({ lost: 85, since: 4.25 });
    expect(parseQueries("Traceback (most recent call last):")).toBeUndefined();
  });

  test("is judged", () => {
    expect(sharedBy(["fra-1", "fra-2"]).evaluate(result(shared))).toBeUndefined();
    expect(sharedBy(["fra-1", "fra-2", "fra-3"]).evaluate(result(shared))).toBe(
      "101 from fra-1, 99 from fra-2, 0 lost",
    );
    expect(sharedBy(["fra-1"]).evaluate(result(shared))).toBe("101 from fra-1, 99 from fra-2, 0 lost");
    expect(sharedBy(["iad"]).evaluate(result(moved))).toBe("10 from iad, 85 lost");
    expect(losesAtLeast(0.2).evaluate(result(moved))).toBeUndefined();
    expect(losesAtLeast(0.2).evaluate(result(shared))).toContain("0 lost");
    expect(movesTo("iad").evaluate(result(moved))).toBeUndefined();
    expect(movesTo("iad", 2).evaluate(result(moved))).toBe("10 from iad, 85 lost");
    expect(movesTo("iad").evaluate(result(shared))).toContain("0 lost");
    expect(sharedBy(["fra"]).evaluate(result(""))).toBe("no output");
  });
});

test("queries.py counts queries that nobody answers as lost", needs("python", "namespaces"), () => {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const tool = join(import.meta.dirname, "../../../labs/anycast/queries.py");
  const asked = ["127.0.0.1", "example", "--count", "3", "--rate", "100", "--timeout", "0.1"];
  const { stdout } = spawnSync("unshare", [...user, "--net", "python3", tool, ...asked], { encoding: "utf8" });
  expect(parseQueries(stdout)).toMatchObject({ sent: 3, lost: 3, answers: new Map() });
});
