import fc from "fast-check";
import { expect, test } from "vitest";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import { shape, specOf } from "./arbitrary.ts";

/** Values that are wrong nearly anywhere, and some that are right elsewhere. */
const anything = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
  fc.constantFrom(
    "router-0-0",
    "as-1",
    "192.0.2.0/24",
    "2001:db8::1/64",
    "::",
    "",
    "__proto__",
    "constructor",
    0,
    -1,
    false,
    [],
  ),
);

/** The value with what is at a random place in it replaced. */
function damaged(value: unknown, turns: readonly number[], replacement: unknown): unknown {
  const [turn, ...rest] = turns;
  if (turn === undefined || typeof value !== "object" || value === null || Object.keys(value).length === 0)
    return replacement;
  const keys = Object.keys(value);
  const key = keys[turn % keys.length] ?? "";
  const entries = Object.entries(value).map(
    ([name, each]) => [name, name === key ? damaged(each, rest, replacement) : each] as const,
  );
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

function expectTopologyOrProblems(spec: unknown): void {
  try {
    resolve(spec as TopologySpec);
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemsError);
    expect((error as ProblemsError).problems.length).toBeGreaterThan(0);
  }
}

test("a spec that is damaged anywhere gives a topology or problems, never another error", () => {
  const turns = fc.array(fc.nat({ max: 1000 }), { maxLength: 6 });
  fc.assert(
    fc.property(shape, turns, anything, (each, place, replacement) => {
      expectTopologyOrProblems(damaged(specOf(each), place, replacement));
    }),
    { numRuns: 500 },
  );
});

test("a PKI that is damaged anywhere gives a topology or problems, never another error", () => {
  const subject = { country: "DE", organization: "Lab", commonName: "any" };
  const spec: TopologySpec = {
    nodes: { h1: { kind: "host" }, h2: { kind: "host" } },
    links: [{ ends: ["h1", "h2"] }],
    pki: {
      authorities: {
        root: { key: "ed25519", subject, lifetime: "30d", trusted: [1, 2], mistakes: { validity: "expired" } },
        issuing: { issuer: "root", pathLength: 0, nameConstraints: { permitted: { names: ["lab.example"] } } },
      },
      certificates: {
        web: { issuer: "issuing", profile: "server", names: ["lab.example"], mistakes: { usages: ["serverAuth"] } },
        own: { issuer: "root", profile: "spiffe", uris: ["spiffe://lab.example/own"], subject, revoked: "superseded" },
      },
    },
  };
  expect(() => resolve(spec)).not.toThrow();
  const words = fc.oneof(anything, fc.constantFrom("webAuth", "9999999d", "client", "keyCompromise", "root", "web"));
  const turns = fc.array(fc.nat({ max: 1000 }), { maxLength: 5 });
  fc.assert(
    fc.property(turns, words, (place, replacement) => {
      expectTopologyOrProblems({ ...spec, pki: damaged(spec.pki, place, replacement) });
    }),
    { numRuns: 500 },
  );
});

test("whatever is given in place of a spec gives problems, never another error", () => {
  fc.assert(fc.property(anything, expectTopologyOrProblems));
  fc.assert(
    fc.property(fc.record({ nodes: anything, links: anything, relations: anything }), expectTopologyOrProblems),
  );
});
