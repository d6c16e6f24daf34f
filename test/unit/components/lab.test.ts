import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../../provider/wait.ts";
import { resolve } from "../../../topology/resolve.ts";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const topology = resolve({
  autonomousSystems: { one: { asn: 65001 }, two: { asn: 65002 } },
  nodes: {
    r1: { kind: "router", as: "one", originates: ["192.0.2.0/24"] },
    r2: { kind: "router", as: "two", originates: ["198.51.100.0/24"] },
    h1: { kind: "host" },
    validator: { kind: "host", services: { rtr: { kind: "relying-party", authority: "ca" } } },
    ca: { kind: "host", services: { krill: { kind: "krill" } } },
  },
  links: [{ ends: ["r1", "r2"] }],
  segments: { stub: { members: ["r1", "h1", "validator", "ca"], ipv4: "192.0.2.0/25" } },
  roas: [{ prefix: "192.0.2.0/24", as: "one", maxLength: 25 }],
  relations: [{ kind: "transit", provider: "one", customer: "two" }],
});

describe("a lab component", () => {
  const registered: Registered[] = [];
  const of = (type: string): Registered[] => registered.filter((one) => one.type === `labwright:net:${type}`);
  beforeAll(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        const outputs = type.endsWith(":RouteOriginAuthorizations") ? { locator: "TAL", certificate: "PEM" } : {};
        return { id: `${name}-id`, state: { ...(inputs as Record<string, unknown>), ...outputs } };
      },
      call: () => ({}),
    });
    const { Lab } = await import("../../../components/lab.ts");
    await pulumi.runtime.runInPulumiStack(async () => {
      new Lab("demo", { lab: "demo", key: "demo-1", project: "/demo", topology });
    });
    // Resources register in the background; the readiness comes last.
    await waitFor("the registration of the readiness", 5_000, async () =>
      of("Readiness").length === 1 ? undefined : `${registered.length} resources`,
    );
  });

  test("makes one resource for the sandbox, each node and segment, and one for all links", () => {
    expect(["Sandbox", "Node", "Links", "Segment", "Readiness"].map((type) => of(type).length)).toEqual([
      1, 5, 1, 1, 1,
    ]);
  });

  test("declares the ROAs of an authority, and gives a relying party what to trust once it is there", () => {
    const [authority] = of("RouteOriginAuthorizations");
    expect(authority?.inputs["roas"]).toEqual({
      "192.0.2.0/24-25 => 65001": { prefix: "192.0.2.0/24", maxLength: 25, asn: 65001 },
    });
    const made = registered.map(({ type, name }) => `${type.split(":").pop()} ${name}`);
    const order = ["Node demo-ca", "RouteOriginAuthorizations demo-ca", "Node demo-validator"];
    expect(made.filter((one) => order.includes(one))).toEqual(order);
    const validator = of("Node").find(({ name }) => name === "demo-validator");
    expect(validator?.inputs["files"]).toMatchObject({ "rtr/locators/ca.tal": "TAL", "rtr/root.pem": "PEM" });
    const [daemon] = validator?.inputs["daemons"] as [{ reads: string[] }];
    expect(daemon.reads.sort()).toEqual(["rtr/locators/ca.tal", "rtr/root.pem", "rtr/routinator.conf"]);
  });

  test("names its children after itself", () => {
    expect(
      registered.filter((one) => one.type.startsWith("labwright:net:")).every((one) => one.name.startsWith("demo-")),
    ).toBe(true);
  });

  test("puts every part into its sandbox", () => {
    expect(
      registered
        .filter((one) => one.inputs["sandbox"] !== undefined)
        .every((one) => one.inputs["sandbox"] === "demo-1"),
    ).toBe(true);
  });

  test("gives a host its default routes with the interface they go through", () => {
    const segment = of("Segment")[0]?.inputs as { members: { node: string; routes: { destination: string }[] }[] };
    expect(segment.members.map((member) => [member.node, member.routes.map((route) => route.destination)])).toEqual([
      ["r1", []],
      ["h1", ["0.0.0.0/0", "::/0"]],
      ["validator", ["0.0.0.0/0", "::/0"]],
      ["ca", ["0.0.0.0/0", "::/0"]],
    ]);
  });

  test("waits for every session at both its ends and for every prefix", () => {
    const readiness = of("Readiness")[0]?.inputs as {
      routers: { node: string; sessions: Record<string, string>; prefixes: string }[];
      prefixSets: Record<string, string[]>;
    };
    expect(readiness.routers.map((router) => router.sessions)).toEqual([
      { r2_v4: "r2/r1_v4", r2_v6: "r2/r1_v6" },
      { r1_v4: "r1/r2_v4", r1_v6: "r1/r2_v6" },
    ]);
    expect(Object.values(readiness.prefixSets)).toEqual([["192.0.2.0/24", "198.51.100.0/24"]]);
  });

  test("keeps the topology out of its own inputs", () => {
    expect(Object.keys(registered.find((one) => one.type === "labwright:index:Lab")?.inputs ?? {})).toEqual(["lab"]);
  });
});
