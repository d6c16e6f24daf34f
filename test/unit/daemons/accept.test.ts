import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interop } from "../../../labs/interop/lab.ts";
import { resolveSettings } from "../../../labs/index.ts";
import { renderRouter } from "../../../topology/daemons/render.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { RouterDaemon, TopologySpec } from "../../../topology/spec.ts";
import { needs } from "../../requirements.ts";
import { around, inside, withPolicies } from "./specs.ts";

const singleUser = join(import.meta.dirname, "../../../provider/sandbox/single-user.py");
const lab = interop.topology(resolveSettings(interop, {}));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-daemons-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the parsers say of the files of each router that runs the daemon. */
function complaints(
  daemon: RouterDaemon,
  spec: TopologySpec,
  check: (path: string) => readonly (readonly string[])[],
): string[] {
  const topology = resolve(spec);
  return topology.nodes.flatMap((node) => {
    if (node.kind !== "router" || node.daemon !== daemon) return [];
    return Object.entries(renderRouter(topology, node).files).flatMap(([path, text]) => {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: 0o600 });
      return check(file).flatMap(([program = "", ...args]) => {
        const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
        return status === 0 ? [] : [`${node.name}/${path}: ${error?.message ?? ""}${stdout}${stderr}`];
      });
    });
  });
}

/** FRR's daemons keep files of their own in /var/tmp, and want root in the group frrvty. */
function inNamespaces(command: string): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const script = `mount -t tmpfs tmpfs /var/tmp && sed 's/^frrvty:.*/frrvty:x:0:root/' /etc/group >/var/tmp/group &&
    mount --bind /var/tmp/group /etc/group && exec ${command}`;
  return ["unshare", ...user, "--mount", "sh", "-c", script];
}

describe("FRR's parsers", needs("frr", "namespaces"), () => {
  const check = (path: string): (readonly string[])[] => {
    if (!path.endsWith("d.conf") && !path.endsWith("zebra.conf")) return [];
    const bgpd = `python3 -IS ${singleUser} /usr/lib/frr/bgpd -M rpki -u root -g root -C -f ${path}`;
    return [["vtysh", "-C", "-f", path], ...(path.endsWith("bgpd.conf") ? [inNamespaces(bgpd)] : [])];
  };

  test.each([
    ["the lab interop", lab],
    ["every kind of neighbour", around("frr")],
    ["every policy", withPolicies("frr")],
    ["an AS's inside", inside],
    ["IPv6 only, without a hold time", { ...withPolicies("frr"), families: ["ipv6"], timers: { hold: 0 } }],
  ] satisfies [string, TopologySpec][])("accept %s", (_, spec) => {
    expect(complaints("frr", spec, check)).toEqual([]);
  });
});

describe("gobgpd -d", needs("gobgp"), () => {
  test.each([
    ["the lab interop", lab],
    ["every kind of neighbour", around("gobgp")],
    ["every policy", withPolicies("gobgp")],
    ["IPv6 only, without a hold time", { ...withPolicies("gobgp"), families: ["ipv6"], timers: { hold: 0 } }],
  ] satisfies [string, TopologySpec][])("accepts %s", (_, spec) => {
    const check = (path: string): string[][] => (path.endsWith(".toml") ? [["gobgpd", "-d", "-f", path]] : []);
    expect(complaints("gobgp", spec, check)).toEqual([]);
  });
});

describe("OpenBGPD's bgpd -n", needs("openbgpd"), () => {
  test.each([
    ["the lab interop", lab],
    ["every kind of neighbour", around("openbgpd")],
    ["every policy", withPolicies("openbgpd")],
    ["IPv6 only, with other timers", { ...withPolicies("openbgpd"), families: ["ipv6"], timers: { hold: 9 } }],
  ] satisfies [string, TopologySpec][])("accepts %s", (_, spec) => {
    const check = (path: string): string[][] =>
      path.endsWith("bgpd.conf") ? [["/usr/sbin/bgpd", "-n", "-f", path]] : [];
    expect(complaints("openbgpd", spec, check)).toEqual([]);
  });
});

describe("bird -p", needs("bird"), () => {
  test.each(["gobgp", "openbgpd"] as const)("accepts the configuration beside %s", (daemon) => {
    const check = (path: string): string[][] => (path.endsWith("bird.conf") ? [["bird", "-p", "-c", path]] : []);
    for (const spec of [lab, around(daemon), withPolicies(daemon)]) expect(complaints(daemon, spec, check)).toEqual([]);
  });
});
