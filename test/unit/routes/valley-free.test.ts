import { expect, test } from "vitest";
import { resolve } from "../../../topology/resolve.ts";
import { valleyFree } from "../../../topology/routes/index.ts";

// a0 and a1 peer; each has a customer (a2, a3); a3 and a4 are siblings; a4 is a customer of a0 as well.
const names = ["a0", "a1", "a2", "a3", "a4"] as const;
const [a0, a1, a2, a3, a4] = [64600, 64601, 64602, 64603, 64604];
const topology = resolve({
  families: ["ipv4"],
  autonomousSystems: Object.fromEntries(names.map((name, index) => [name, { asn: 64600 + index }])),
  nodes: Object.fromEntries(names.map((name) => [name, { kind: "router", as: name }])),
  links: [
    { ends: ["a0", "a1"] },
    { ends: ["a0", "a2"] },
    { ends: ["a1", "a3"] },
    { ends: ["a3", "a4"] },
    { ends: ["a0", "a4"] },
  ],
  relations: [
    { kind: "peer", between: ["a0", "a1"] },
    { kind: "transit", provider: "a0", customer: "a2" },
    { kind: "transit", provider: "a1", customer: "a3" },
    { kind: "sibling", between: ["a3", "a4"] },
    { kind: "transit", provider: "a0", customer: "a4" },
  ],
});

test.each([
  [[a2, a0, a1, a3], true],
  [[a2, a0, a1, a3, a4], true],
  [[a2, a0, a0, a0, a1], true],
  [[], true],
  [[a2], true],
  [[a0, a4, a3, a1], false],
  [[a1, a3, a4, a0], false],
  [[a2, a1], false],
  [[a2, a0, a2], false],
  [[a2, 65000], false],
])("the path %j is valley-free: %s", (path, expected) => {
  expect(valleyFree(topology, path)).toBe(expected);
});
