import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { findOnPath } from "../../../toolchain/paths.mjs";
import { resolve } from "../../../topology/resolve.ts";
import type { PostgresqlSpec } from "../../../topology/services/postgresql/spec.ts";
import type { Family } from "../../../topology/spec.ts";
import { expectGolden } from "../../golden.ts";
import { needs } from "../../requirements.ts";

const full: PostgresqlSpec = {
  kind: "postgresql",
  port: 5433,
  tls: { certificate: "tls/server.pem", key: "tls/server.key", authorities: "tls/ca.pem", revocations: "tls/crl.pem" },
  access: [
    { connection: "hostnossl", method: "reject" },
    {
      connection: "hostssl",
      databases: ["shop"],
      roles: ["orders", "all"],
      address: "10.0.0.0/8",
      method: "cert",
      map: "a",
    },
    { connection: "hostssl", method: "cert", clientName: "DN", map: "b" },
    { connection: "host", roles: ["postgres"], address: "::1/128", method: "trust" },
  ],
  maps: {
    a: [{ certificate: 'the "orders" of shop', role: "orders" }],
    b: [{ certificate: "/^CN=(.*),O=Shop$", role: "\\1" }],
  },
  roles: ["orders", "all"],
  databases: { shop: { owner: "orders", statements: ["CREATE TABLE items (name text)"] }, empty: {} },
};

function declared(service: PostgresqlSpec, families: readonly Family[] = ["ipv4", "ipv6"]) {
  const credentials = Object.fromEntries(
    Object.values(full.tls ?? {}).map((path) => [path, { authority: "root", content: "bundle" } as const]),
  );
  const nodes = { db: { kind: "host", services: { postgresql: service }, credentials } } as const;
  const segments = { lan: { members: ["db"] } };
  const [node] = declare(resolve({ families, nodes, segments, pki: { authorities: { root: {} } } }), 30).nodes;
  const [daemon] = node?.daemons ?? [];
  if (node === undefined || daemon === undefined) throw new Error("there is no server");
  return { files: node.files, daemon };
}

test("its files are as PostgreSQL takes them", () => {
  const { files } = declared(full);
  const text = Object.entries(files).map(([name, content]) => `--- ${name}\n${content}`);
  expectGolden("services/postgresql.txt", text.join(""));
});

test("it reloads for access, maps and certificates, and restarts for what makes its cluster", () => {
  const { daemon } = declared(full);
  expect(daemon).toMatchObject({ reload: { kind: "signal", signal: "HUP" }, user: "postgres" });
  const once = daemon.readOnce ?? [];
  expect(daemon.reads.filter((file) => !once.includes(file)).sort()).toEqual([
    "postgresql/pg_hba.conf",
    "postgresql/pg_ident.conf",
    "tls/ca.pem",
    "tls/crl.pem",
    "tls/server.key",
    "tls/server.pem",
  ]);
  expect(once).toContain("postgresql/databases/shop.sql");
});

test("without TLS and IPv6 it has neither", () => {
  const settings = declared({ kind: "postgresql", access: [] }, ["ipv4"]).files["postgresql/postgresql.conf"];
  expect(settings).toContain("listen_addresses = '0.0.0.0'\n");
  expect(settings).not.toContain("ssl");
});

describe("postgres -C", needs("postgresql"), () => {
  test("accepts the settings", () => {
    const folder = mkdtempSync(join(tmpdir(), "labwright-postgresql-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, content] of Object.entries(declared(full).files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content.replaceAll("/run/nodes/db", folder));
    }
    mkdirSync(join(folder, "postgresql/data"));
    writeFileSync(join(folder, "postgresql/data/postgresql.auto.conf"), "");
    const settings = `config_file=${folder}/postgresql/postgresql.conf`;
    const { stdout, stderr } = spawnSync(findOnPath("postgres") ?? "", ["-C", "port", "-c", settings], {
      encoding: "utf8",
    });
    expect([stdout, stderr]).toEqual(["5433\n", ""]);
  });
});
