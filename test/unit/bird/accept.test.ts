import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bgp } from "../../../labs/bgp/lab.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { renderBird } from "../../../topology/bird/render.ts";
import { grid, ring } from "../../../topology/generators.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import { randomLabs } from "../routes/random-labs.ts";
import { needs } from "../../requirements.ts";
import { everything, policies } from "./specs.ts";

describe("bird -p", needs("bird"), () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "labwright-bird-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What BIRD's parser says of each router's configuration. */
  function complaints(spec: TopologySpec): string[] {
    const topology = resolve(spec);
    return topology.nodes.flatMap((node) => {
      if (node.kind !== "router") return [];
      const file = join(folder, "bird.conf");
      writeFileSync(file, renderBird(topology, node));
      const { status, stderr } = spawnSync("bird", ["-p", "-c", file], { encoding: "utf8" });
      return status === 0 ? [] : [`${node.name}: ${stderr}`];
    });
  }

  test("accepts the bgp lab, small, large, and with IPv4 only", () => {
    for (const raw of [{}, { stubs: "40" }, { families: "ipv4", holdTime: "9", keepaliveTime: "3" }])
      expect(complaints(bgp.topology(resolveSettings(bgp, raw)))).toEqual([]);
  });

  test("accepts every kind of session, relation and prefix", () => {
    expect(complaints(everything)).toEqual([]);
    expect(complaints({ ...everything, families: ["ipv6"], timers: { hold: 0 } })).toEqual([]);
  });

  test("accepts every policy", () => {
    expect(complaints(policies)).toEqual([]);
    expect(complaints({ ...policies, families: ["ipv6"] })).toEqual([]);
  });

  test("accepts rings and grids", () => {
    expect(complaints(ring(5, { families: ["ipv4", "ipv6"] }))).toEqual([]);
    expect(complaints(grid(2, 3))).toEqual([]);
  });

  test("accepts random labs with all kinds of policies", () => {
    const labs = randomLabs({ families: ["ipv4", "ipv6"], ases: 6, routers: 3, wild: true, validation: true });
    fc.assert(
      fc.property(labs, (spec) => {
        expect(complaints(spec)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
