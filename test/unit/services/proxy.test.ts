import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { recordedTool } from "../../../toolchain/plan.mjs";
import { resolve } from "../../../topology/resolve.ts";
import type { Family, TopologySpec } from "../../../topology/spec.ts";
import { expectGolden } from "../../golden.ts";
import { needs } from "../../requirements.ts";
import { authority } from "../../support/openssl-pki.ts";

const tls = { certificate: "tls/identity.pem", key: "tls/identity.key", authorities: "tls/ca/roots.pem" };
const credentials = Object.fromEntries(
  Object.values(tls).map((path) => [path, { authority: "root", content: "bundle" } as const]),
);
const spec: TopologySpec = {
  pki: { authorities: { root: {} } },
  nodes: {
    web: {
      kind: "host",
      credentials,
      services: {
        proxy: {
          kind: "proxy",
          tls,
          inbound: { to: 8080, allows: ["spiffe://shop.example/gateway", "spiffe://shop.example/jobs"] },
          outbound: {
            orders: { port: 9001, node: "orders", nodePort: 9443, identity: "spiffe://shop.example/orders" },
          },
        },
      },
    },
    orders: {
      kind: "host",
      credentials,
      services: { proxy: { kind: "proxy", tls, inbound: { port: 9443, to: 80, allows: [] } } },
    },
  },
  segments: { lan: { members: ["web", "orders"] } },
};

function declared(name: string, families: readonly Family[] = ["ipv4", "ipv6"]) {
  const node = declare(resolve({ ...spec, families }), 30).nodes.find((each) => each.name === name);
  const [daemon] = node?.daemons ?? [];
  if (node === undefined || daemon === undefined) throw new Error("there is no proxy");
  return { files: node.files, daemon };
}

test("its files are as Envoy takes them", () => {
  const text = Object.entries(declared("web").files).map(([name, content]) => `--- ${name}\n${content}`);
  expectGolden("services/proxy.txt", text.join(""));
});

test("it sees new credentials by itself, restarts for anything else, and waits for its ports", () => {
  const { daemon } = declared("web");
  expect(daemon).toMatchObject({
    reload: { kind: "itself" },
    listens: [
      { protocol: "tcp", port: 8443 },
      { protocol: "tcp", port: 9001 },
    ],
  });
  const once = daemon.readOnce ?? [];
  expect(daemon.reads.filter((file) => !once.includes(file))).toEqual(Object.values(tls));
});

test("without callers it has no policy, which allows nobody; without IPv6 it listens on IPv4", () => {
  const text = JSON.stringify(JSON.parse(declared("orders", ["ipv4"]).files["proxy/envoy.json"] ?? ""));
  expect(text).toContain('"rules":{"action":"ALLOW","policies":{}}');
  expect(text).toContain('"address":"0.0.0.0"');
  expect(text).not.toContain('"::"');
});

describe("envoy --mode validate", needs("envoy", "openssl"), () => {
  test.each([
    ["web", ["ipv4", "ipv6"]],
    ["orders", ["ipv6"]],
    ["orders", ["ipv4"]],
  ] satisfies [string, Family[]][])("accepts the configuration of %s with %s", (name, families) => {
    const folder = mkdtempSync(join(tmpdir(), "labwright-envoy-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ca = authority("test");
    onTestFinished(() => ca.remove());
    const { certificate, key } = ca.issue("test", `subjectAltName=URI:spiffe://shop.example/${name}`);
    for (const [file, content] of Object.entries({
      ...declared(name, families).files,
      [tls.certificate]: certificate,
      [tls.key]: key,
      [tls.authorities]: ca.certificate,
    })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content.replaceAll(`/run/nodes/${name}`, folder));
    }
    const envoy = recordedTool(projectDirectory, "envoy")?.command ?? "";
    const args = ["--mode", "validate", "--disable-hot-restart", "--log-level", "error", "--config-path"];
    const { status, stdout, stderr } = spawnSync(envoy, [...args, join(folder, "proxy/envoy.json")], {
      encoding: "utf8",
      cwd: folder,
    });
    expect([status, stdout], stderr).toEqual([0, expect.stringMatching(/ OK\n$/)]);
  });
});
