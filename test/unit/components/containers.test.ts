import { normalize } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { containerSettings, processors } from "../../../components/container.ts";
import { declare } from "../../../components/declarations.ts";
import { waitFor } from "../../../provider/wait.ts";
import { resolve } from "../../../topology/resolve.ts";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const topology = resolve({
  runtime: "container",
  autonomousSystems: { one: { asn: 65001 }, two: { asn: 65002 } },
  nodes: {
    r1: { kind: "router", as: "one", originates: ["192.0.2.0/24"], container: { memory: 64, cpus: 0.5 } },
    r2: { kind: "router", as: "two", originates: ["198.51.100.0/24"], runtime: "namespace" },
    h1: { kind: "host", container: { image: "example.org/host:1" } },
    registry: { kind: "host", services: { registry: { kind: "registry" } } },
  },
  links: [{ ends: ["r1", "r2"] }],
  segments: { stub: { members: ["r1", "h1", "registry"], ipv4: "192.0.2.0/25" } },
  relations: [{ kind: "transit", provider: "one", customer: "two" }],
});

describe("a lab with nodes in containers", () => {
  const registered: Registered[] = [];
  const of = (type: string): Registered[] => registered.filter((one) => one.type.endsWith(`:${type}`));
  const container = (node: string): Record<string, unknown> =>
    of("Container").find(({ name }) => name === `demo-${node}`)?.inputs ?? {};
  beforeAll(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        const outputs = type.endsWith(":Image") ? { reference: `labwright/${String(inputs.name)}:test` } : {};
        return { id: `${name}-id`, state: { ...(inputs as Record<string, unknown>), ...outputs } };
      },
      call: () => ({}),
    });
    const { Lab } = await import("../../../components/lab.ts");
    await pulumi.runtime.runInPulumiStack(async () => {
      new Lab("demo", { lab: "demo", key: "demo-0123456789ab", project: "/demo", topology });
    });
    await waitFor("the registration of the readiness", 5_000, async () =>
      of("Readiness").length === 1 ? undefined : `${registered.length} resources`,
    );
  });

  test("makes a container for each of them, and for no other node", () => {
    expect(
      of("Container")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["demo-h1", "demo-r1", "demo-registry"]);
    expect(of("Sandbox")[0]?.inputs["containers"]).toEqual(["r1", "h1", "registry"]);
  });

  test("asks for each image of ours once, and takes others by their reference", () => {
    expect(of("Image").map(({ inputs }) => inputs["name"])).toEqual(["services"]);
    expect(container("r1")["image"]).toBe("labwright/services:test");
    expect(container("h1")["image"]).toBe("example.org/host:1");
  });

  test("gives them few capabilities, no network of Docker's, and the declared limits", () => {
    for (const node of ["r1", "h1", "registry"]) {
      expect(container(node)).toMatchObject({ networkMode: "none", init: true, hostname: node });
      expect(container(node)["privileged"]).toBeUndefined();
      expect(container(node)["capabilities"]).toEqual({
        drops: ["ALL"],
        adds: ["CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID"],
      });
    }
    expect(container("r1")).toMatchObject({ memory: 64, memorySwap: 128, cpus: "0.5" });
    for (const limit of ["memory", "memorySwap", "cpus"]) expect(container("h1")).not.toHaveProperty(limit);
  });

  test.each(["bird", "frr", "gobgp", "openbgpd"] as const)(
    "declares for %s what the official plugin reads, so that it finds no difference",
    (daemon) => {
      const declaration = { node: "r1", image: "daemons", memory: 64, programs: false, tools: [], daemon };
      const { capabilities, mounts, workingDir } = containerSettings(declaration, {
        sandbox: "demo",
        project: "/demo",
      });
      expect(capabilities.drops).toEqual(["ALL"]);
      expect(capabilities.adds.filter((name) => !/^CAP_[A-Z_]+$/.test(name))).toEqual([]);
      expect(mounts.filter(({ readOnly, ...rest }) => readOnly === undefined || "bindOptions" in rest)).toEqual([]);
      expect(workingDir).toBe(normalize(workingDir));
    },
  );

  test.each([
    [0.5, "0.5"],
    [1.5, "1.5"],
    [0.25, "0.25"],
    [10.5, "10.5"],
    [1 / 3, "0.333333333"],
    [1, "1.0"],
    [12, "12.0"],
    [10, "10."],
    [0.05, "0.050000001"],
    [0.01, "0.010000001"],
    [20.05, "20.050000001"],
  ])("writes %d processors as the official plugin reads them", (cpus, text) => expect(processors(cpus)).toBe(text));

  test("mounts files, none of which is a configuration, so that no change of one replaces a container", () => {
    const mounts = container("r1")["mounts"] as { source: string; target: string }[];
    expect(mounts.map(({ source, target }) => `${source} ${target}`)).toEqual([
      "/run/labwright/demo-0123456789ab/supervisor /run/labwright/supervisor",
      "/run/labwright/demo-0123456789ab/nodes/r1 /run/nodes/r1",
      "/run/labwright/demo-0123456789ab/nodes/r1 /run/bird",
      "/run/labwright/demo-0123456789ab/hosts /etc/hosts",
      "/run/labwright/demo-0123456789ab/resolv.conf /etc/resolv.conf",
      "/run/labwright/demo-0123456789ab/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
    ]);
    const targets = (container("registry")["mounts"] as { target: string }[]).map(({ target }) => target);
    expect(targets).toEqual(expect.arrayContaining(["/opt/labwright/node", "/opt/labwright/programs"]));
  });

  test("tells nodes and links which containers they are plugged into", () => {
    const nodes = Object.fromEntries(of("Node").map(({ name, inputs }) => [name, inputs["container"]]));
    expect(nodes).toEqual({
      "demo-r1": "demo-r1-id",
      "demo-r2": undefined,
      "demo-h1": "demo-h1-id",
      "demo-registry": "demo-registry-id",
    });
    expect(of("Links")[0]?.inputs["containers"]).toEqual({ r1: "demo-r1-id" });
    expect(of("Segment")[0]?.inputs["containers"]).toEqual({
      r1: "demo-r1-id",
      h1: "demo-h1-id",
      registry: "demo-registry-id",
    });
  });

  test("declares the same of a node in either runtime", () => {
    const ofNodes = (runtime: "namespace" | "container") => {
      const spec = { families: ["ipv4"], runtime, nodes: { a: { kind: "host" }, b: { kind: "host" } } } as const;
      const { containers: _, ...rest } = declare(resolve({ ...spec, links: [{ ends: ["a", "b"] }] }), 10);
      return rest;
    };
    expect(ofNodes("container")).toEqual(ofNodes("namespace"));
  });
});
