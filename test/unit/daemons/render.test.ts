import { describe, expect, test } from "vitest";
import { interop } from "../../../labs/interop/lab.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { renderRouter } from "../../../topology/daemons/render.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import { expectGolden } from "../../golden.ts";
import { around, inside, withPolicies } from "./specs.ts";

/** By file, as `router/path`; of those whose daemon isn't BIRD. */
function configurations(spec: TopologySpec): readonly (readonly [file: string, text: string])[] {
  const topology = resolve(spec);
  return topology.nodes.flatMap((node) =>
    node.kind !== "router" || node.daemon === "bird"
      ? []
      : Object.entries(renderRouter(topology, node).files).map(
          ([path, text]) => [`${node.name}/${path}`, text] as const,
        ),
  );
}

describe.each([
  ["every kind of neighbour", "around", around],
  ["every policy", "policies", withPolicies],
] as const)("golden configurations of a router with %s", (_, folder, spec) => {
  test.each(
    (["frr", "gobgp", "openbgpd"] as const).flatMap((daemon) =>
      configurations(spec(daemon)).map(([file, text]) => [daemon, file, text] as const),
    ),
  )("of %s, %s", (daemon, file, text) => {
    expectGolden(`daemons/${folder}/${daemon}/${file}`, text);
  });
});

test.each(configurations(inside))("golden configuration of FRR inside an AS, %s", (file, text) => {
  expectGolden(`daemons/inside/${file}`, text);
});

describe("a configuration", () => {
  const ipv4 = (spec: TopologySpec): TopologySpec => ({ ...spec, families: ["ipv4"] });

  test("has nothing of a family that isn't in use", () => {
    for (const spec of [around("frr"), around("gobgp"), around("openbgpd"), inside])
      for (const [file, text] of configurations(ipv4(spec)))
        expect(text.replaceAll(/announce IPv6.*/g, ""), file).not.toMatch(/ipv6|ospf6|2001:db8|fd00/i);
  });

  test("is the same for the same topology, and names no path of a node", () => {
    const spec = interop.topology(resolveSettings(interop, {}));
    expect(configurations(spec)).toEqual(configurations(spec));
    for (const [file, text] of configurations(spec)) expect(text, file).not.toContain("/run/nodes");
  });
});
