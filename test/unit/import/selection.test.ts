import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readAsRelationships,
  select,
  selectAround,
  selectLargest,
  toTopologySpec,
  type AsGraph,
  type AsSelection,
} from "../../../topology/import/caida/index.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { generateRelationships } from "../../../topology/internet/index.ts";

function graphOf(...lines: readonly string[]): AsGraph {
  return readAsRelationships(new TextEncoder().encode(lines.join("\n")));
}

/** 1 and 2 peer on top; 1 sells to 11 and 12, 2 to 12 and 13; 11 and 12 peer; 12 sells to 101, 101 to 201. 7 and 8 stand apart. */
const small = graphOf(
  "1|2|0",
  "1|11|-1",
  "1|12|-1",
  "2|12|-1",
  "2|13|-1",
  "11|12|0",
  "12|101|-1",
  "101|201|-1",
  "7|8|0",
);

function isConnected({ ases, transit, peers }: AsSelection): boolean {
  const reached = new Set(ases.slice(0, 1));
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const [one, other] of [...transit, ...peers])
      if (reached.has(one) || reached.has(other)) reached.add(one).add(other);
  }
  return reached.size === ases.length;
}

describe("ASes around one", () => {
  test("radius 0 is the AS alone, radius 1 its neighbours and the relations among them", () => {
    expect(selectAround(small, { middle: [12], radius: 0 })).toEqual({ ases: [12], transit: [], peers: [] });
    expect(selectAround(small, { middle: [12], radius: 1 })).toEqual({
      ases: [1, 2, 11, 12, 101],
      transit: [
        [1, 11],
        [1, 12],
        [2, 12],
        [12, 101],
      ],
      peers: [
        [1, 2],
        [11, 12],
      ],
    });
  });

  test("a radius wider than the piece of the graph takes that piece", () => {
    expect(selectAround(small, { middle: [7], radius: 16 }).ases).toEqual([7, 8]);
  });

  test("a maximum keeps the nearest, and of those the largest", () => {
    expect(selectAround(small, { middle: [101], radius: 3, maximum: 4 }).ases).toEqual([1, 12, 101, 201]);
  });
});

describe("ASes around some", () => {
  test("are near to one of them", () => {
    expect(selectAround(small, { middle: [11, 12, 101], radius: 0 }).ases).toEqual([11, 12, 101]);
    expect(selectAround(small, { middle: [101, 12, 1], radius: 1, maximum: 4 }).ases).toEqual([1, 2, 12, 101]);
    expect(selectAround(small, { middle: [11, 13], radius: 2 }).ases).toEqual([1, 2, 11, 12, 13, 101]);
  });

  test("are refused where nothing chosen joins them, or they are more than the maximum", () => {
    const problem = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        if (error instanceof ProblemsError) return error.message;
        throw error;
      }
      return "";
    };
    expect(problem(() => selectAround(small, { middle: [11, 13], radius: 0 }))).toBe(
      [
        "the selection of ASes: 1 problem",
        "  as: found 13, expected ASes that hang together [apart]",
        "    Nothing chosen joins AS 11 and AS 13: name ASes between them too, or take a larger radius.",
      ].join("\n"),
    );
    expect(problem(() => selectAround(small, { middle: [1, 2, 7], radius: 16, maximum: 2 }))).toContain(
      "maximum: found 2, expected a whole number from 3 to 4096",
    );
  });
});

describe("the largest ASes", () => {
  test("they hang together", () => {
    expect(selectLargest(small, { maximum: 3 })).toEqual({
      ases: [1, 2, 12],
      transit: [
        [1, 12],
        [2, 12],
      ],
      peers: [[1, 2]],
    });
  });

  test("an AS that has no relation with them is not among them, however many there may be", () => {
    expect(selectLargest(small, { maximum: 4096 }).ases).toEqual([1, 2, 11, 12, 13, 101, 201]);
  });

  test("50 where nothing is asked for", () => {
    const graph = readAsRelationships(new TextEncoder().encode(generateRelationships(300, 900).text));
    expect(select(graph, {}).ases).toHaveLength(50);
  });
});

describe("any selection", () => {
  const graph = readAsRelationships(new TextEncoder().encode(generateRelationships(400, 1200).text));
  const selections = fc.oneof(
    fc.integer({ min: 1, max: 120 }).map((maximum) => ({ maximum })),
    fc.record({
      middle: fc.tuple(fc.integer({ min: 1, max: 400 })),
      radius: fc.integer({ min: 0, max: 2 }),
      maximum: fc.integer({ min: 1, max: 60 }),
    }),
  );

  test("is connected, within its maximum, and the same each time", () => {
    fc.assert(
      fc.property(selections, (options) => {
        const selection = select(graph, options);
        expect(isConnected(selection)).toBe(true);
        expect(selection.ases.length).toBeLessThanOrEqual(options.maximum);
        expect(select(graph, options)).toEqual(selection);
      }),
    );
  });

  test("resolves to a topology with a router for each AS and a session for each relation and family", () => {
    fc.assert(
      fc.property(selections, (options) => {
        const selection = select(graph, options);
        const topology = resolve(toTopologySpec(selection));
        expect(topology.nodes.map(({ name }) => name)).toEqual(selection.ases.map((asn) => `as${asn}`));
        expect(topology.sessions).toHaveLength(2 * (selection.transit.length + selection.peers.length));
        const prefixes = topology.nodes.flatMap((node) => (node.kind === "router" ? node.originates : []));
        expect(new Set(prefixes).size).toBe(2 * selection.ases.length);
      }),
      { numRuns: 20 },
    );
  });

  test("of the largest size resolves", () => {
    const large = readAsRelationships(new TextEncoder().encode(generateRelationships(6000, 13000).text));
    const selection = selectLargest(large, { maximum: 4096 });
    expect(selection.ases).toHaveLength(4096);
    expect(resolve(toTopologySpec(selection)).nodes).toHaveLength(4096);
  }, 60_000);
});

describe("what can't be selected", () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof ProblemsError) return error.message;
    }
    return "";
  };

  test("an AS that isn't there, with a radius and a maximum out of range: all told at once", () => {
    expect(message(() => select(small, { middle: [5], radius: -1, maximum: 0 }))).toBe(
      [
        "the selection of ASes: 3 problems",
        "  maximum: found 0, expected a whole number from 1 to 4096 [maximum-out-of-range]",
        "    A machine holds a few hundred routers.",
        "  as: found 5, expected one of the file's 9 ASes [unknown-as]",
        "    Choose ASes that have a relation in the file.",
        "  radius: found -1, expected a whole number from 0 to 16 [radius-out-of-range]",
        "    Nearly every AS of the internet is within 4 relations of any other.",
      ].join("\n"),
    );
  });

  test("a radius around nothing", () => {
    expect(message(() => select(small, { radius: 2 }))).toContain("[radius-without-as]");
  });

  test("more ASes than there are prefixes for", () => {
    const star = graphOf(...Array.from({ length: 4096 }, (_, index) => `1|${index + 2}|-1`));
    expect(message(() => select(star, { middle: [1] }))).toContain(
      "found 4097, expected at most 4096 ASes in the radius",
    );
    expect(select(star, { middle: [1], maximum: 20 }).ases).toHaveLength(20);
  });
});
