import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAsRelationships, RelationshipReader, type AsGraph } from "../../../topology/import/caida/index.ts";
import { ProblemsError, type Problem } from "../../../topology/problem.ts";
import { expectGolden } from "../../golden.ts";
import { generateRelationships } from "../../../topology/internet/index.ts";
import { needs } from "../../requirements.ts";

const serial1 = `# source:topology|made up
# input clique: 64496 64497
64496|64497|0
64496|64501|-1
64497|64502|-1
64501|64502|0
64501|65001|-1
64502|65001|-1
64502|4200000001|-1
`;

const serial2 = serial1.replace(/0$/gm, "0|mlp").replace(/-1$/gm, "-1|bgp").replace("0|mlp|bgp", "0|mlp");

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function relations(graph: AsGraph): string[] {
  return [...graph.asns].flatMap((asn, index) => {
    const codes = graph.codes(index);
    return [...graph.neighbours(index)].map(
      (far, at) => `${asn} ${["sells to", "buys from", "peers"][codes[at] ?? 3]} ${graph.asns[far]}`,
    );
  });
}

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  return [];
}

describe("reading AS relationships", () => {
  test("serial-1 gives each AS its neighbours, and what they are to it", () => {
    const graph = readAsRelationships(bytesOf(serial1));
    expect([...graph.asns]).toEqual([64496, 64497, 64501, 64502, 65001, 4200000001]);
    expect(graph.relations).toBe(7);
    expect(relations(graph)).toEqual([
      "64496 peers 64497",
      "64496 sells to 64501",
      "64497 peers 64496",
      "64497 sells to 64502",
      "64501 buys from 64496",
      "64501 peers 64502",
      "64501 sells to 65001",
      "64502 buys from 64497",
      "64502 peers 64501",
      "64502 sells to 65001",
      "64502 sells to 4200000001",
      "65001 buys from 64501",
      "65001 buys from 64502",
      "4200000001 buys from 64502",
    ]);
  });

  test("serial-2 gives the same as serial-1", () => {
    expect(serial2).toContain("64496|64497|0|mlp\n64496|64501|-1|bgp\n");
    expect(relations(readAsRelationships(bytesOf(serial2)))).toEqual(relations(readAsRelationships(bytesOf(serial1))));
  });

  test("line ends of Windows, blank lines, and no line end at the end are taken", () => {
    const text = serial1.replaceAll("\n", "\r\n").concat("\r\n64496|65009|-1");
    expect(readAsRelationships(bytesOf(text)).relations).toBe(8);
  });

  test("a relation repeated counts once, peers in either order", () => {
    expect(readAsRelationships(bytesOf(`${serial1}64497|64496|0\n64496|64501|-1\n`)).relations).toBe(7);
  });

  test("pieces of any size give the same graph", () => {
    const whole = relations(readAsRelationships(bytesOf(serial2)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: serial2.length }), { maxLength: 12 }), (cuts) => {
        const reader = new RelationshipReader();
        const places = [0, ...cuts.toSorted((one, other) => one - other), serial2.length];
        for (const [index, place] of places.entries()) reader.push(serial2.slice(place, places[index + 1]));
        expect(relations(reader.end())).toEqual(whole);
      }),
    );
  });

  test("gzip is recognised", () => {
    expect(readAsRelationships(gzipSync(serial1)).relations).toBe(7);
  });

  test("damaged gzip is a problem", () => {
    expect(problemsOf(() => readAsRelationships(gzipSync(serial1).subarray(0, 40)))).toMatchObject([
      { code: "damaged-file" },
    ]);
  });
});

/** `printf '64496|64501|-1\n64496|64497|0\n' | bzip2 | base64` */
const packed = "QlpoOTFBWSZTWVDAFCEAAAhYgAAQAAJnoAAEIAAxADASkeo8p6iVH1QIEGXFnqz4u5IpwoSChgChCA==";

describe("reading bz2", () => {
  test("several streams in one file", needs("bzip2"), () => {
    const pack = (text: string): Buffer => execFileSync("bzip2", ["-c"], { input: text });
    expect(readAsRelationships(Buffer.concat([pack(serial1), pack("64496|65009|-1\n")])).relations).toBe(8);
  });

  test("bz2 is recognised", () => {
    expect(relations(readAsRelationships(Buffer.from(packed, "base64")))).toEqual([
      "64496 peers 64497",
      "64496 sells to 64501",
      "64497 peers 64496",
      "64501 buys from 64496",
    ]);
  });

  test("a bz2 file that ends early, wherever, is a problem", () => {
    const bytes = Buffer.from(packed, "base64");
    for (let length = 3; length < bytes.length; length++)
      expect(problemsOf(() => readAsRelationships(bytes.subarray(0, length)))).toMatchObject([
        { code: "damaged-file" },
      ]);
  });

  test("a bz2 file with a changed bit is a problem", () => {
    const bytes = Buffer.from(packed, "base64");
    bytes[30] = (bytes[30] ?? 0) ^ 4;
    expect(problemsOf(() => readAsRelationships(bytes))).toMatchObject([{ code: "damaged-file" }]);
  });
});

describe("refusing what isn't right", () => {
  const refusals: Readonly<Record<string, string>> = {
    malformed: [
      "# comment",
      "64496|64497|-1",
      "64496 64498 -1",
      "64496|64499",
      "AS64496|64499|0",
      "64496||0",
      "64496|-5|0",
      "64496|64499|1",
      "64496|64499|",
      "64496|64499|-1|",
      "64496|64499|-1|bgp|extra",
      " 64496|64500|0",
      "64496|12345678901|0",
    ].join("\n"),
    values: ["64496|64496|0", "0|64497|-1", "64496|4294967295|-1", "23456|65535|0", "99999999999|1|0"].join("\n"),
    contradictions: [
      "64496|64497|-1",
      "64497|64496|-1",
      "64496|64497|0",
      "64500|64501|0",
      "64501|64500|-1",
      "64496|64497|-1",
    ].join("\n"),
    "mixed-serials": ["64496|64497|-1|bgp", "64496|64498|-1", "64496|64499|0|mlp"].join("\n"),
    "another-file": Array.from({ length: 80 }, (_, index) => `<p>line ${index}</p>`).join("\n"),
    empty: "# nothing\n",
  };

  for (const [name, text] of Object.entries(refusals))
    test(`${name}: every line is told`, () => {
      const problems = problemsOf(() => readAsRelationships(bytesOf(text), `${name}.txt`));
      expectGolden(`import/errors/${name}.txt`, `${new ProblemsError(`${name}.txt`, problems).message}\n`);
    });

  test("bytes of any kind give a graph or problems", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readAsRelationships(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemsError);
        }
      }),
    );
  });

  test("a line without end takes no memory to speak of and is one problem", () => {
    const reader = new RelationshipReader();
    for (let piece = 0; piece < 2000; piece++) reader.push("1".repeat(10_000));
    expect(problemsOf(() => reader.end())).toMatchObject([{ code: "bad-line", path: "line 1" }]);
  });
});

test("half a million relations among 80,000 ASes are read whole", () => {
  const { text, ases, relations: count } = generateRelationships(80_000, 500_000, 2);
  const graph = readAsRelationships(bytesOf(text));
  expect(graph.asns.length).toBe(ases);
  expect(graph.relations).toBe(count);
  let [customers, providers, ends] = [0, 0, 0];
  for (let index = 0; index < ases; index++) {
    ends += graph.degree(index);
    customers += graph.customers(index);
    providers += graph.codes(index).filter((code) => code === 1).length;
  }
  expect(ends).toBe(2 * count);
  expect(customers).toBe(providers);
}, 60_000);
