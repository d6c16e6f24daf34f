import { expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { roaDifferences } from "../../../provider/route-origin-authorizations/resource.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { Family, TopologySpec } from "../../../topology/spec.ts";
import { expectGolden } from "../../golden.ts";

const spec: TopologySpec = {
  autonomousSystems: { one: { asn: 65001, policy: { originValidation: true } } },
  nodes: {
    r1: { kind: "router", as: "one", originates: ["192.0.2.0/24"] },
    ca: { kind: "host", services: { krill: { kind: "krill" } } },
    validator: { kind: "host", services: { rtr: { kind: "relying-party", authority: "ca", port: 8282 } } },
  },
  segments: { lan: { members: ["r1", "ca", "validator"], ipv4: "192.0.2.0/25" } },
  roas: [
    { prefix: "192.0.2.0/24", as: "one", maxLength: 25 },
    { prefix: "2001:db8::/32", as: "one" },
  ],
};

const both = ["ipv4", "ipv6"] as const;
const filesOf = (node: string, families: readonly Family[] = both): Readonly<Record<string, string>> =>
  declare(resolve({ ...spec, families }), 30).nodes.find(({ name }) => name === node)?.files ?? {};

test.each([
  ["ca", "krill/krill.toml"],
  ["validator", "rtr/routinator.conf"],
])("the settings on %s are as their program takes them", (node, file) => {
  expectGolden(`services/${file.split("/")[1]}`, filesOf(node)[file] ?? "");
});

test("without IPv6 they listen on IPv4 only", () => {
  expect(filesOf("ca", ["ipv4"])["krill/krill.toml"]).toContain('ip = "0.0.0.0"');
  expect(filesOf("validator", ["ipv4"])["rtr/routinator.conf"]).toContain('rtr-listen = ["0.0.0.0:8282"]');
});

test("what is declared of an authority holds no token and no key", () => {
  const declared = JSON.stringify(declare(resolve(spec), 30).nodes);
  expect(declared).not.toContain("admin_token");
  expect(declared).not.toContain("PRIVATE KEY");
});

test("routers wait for the relying party as for any RTR server", () => {
  const [router] = declare(resolve(spec), 30).readiness.routers;
  expect(router?.rpki).toEqual({
    protocols: ["rtr_validator"],
    roas: { roas4: expect.stringMatching(/^1-/), roas6: expect.stringMatching(/^1-/) },
  });
});

test("ROAs differ one by one, a maximum length included", () => {
  const [authority] = declare(resolve(spec), 30).authorities;
  const roas = authority?.roas ?? {};
  expect(roaDifferences({ roas }, Object.values(roas))).toEqual([]);
  expect(
    roaDifferences({ roas }, [
      { prefix: "192.0.2.0/24", maxLength: 24, asn: 65001 },
      { prefix: "2001:db8::/32", maxLength: 32, asn: 65001 },
    ]),
  ).toEqual(["ROA 192.0.2.0/24-25 => 65001: missing", "ROA 192.0.2.0/24-24 => 65001: not declared"]);
});
