import { describe, expect, test } from "vitest";
import { findLab, resolveSettings } from "../../../labs/index.ts";
import { holdsEvery } from "../../../labs/scale/checks.ts";
import { scale } from "../../../labs/scale/lab.ts";
import { gridSize } from "../../../labs/scale/topology.ts";
import { resolve } from "../../../topology/resolve.ts";

describe("a grid", () => {
  test("has the rows and columns nearest to the number asked for, and isn't longer than twice its height", () => {
    const sizes = [3, 7, 20, 100, 200, 400].map((routers) => gridSize(routers));
    expect(sizes).toEqual([
      { rows: 2, columns: 2 },
      { rows: 2, columns: 3 },
      { rows: 4, columns: 5 },
      { rows: 10, columns: 10 },
      { rows: 10, columns: 20 },
      { rows: 20, columns: 20 },
    ]);
    for (let routers = 3; routers <= 400; routers++) {
      const { rows, columns } = gridSize(routers);
      expect(columns).toBeGreaterThanOrEqual(rows);
      expect(columns).toBeLessThanOrEqual(2 * rows);
      expect(Math.abs(rows * columns - routers)).toBeLessThanOrEqual(Math.max(2, routers / 25));
    }
  });
});

describe("the lab scale", () => {
  test.each([
    [{}, 20, 20, 40],
    [{ shape: "grid", routers: "100" }, 100, 180, 360],
    [{ routers: "5", families: "dual" }, 5, 5, 20],
  ])("with %o is as large as it says", async (raw, routers, links, ends) => {
    const lab = await findLab("scale");
    const topology = resolve(lab.topology(resolveSettings(lab, raw)));
    expect(topology.nodes).toHaveLength(routers);
    expect(topology.links).toHaveLength(links);
    expect(topology.sessions.flatMap((session) => session.ends)).toHaveLength(ends);
  });

  test("takes 3 to 400 routers", () => {
    for (const routers of ["2", "401"]) expect(() => resolveSettings(scale, { routers })).toThrow("from 3 to 400");
    expect(resolveSettings(scale, { routers: "400" })).toMatchObject({ routers: 400 });
  });

  test("tells which prefixes a router lacks", () => {
    const result = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });
    const table = [
      "Table master4:",
      "172.16.0.0/24        blackhole [originated4 03:00:00.000] * (200)",
      "172.16.1.0/24        unicast [r1_v4 03:00:01.000] * (100) [AS64513i]",
    ].join("\n");
    expect(holdsEvery(["172.16.0.0/24", "172.16.1.0/24"]).evaluate(result(table))).toBeUndefined();
    expect(holdsEvery(["172.16.1.0/24", "172.16.2.0/24"]).evaluate(result(table))).toBe("none to 172.16.2.0/24");
    expect(holdsEvery(["172.16.1.0/24"]).evaluate(result("Unable to connect"))).toContain("Unable to connect");
  });
});
