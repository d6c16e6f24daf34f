import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  differences,
  planImpairments,
  type Features,
  type Plan,
  type Target,
} from "../../../provider/impairments/index.ts";
import type { Impairments } from "../../../topology/topology.ts";

const target: Target = {
  name: "r1--r2",
  path: "links[0].impairments",
  mtu: 1500,
  ends: [
    { node: "r1", interface: "r2" },
    { node: "r2", interface: "r1" },
  ],
  directions: "both",
};
const everything: Features = { netem: true, tbf: true, nftNetdev: true, relay: true };
const withoutNetem: Features = { ...everything, netem: false };
const nothing: Features = { netem: false, tbf: false, nftNetdev: false, relay: false };
const all: Impairments = { rate: 10e6, loss: 0.1, delay: 20, jitter: 5 };

function planned(impairments: Impairments, features: Features, of: Target = target): Plan {
  const plan = planImpairments(impairments, features, of);
  if (plan.kind === "refusal") throw new Error(plan.problems.map((problem) => problem.expected).join());
  return plan;
}

describe("a plan", () => {
  test("with netem is one qdisc at each end that names every parameter, and no relay", () => {
    const plan = planned(all, everything);
    expect(plan.ends.map((end) => end.onCreate.tc)).toEqual([
      ["qdisc replace dev r2 root netem limit 62 delay 20ms 5ms loss random 10% rate 10000000bit"],
      ["qdisc replace dev r1 root netem limit 62 delay 20ms 5ms loss random 10% rate 10000000bit"],
    ]);
    expect(plan.ends.map((end) => end.onCreate.nft)).toEqual(["", ""]);
    expect(plan.relay.used).toBe(false);
  });

  test("without netem is tbf, nftables and the relay", () => {
    const plan = planned(all, withoutNetem);
    expect(plan.ends[0].onCreate.tc).toEqual([
      "qdisc replace dev r2 root tbf rate 10000000bit burst 12500 limit 75000",
    ]);
    expect(plan.ends[0].onCreate.nft).toContain("numgen random mod 1000000 < 100000 drop");
    expect(JSON.parse(plan.relay.content)).toMatchObject({ delay: 20, jitter: 5, back: true });
  });

  test("of a segment's member impairs only what the member sends", () => {
    const plan = planned(all, withoutNetem, { ...target, directions: "forward" });
    expect(plan.ends.map((end) => end.qdisc.kind)).toEqual(["tbf", "none"]);
    expect(plan.ends.map((end) => end.loss)).toEqual([0, 0.1]);
    expect(plan.relay.back).toBe(false);
  });

  test("without impairments does nothing on new interfaces, and clears used ones", () => {
    const plan = planned({}, withoutNetem);
    expect(plan.ends[0].onCreate).toEqual({ tc: [], nft: "" });
    expect(plan.ends[0].onChange.tc).toEqual(["qdisc replace dev r2 root noqueue"]);
    expect(plan.ends[0].onChange.nft).toContain(`delete table netdev ${plan.ends[0].table}`);
  });

  test("is refused with one problem for each impairment that the machine can't do", () => {
    const refusal = planImpairments(all, nothing, target);
    expect(refusal.kind === "refusal" && refusal.problems.map((problem) => [problem.path, problem.found])).toEqual([
      ["links[0].impairments.rate", 10e6],
      ["links[0].impairments.loss", 0.1],
      ["links[0].impairments.delay", 20],
      ["links[0].impairments.jitter", 5],
    ]);
    expect(planImpairments({}, nothing, target).kind).toBe("plan");
  });

  test("has interface names of at most 15 characters, the same for the same link, and numbers without exponents", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        fc.boolean(),
        (name, loss, delay, netem) => {
          const plan = planned({ loss, delay, rate: 8000 }, { ...everything, netem }, { ...target, name });
          expect(planned({}, everything, { ...target, name }).relay.interfaces).toEqual(plan.relay.interfaces);
          for (const device of plan.relay.interfaces) expect(device).toMatch(/^[a-z0-9]{3,15}$/);
          for (const end of plan.ends) expect(end.onChange.tc.join()).not.toMatch(/ [\d.]+e[+-]/);
        },
      ),
    );
  });
});

describe("differences", () => {
  const tbf = (rate: number): string =>
    JSON.stringify([{ kind: "tbf", root: true, options: { rate, burst: 12499, lat: 50000 } }]);
  const drops = (table: string, below: number): string =>
    JSON.stringify({
      nftables: [
        {
          rule: {
            family: "netdev",
            table,
            expr: [
              { match: { op: "<", left: { numgen: { mode: "random", mod: 1000000, offset: 0 } }, right: below } },
              { drop: null },
            ],
          },
        },
      ],
    });
  const relay = (plan: Plan, delay: number): string =>
    JSON.stringify({ pairs: { [plan.relay.interfaces[0]]: { delay, jitter: 5, back: true, connected: true } } });

  test("are none where tc, nftables and the relay are as planned", () => {
    const plan = planned(all, withoutNetem);
    const [first, second] = plan.ends.map((end) => ({ qdiscs: tbf(1_250_000), nft: drops(end.table, 100_000) }));
    expect(
      first !== undefined &&
        second !== undefined &&
        differences(plan, { ends: [first, second], relay: relay(plan, 20) }),
    ).toEqual([]);
  });

  test("say what was expected and what was found", () => {
    const plan = planned(all, withoutNetem);
    const bare = { qdiscs: "[]", nft: "" };
    const other = { qdiscs: tbf(250_000), nft: drops(plan.ends[1].table, 10_000) };
    expect(differences(plan, { ends: [bare, other], relay: relay(plan, 300) })).toEqual([
      "r1 r2: rate: 10 Mbit/s expected, none found",
      "r1 r2: burst: 12500 bytes expected, none found",
      "r1 r2: loss: 10 % expected, none found",
      "r2 r1: rate: 10 Mbit/s expected, 2 Mbit/s found",
      "r2 r1: loss: 10 % expected, 1 % found",
      "r1:r2 to r2:r1: delay: 20 ms expected, 300 ms found",
    ]);
    expect(differences(plan, { ends: [bare, other], relay: undefined }).at(-1)).toBe(
      "r1:r2 to r2:r1: delay: 20 ms expected, the relay does not run",
    );
  });

  test("take netem's numbers and its text alike, and see what nobody planned", () => {
    const seen = (delay: unknown): { qdiscs: string; nft: string } => ({
      nft: "",
      qdiscs: JSON.stringify([
        { kind: "netem", root: true, dev: "r1", options: {} },
        { kind: "netem", root: true, dev: "r2", options: { limit: 20000, delay: { delay, jitter: 0 } } },
      ]),
    });
    const plan = planned({ delay: 300 }, everything, { ...target, directions: "forward" });
    const none = { qdiscs: "", nft: "" };
    expect(differences(plan, { ends: [seen(0.3), none], relay: undefined })).toEqual([]);
    expect(differences(plan, { ends: [seen("300ms"), none], relay: undefined })).toEqual([]);
    expect(differences(planned({}, everything), { ends: [seen(0.3), none], relay: undefined })).toEqual([
      "r1 r2: delay: none expected, 300 ms found",
      "r1 r2: queue limit: none expected, 20000 found",
    ]);
  });
});
