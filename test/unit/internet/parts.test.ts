import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAsRelationships } from "../../../topology/import/caida/index.ts";
import {
  bySize,
  candidates,
  customerCones,
  distribution,
  drawPairs,
  formatRoa,
  generateRelationships,
  internetOf,
  measurePair,
  membersOf,
  nearestAsns,
  parseAsnList,
  parseDeployers,
  parseRoa,
  propagate,
  roasOf,
} from "../../../topology/internet/index.ts";
import { parsePrefix, type Prefix } from "../../../topology/addressing/prefix.ts";
import { formatProblems, type Problem } from "../../../topology/problem.ts";
import { expectGolden } from "../../golden.ts";
import { graphs, internetFrom } from "./graphs.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the size of ASes", () => {
  test("is how many they reach from provider to customer", () => {
    fc.assert(
      fc.property(graphs, ({ relations }) => {
        const internet = internetFrom(relations);
        const below = (asn: number, seen: Set<number>): Set<number> => {
          seen.add(asn);
          for (const { one, other, kind } of relations)
            if (kind === "transit" && one === asn && !seen.has(other)) below(other, seen);
          return seen;
        };
        expect([...customerCones(internet)]).toEqual([...internet.asns].map((asn) => below(asn, new Set()).size));
      }),
    );
  });

  test("puts the larger cone first, then the more relations, then the lower number", () => {
    const internet = internetFrom([
      { one: 9, other: 1, kind: "transit" },
      { one: 9, other: 2, kind: "transit" },
      { one: 1, other: 2, kind: "peer" },
      { one: 2, other: 3, kind: "peer" },
      { one: 4, other: 9, kind: "peer" },
    ]);
    expect(bySize(internet, customerCones(internet)).map((index) => internet.asns[index])).toEqual([9, 2, 1, 3, 4]);
  });
});

describe("lists of ASes", () => {
  const internet = internetFrom([1, 2, 3, 4].map((other) => ({ one: 9, other, kind: "transit" as const })));

  test("are numbers divided by anything usual, with comments", () => {
    const problems: Problem[] = [];
    expect(parseAsnList("# all\n1, AS2\r\n  as3 1 # again\n\n9", "list", internet, problems)).toEqual([1, 2, 3, 9]);
    expect(problems).toEqual([]);
  });

  test("that are wrong are told by line, all mistakes at once", () => {
    const problems: Problem[] = [];
    parseAsnList("1\nnonsense 2\n5,99999999999\n# 6\nAS 7", "list.txt", internet, problems);
    parseAsnList("# nobody\n", "empty.txt", internet, problems);
    parseAsnList("x\n".repeat(30), "many.txt", internet, problems);
    expectGolden("internet/lists.txt", `${formatProblems("the lists", problems)}\n`);
  });

  test("are everybody, the largest, or those named", () => {
    const largest = bySize(internet, customerCones(internet));
    expect(parseDeployers("validating.txt")).toBeUndefined();
    expect(parseDeployers("top:")).toBeUndefined();
    expect([...membersOf(internet, parseDeployers("all") ?? { kind: "list", asns: [] }, largest)]).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect([...membersOf(internet, { kind: "top", count: 2 }, largest)]).toEqual([1, 0, 0, 0, 1]);
    expect([...membersOf(internet, { kind: "list", asns: [3] }, largest)]).toEqual([0, 0, 1, 0, 0]);
  });

  test("numbers near to one that isn't there are known", () => {
    expect([0, 5, 10].map((asn) => nearestAsns(internet, asn))).toEqual([[1], [4, 9], [9]]);
  });
});

describe("ROAs as people write them", () => {
  test.each([
    ["192.0.2.0/24", "192.0.2.0/24=64500"],
    ["192.0.2.0/24-25", "192.0.2.0/24-25=64500"],
    ["192.0.2.0/24-24=AS64501", "192.0.2.0/24=64501"],
    ["2001:db8::/32-48=0", "2001:db8::/32-48=0"],
  ])("%s", (text, expected) => {
    const roa = parseRoa(text, "--roa");
    if ("code" in roa) throw new Error(roa.expected);
    expect(roasOf([roa], 64500).map(formatRoa)).toEqual([expected]);
  });

  test("that are wrong are told with what was expected", () => {
    const wrong = [
      "192.0.2.0",
      "192.0.2.1/24",
      "192.0.2.0/24:25",
      "192.0.2.0/24-23",
      "192.0.2.0/24-33",
      "192.0.2.0/24=4294967296",
    ];
    const problems = wrong.map((text) => parseRoa(text, "--roa")).filter((each) => "code" in each);
    expectGolden("internet/roas.txt", `${formatProblems("the ROAs", problems)}\n`);
  });
});

