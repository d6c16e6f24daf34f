import { describe, expect, test } from "vitest";
import { makeDirectory } from "../../provider/sandbox/files.ts";
import { endHolder, ensureHolder } from "../../provider/sandbox/holder.ts";
import { bringUp } from "../support/lab.ts";
import { needs } from "../requirements.ts";

describe("a sandbox that ends while work goes on in it", needs("namespaces", "bird"), () => {
  test("ends the work with an error, at once", async () => {
    const { holder } = await ensureHolder(`test-ended-${process.pid}`, "test");
    await endHolder(holder);
    await expect(makeDirectory(holder, "/run/nodes/r1")).rejects.toThrow("The lab's sandbox ended");
  });

  test("shows every resource as missing, and comes back with the next up", async () => {
    const lab = await bringUp({
      families: ["ipv4"],
      nodes: { a: { kind: "host" }, b: { kind: "host" } },
      links: [{ ends: ["a", "b"] }],
    });
    try {
      await endHolder(lab.holder);
      expect(await lab.drift()).toEqual(["node a: missing", "node b: missing", "links: missing", "readiness: missing"]);
      await ensureHolder(lab.key, "test");
      await lab.up();
      expect(await lab.drift()).toEqual([]);
    } finally {
      await lab.down();
    }
  });
});
