import { describe, expect, test } from "vitest";
import { requireDocker } from "../../../cli/containers/containers.ts";
import { situationOf } from "../../../labs/situation.ts";
import { findLab } from "../../../labs/index.ts";
import { resolve } from "../../../topology/resolve.ts";

const stack = (runtime: "namespace" | "container") => ({
  name: "demo",
  topology: resolve({
    runtime,
    nodes: { a: { kind: "host" }, b: { kind: "host" } },
    links: [{ ends: ["a", "b"] }],
  }),
});
const none = async () => ({ reason: "no Docker daemon answers: unix:///var/run/docker.sock: no such socket" });
const one = async () => ({ host: "unix:///var/run/docker.sock", version: "28.1.0" });

describe("a lab with nodes in containers", () => {
  test("is refused where no daemon answers, with what starts one", async () => {
    await expect(requireDocker(stack("container"), none, 0)).rejects.toMatchObject({
      message:
        "Nodes of demo are containers, and no Docker daemon answers: unix:///var/run/docker.sock: no such socket.",
      hint: "`sudo service docker start` or `npm run docker` starts one; `npm run setup -- --docker` installs it.\n`lab up demo --set runtime=namespace` needs neither Docker nor root.",
      exitCode: 1,
    });
  });

  test("is refused to an ordinary user, with what to type", async () => {
    await expect(requireDocker(stack("container"), one, 1000)).rejects.toMatchObject({
      message: "Nodes of demo are containers, and links can be plugged into containers by root only.",
      hint: "Run it as root, such as by `sudo -E npx lab up demo`.\n`lab up demo --set runtime=namespace` needs neither Docker nor root.",
    });
  });

  test("is taken from root where a daemon answers; one in namespaces asks for neither", async () => {
    await requireDocker(stack("container"), one, 0);
    await requireDocker(stack("namespace"), none, 1000);
  });
});

describe("a stack's setting `runtime`", () => {
  test("says where all nodes run that don't say it themselves", async () => {
    const bgp = await findLab("bgp");
    const nodes = (settings: Record<string, string>) => situationOf(bgp, settings).topology.nodes;
    expect(nodes({ runtime: "container" }).every(({ container }) => container?.image === "router")).toBe(true);
    expect(nodes({}).some(({ container }) => container !== undefined)).toBe(false);
    const security = situationOf(await findLab("bgp-security"), { runtime: "container", rpki: "full" }).topology;
    const inNamespaces = security.nodes.filter(({ container }) => container === undefined).map(({ name }) => name);
    expect(inNamespaces.sort()).toEqual(["ca", "rpki"]);
  });

  test("is refused where the lab doesn't run on it", async () => {
    const lab = await findLab("namespaces");
    expect(() => situationOf(lab, { runtime: "container" })).toThrow(
      /runtime: found "container", expected one that namespaces runs on: namespace/,
    );
    expect(() => situationOf(lab, { runtime: "vm" })).toThrow(/config rm runtime/);
  });
});
