import { describe, expect, test } from "vitest";
import {
  readOperations,
  rotationSteps,
  withOperations,
  writeOperations,
  type Generation,
  type PkiOperations,
} from "../../../topology/pki/operations.ts";
import type { AuthoritySpec } from "../../../topology/pki/spec.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import type { Topology } from "../../../topology/topology.ts";

const spec = (root: AuthoritySpec = {}, issuing: Partial<AuthoritySpec> = {}): TopologySpec => ({
  nodes: { server: { kind: "host" }, client: { kind: "host" } },
  segments: { lan: { members: ["server", "client"] } },
  pki: {
    authorities: { root, issuing: { issuer: "root", ...issuing } },
    certificates: { server: { issuer: "issuing", profile: "server", node: "server" } },
  },
});

const none: PkiOperations = { generations: new Map(), revocations: new Map() };

function resolved(topology: TopologySpec, operations = none): Topology {
  return resolve(withOperations(topology, operations));
}

/** What an authority signs by and what is trusted, from before the first step on. */
function course(topology: TopologySpec, name: string): string[] {
  const told = (operations: PkiOperations): string => {
    const authority = resolved(topology, operations).pki.authorities.find((each) => each.name === name);
    return `${authority?.generation} of ${authority?.trusted.join("+")}`;
  };
  const steps = rotationSteps(resolved(topology).pki, name);
  return [none, ...steps.map(({ to }) => ({ ...none, generations: new Map([[name, to]]) }))].map(told);
}

describe("the steps of a rotation", () => {
  test("a certificate takes one", () => {
    expect(rotationSteps(resolved(spec()).pki, "server")).toEqual([
      { title: "generation 2 takes the place of 1", to: { generation: 2 } },
    ]);
  });

  test.each(["root", "issuing"])("of %s: both known, the new one signs, the old one goes", (name) => {
    expect(course(spec(), name)).toEqual(["1 of 1", "1 of 1+2", "2 of 1+2", "2 of 2"]);
  });

  test.each<readonly [string, AuthoritySpec, readonly string[]]>([
    ["the next one is announced", { trusted: [1, 2] }, ["1 of 1+2", "2 of 1+2", "2 of 2"]],
    ["the next one signs", { generation: 2, trusted: [1, 2] }, ["2 of 1+2", "2 of 2"]],
    ["three are trusted", { generation: 2, trusted: [1, 2, 3] }, ["2 of 1+2+3", "3 of 1+2+3", "3 of 3"]],
    ["it was rotated before", { generation: 4 }, ["4 of 4", "4 of 4+5", "5 of 4+5", "5 of 5"]],
  ])("where %s by declaration, those that are left", (_, declared, expected) => {
    expect(course(spec(declared), "root")).toEqual(expected);
    expect(course(spec({}, declared), "issuing")).toEqual(expected);
  });

  test("each step asked for alone goes on from where the last one ended, and the next rotation begins anew", () => {
    const seen: string[] = [];
    let operations = none;
    for (let step = 0; step < 6; step++) {
      const [next] = rotationSteps(resolved(spec({ trusted: [1] }), operations).pki, "root");
      operations = { ...none, generations: new Map([["root", next?.to as Generation]]) };
      seen.push(writeOperations(operations).generations ?? "");
    }
    expect(seen).toEqual(["root=1:1+2", "root=2:1+2", "root=2", "root=2:2+3", "root=3:2+3", "root=3"]);
  });
});

describe("operations as texts", () => {
  const { pki = expect.fail() } = spec();

  test("what is written is read again", () => {
    const operations: PkiOperations = {
      generations: new Map([
        ["server", { generation: 2 }],
        ["root", { generation: 1, trusted: [1, 2] }],
      ]),
      revocations: new Map([["server", "keyCompromise"]]),
    };
    const texts = writeOperations(operations);
    expect(texts).toEqual({ generations: "server=2 root=1:1+2", revocations: "server=keyCompromise" });
    expect(readOperations(pki, texts)).toEqual({ operations, problems: [] });
  });

  test("every word that can't be read is told, and every name that there isn't", () => {
    const { problems } = readOperations(pki, {
      generations: "server=0 server=1:1 root=1: root=10000 root=1:1+ roof=2 server",
      revocations: "server=stolen servet=keyCompromise issuing",
    });
    expect(problems.map(({ code, path, found, hint }) => [code, path, found, hint])).toEqual([
      ["bad-generations", "generations", "server=0", "Correct it, or take it away."],
      ["bad-generations", "generations", "server=1:1", "Correct it, or take it away."],
      ["bad-generations", "generations", "root=1:", "Correct it, or take it away."],
      ["bad-generations", "generations", "root=10000", "Correct it, or take it away."],
      ["bad-generations", "generations", "root=1:1+", "Correct it, or take it away."],
      ["unknown-reference", "generations", "roof=2", "Did you mean root?"],
      ["bad-generations", "generations", "server", "Correct it, or take it away."],
      ["bad-revocations", "revocations", "server=stolen", "Correct it, or take it away."],
      ["unknown-reference", "revocations", "servet=keyCompromise", "Did you mean server?"],
      ["bad-revocations", "revocations", "issuing", "Correct it, or take it away."],
    ]);
  });
});
