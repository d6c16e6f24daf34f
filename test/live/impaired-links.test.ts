import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare } from "../../components/declarations.ts";
import { resolve } from "../../topology/resolve.ts";
import type { ImpairmentsSpec, TopologySpec } from "../../topology/spec.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { needs } from "../requirements.ts";

const spec = (direct: ImpairmentsSpec, far: ImpairmentsSpec): TopologySpec => ({
  families: ["ipv4"],
  nodes: { a: { kind: "host" }, b: { kind: "host" }, c: { kind: "host" } },
  links: [
    {
      name: "near",
      ends: [
        { node: "a", interface: "near", ipv4: "192.0.2.0/31" },
        { node: "b", interface: "near", ipv4: "192.0.2.1/31" },
      ],
      impairments: direct,
    },
    {
      name: "far",
      ends: [
        { node: "b", interface: "far", ipv4: "198.51.100.0/31" },
        { node: "c", interface: "far", ipv4: "198.51.100.1/31" },
      ],
      impairments: far,
    },
  ],
});
const impaired = spec({ rate: 10_000_000, loss: 0.1 }, { delay: 20 });

const breakages: readonly { name: string; on?: string; script: string; seen: RegExp }[] = [
  {
    name: "a rate taken off",
    on: "a",
    script: "tc qdisc del dev near root",
    seen: /links: near: a near: rate: 10 ?Mbit/i,
  },
  {
    name: "loss taken off",
    on: "b",
    script: "nft flush ruleset 2>/dev/null || true; tc qdisc replace dev near root noqueue",
    seen: /links: near: b near: /,
  },
  { name: "a delayed link's end deleted", on: "c", script: "ip link del far", seen: /links: far: .*missing/ },
];

describe("a lab with impaired links", { ...needs("namespaces", "nft", "python", "tbf"), timeout: 60_000 }, () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await bringUp(impaired);
  }, 60_000);
  afterAll(async () => {
    await lab?.down();
  });

  test("comes up as declared", async () => {
    expect(await lab.drift()).toEqual([]);
    expect(await roundTrip(lab)).toBeGreaterThan(39);
  });

  test.each(breakages)("$name is found, and repaired by the next up", async ({ on, script, seen }) => {
    await lab.run(script, on);
    expect((await lab.drift()).join("\n")).toMatch(seen);
    await lab.up();
    expect(await lab.drift()).toEqual([]);
  });

  test("takes new impairments while it runs, and none in the end", async () => {
    await lab.up(declare(resolve(spec({ rate: 5_000_000 }, { delay: 40 })), 30));
    expect(await lab.drift()).toEqual([]);
    expect(await roundTrip(lab)).toBeGreaterThan(79);
    await lab.up(declare(resolve(spec({}, {})), 30));
    expect(await lab.drift()).toEqual([]);
    expect(await roundTrip(lab)).toBeLessThan(20);
    await lab.run("tc qdisc replace dev far root tbf rate 1mbit burst 3000 limit 30000", "c");
    expect(await lab.drift()).toEqual(["links: far: far of c: queueing discipline tbf not declared"]);
    await lab.up();
    expect(await lab.drift()).toEqual([]);
    await lab.up(declare(resolve(impaired), 30));
    expect(await lab.drift()).toEqual([]);
  });
});

/** Milliseconds, the least of five. */
async function roundTrip(lab: TestLab): Promise<number> {
  const text = await lab.run("ping -n -c 5 -i 0.1 -W 2 198.51.100.1", "b");
  return Number(/= ([\d.]+)\//.exec(text)?.[1]);
}
