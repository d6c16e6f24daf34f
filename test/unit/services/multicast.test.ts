import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { resolve } from "../../../topology/resolve.ts";
import { renderService } from "../../../topology/services/render.ts";
import type { MulticastSpec } from "../../../topology/services/spec.ts";
import type { Family } from "../../../topology/spec.ts";
import { needs } from "../../requirements.ts";

const spec: MulticastSpec = {
  kind: "multicast",
  joins: [{ group: "233.252.0.7", interface: "in" }],
  routes: [
    { group: "233.252.0.1", from: "in", to: ["one", "two"] },
    { group: "ff05::db8:0:1", from: "in", to: ["one"] },
  ],
};

function rendered(families: readonly Family[]) {
  const topology = resolve({
    families,
    nodes: { r: { kind: "host", services: { groups: spec } }, a: { kind: "host" } },
    links: ["in", "one", "two"].map((name) => ({ name, ends: [{ node: "r", interface: name }, "a"] })),
  });
  const service = topology.nodes[0]?.services[0];
  if (service === undefined) throw new Error("no service");
  return renderService(topology, "r", service);
}

describe("a multicast service", () => {
  test("is smcroute with its groups and routes, on the interfaces that they name", () => {
    const { files, interfaces, command } = rendered(["ipv4", "ipv6"]);
    expect(files["groups/smcroute.conf"]).toBe(
      [
        "phyint in enable",
        "phyint one enable",
        "phyint two enable",
        "mgroup from in group 233.252.0.7",
        "mroute from in group 233.252.0.1 to one two",
        "mroute from in group ff05::db8:0:1 to one",
        "",
      ].join("\n"),
    );
    expect(interfaces).toEqual(["in", "one", "two"]);
    expect(command).toContain("/run/nodes/r/groups/smcroute.conf");
  });

  test("leaves out groups of a family not in use, and interfaces with them", () => {
    const { files, interfaces } = rendered(["ipv6"]);
    expect(files["groups/smcroute.conf"]).toBe(
      "phyint in enable\nphyint one enable\nmroute from in group ff05::db8:0:1 to one\n",
    );
    expect(interfaces).toEqual(["in", "one"]);
  });

  // The parser looks for the interfaces, so they must be there.
  test("is taken by smcroute's own parser", needs("smcroute", "namespaces"), () => {
    const script = [
      "for each in in one two; do ip link add $each type veth && ip link set $each up || exit; done",
      "cat >/dev/shm/$$.conf; smcrouted -F /dev/shm/$$.conf; code=$?; rm /dev/shm/$$.conf; exit $code",
    ];
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const { status, stderr } = spawnSync("unshare", [...user, "--net", "sh", "-c", script.join("\n")], {
      encoding: "utf8",
      input: rendered(["ipv4", "ipv6"]).files["groups/smcroute.conf"] ?? "",
      env: { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^(Verifying .*\n)?$/) });
  });
});