describe("draws", () => {
  const internet = internetOf(readAsRelationships(bytes(generateRelationships(200, 700).text)));

  test("are the same for the same seed, and of two ASes each", () => {
    const draw = (seed: number) => drawPairs(internet, candidates(internet, "hijack"), { count: 500, seed });
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const [victim, other] of draw(7)) {
      expect(victim).not.toBe(other);
      expect(Math.max(victim, other)).toBeLessThan(200);
    }
  });

  test("against one victim take each AS once at most", () => {
    const pairs = drawPairs(internet, candidates(internet, "hijack"), { count: 500, seed: 1, victim: 3 });
    expect(pairs.map(([victim]) => victim)).toEqual(new Array(199).fill(3));
    expect(new Set(pairs.map(([, other]) => other)).size).toBe(199);
  });

  test("of leakers are of ASes with two providers or peers", () => {
    const small = internetFrom([
      { one: 1, other: 2, kind: "transit" },
      { one: 1, other: 3, kind: "transit" },
      { one: 2, other: 3, kind: "peer" },
      { one: 2, other: 4, kind: "transit" },
    ]);
    expect(candidates(small, "leak").map((index) => small.asns[index])).toEqual([2, 3]);
    expect(drawPairs(small, [], { count: 3, seed: 1 })).toEqual([]);
  });

  test("are measured in the order of what is asked", () => {
    const [pair = [0, 1]] = drawPairs(internet, candidates(internet, "leak"), { count: 1, seed: 5 });
    const all = new Uint8Array(200).fill(1);
    const hijack = {
      kind: "hijack",
      prefix: parsePrefix("192.0.2.0/24") as Prefix,
      subPrefix: false,
      forgedOrigin: false,
      roas: [{ prefix: parsePrefix("192.0.2.0/24") as Prefix, maxLength: 24, asn: undefined }],
      deployments: [{}, { validating: all }],
    } as const;
    const [without = 0, withFilters] = measurePair(internet, hijack, pair);
    expect(without).toBeGreaterThan(0);
    expect(withFilters).toBe(0);
    const [before, leak, withRoles] = measurePair(internet, { kind: "leak", deployments: [undefined, all] }, pair);
    expect(leak).toBeGreaterThan(before ?? 0);
    expect(withRoles).toBeLessThan(leak ?? 0);
  });

  test("are summed up by mean and quartiles", () => {
    expect(distribution([4, 1, 3, 2])).toEqual({
      mean: 2.5,
      minimum: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      maximum: 4,
    });
    expect(distribution([5])).toMatchObject({ mean: 5, lowerQuartile: 5, maximum: 5 });
  });
});

describe("a made-up internet", () => {
  test("of any size has the ASes and relations asked for, no provider cycle, and a way from everybody to everybody", () => {
    for (const [ases, relations] of [
      [40, 130],
      [500, 2500],
      [3000, 18000],
    ] as const) {
      const made = generateRelationships(ases, relations);
      expect(made).toMatchObject({ ases, relations });
      const internet = internetOf(readAsRelationships(bytes(made.text)));
      expect(internet.asns.length).toBe(ases);
      for (const by of [0, 7, ases - 1]) expect(propagate(internet, [{ by }]).announcement).not.toContain(-1);
    }
  });

  test("is the same each time", () => {
    expect(generateRelationships(300, 1500, 2)).toEqual(generateRelationships(300, 1500, 2));
  });

  test("has few large ASes and many small ones", () => {
    const internet = internetOf(readAsRelationships(bytes(generateRelationships(3000, 18000).text)));
    const cones = customerCones(internet);
    const sorted = bySize(internet, cones).map((index) => cones[index] ?? 0);
    expect(sorted[0]).toBeGreaterThan(1000);
    expect(sorted.filter((cone) => cone === 1).length).toBeGreaterThan(2400);
  });
});
