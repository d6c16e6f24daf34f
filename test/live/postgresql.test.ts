import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare } from "../../components/declarations.ts";
import { waitFor } from "../../provider/wait.ts";
import { resolve } from "../../topology/resolve.ts";
import type { PostgresqlSpec } from "../../topology/services/postgresql/spec.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { pathWithTools } from "../../toolchain/plan.mjs";
import { projectDirectory } from "../../toolchain/paths.mjs";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { authority, type Authority, type Credentials } from "../support/openssl-pki.ts";

const service: PostgresqlSpec = {
  kind: "postgresql",
  tls: { certificate: "server.pem", key: "server.key", authorities: "ca.pem", revocations: "crl.pem" },
  access: [
    { connection: "hostnossl", method: "reject" },
    { connection: "hostssl", databases: ["shop"], roles: ["orders"], method: "cert", map: "services" },
  ],
  maps: { services: [{ certificate: "orders.shop.example", role: "orders" }] },
  roles: ["orders", "reports"],
  databases: {
    shop: { owner: "orders", statements: ["CREATE TABLE items (name text)", "INSERT INTO items VALUES ('tea')"] },
  },
};

describe("a PostgreSQL server", { ...needs("namespaces", "postgresql", "openssl"), timeout: 60_000 }, () => {
  process.env["PATH"] = pathWithTools(projectDirectory);
  let lab: TestLab;
  let ca: Authority & { remove(): void };
  let orders: Credentials;
  let server: Credentials;

  const spec = (database: PostgresqlSpec = service, revoked: readonly Credentials[] = []): TopologySpec => ({
    nodes: {
      db: {
        kind: "host",
        services: { postgresql: database },
        files: {
          "server.pem": server.certificate,
          "server.key": server.key,
          "ca.pem": ca.certificate,
          "crl.pem": ca.revocations(...revoked),
        },
      },
      app: {
        kind: "host",
        files: { "ca.pem": ca.certificate, "client.pem": orders.certificate, "client.key": orders.key },
      },
    },
    links: [{ ends: ["db", "app"] }],
  });
  const up = (...args: Parameters<typeof spec>): Promise<void> => lab.up(declare(resolve(spec(...args)), 30));
  const connection =
    "host=db dbname=shop user=orders sslmode=verify-full sslrootcert=/run/bird/ca.pem sslcert=/run/bird/client.pem sslkey=/run/bird/client.key";
  const ask = (statement: string, how = connection): Promise<string> =>
    lab.run(`psql -XAtq "${how}" -c "${statement}"`, "app");
  const asSuperuser = (statement: string): Promise<string> =>
    lab.run(`psql -XAtq -h /run/bird/postgresql -U postgres shop -c "${statement}"`, "db");
  const postmaster = (): Promise<string> => lab.run("cat /run/nodes/db/postgresql.pid");

  beforeAll(async () => {
    ca = authority("test");
    server = ca.issue("db", "subjectAltName=DNS:db");
    orders = ca.issue("orders.shop.example", "extendedKeyUsage=clientAuth");
    lab = await bringUp(spec());
  }, 60_000);
  afterAll(async () => {
    ca?.remove();
    await lab?.down();
  });

  test("lets a client's certificate in as the role that it is mapped to, and has what its statements made", async () => {
    expect(await ask("SELECT current_user, name FROM items")).toBe("orders|tea\n");
    expect(await lab.drift()).toEqual([]);
  });

  test("has no rights on the system, and nothing outside of the sandbox", async () => {
    const status = await lab.run(`cat /proc/$(cat /run/nodes/db/postgresql.pid)/status`);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^CapBnd:\s/m);
    expect(await asSuperuser("SELECT name, setting FROM pg_settings WHERE name = 'dynamic_shared_memory_type'")).toBe(
      "dynamic_shared_memory_type|mmap\n",
    );
  });

  test("refuses who comes without TLS, or as another role", async () => {
    await expect(ask("SELECT 1", connection.replace("verify-full", "disable"))).rejects.toThrow(
      /pg_hba\.conf rejects connection .* no encryption/,
    );
    await expect(ask("SELECT 1", connection.replace("user=orders", "user=reports"))).rejects.toThrow(
      /no pg_hba\.conf entry for host .* user "reports", database "shop", SSL encryption/,
    );
  });

  test("takes a changed map, a revocation and a new certificate while sessions go on", async () => {
    const before = await postmaster();
    const statements = `echo "SELECT 'begun';"; until [ -e go ]; do sleep 0.05; done; echo "SELECT current_user;"`;
    await lab.run(`cd /run/bird; { { ${statements}; } | psql -XAtq "${connection}"; } >session 2>&1 &`, "app");
    await waitFor("the session", 10_000, async () => {
      const text = await lab.run("cat /run/nodes/app/session 2>/dev/null || :");
      return text === "begun\n" ? undefined : text;
    });

    await up({ ...service, maps: { services: [{ certificate: "somebody", role: "orders" }] } });
    await waitFor("the map to hold", 10_000, async () =>
      ask("SELECT 1").then(
        () => "the certificate is still taken",
        (error: unknown) =>
          /certificate authentication failed for user/.test(String(error)) ? undefined : String(error),
      ),
    );
    await up(service, [orders]);
    await waitFor("the revocation to hold", 10_000, async () =>
      ask("SELECT 1").then(
        () => "the certificate is still taken",
        (error: unknown) => (/certificate revoked/.test(String(error)) ? undefined : String(error)),
      ),
    );
    orders = ca.issue("orders.shop.example", "extendedKeyUsage=clientAuth");
    server = ca.issue("db", "subjectAltName=DNS:elsewhere");
    await up(service);
    await waitFor("the new certificate", 10_000, async () =>
      ask("SELECT 1").then(
        () => "the old one is still shown",
        (error: unknown) =>
          /server certificate for "elsewhere" does not match host name "db"/.test(String(error))
            ? undefined
            : String(error),
      ),
    );

    await lab.run("touch /run/bird/go", "app");
    await waitFor("the session to go on", 10_000, async () => {
      const text = await lab.run("cat /run/nodes/app/session");
      return text === "begun\norders\n" ? undefined : text;
    });
    expect(await postmaster()).toBe(before);
    server = ca.issue("db", "subjectAltName=DNS:db");
    await up(service);
    expect(await lab.drift()).toEqual([]);
  });

  test("that was killed keeps its data when up starts it again; other statements make a new cluster", async () => {
    await asSuperuser("INSERT INTO items VALUES ('milk')");
    await lab.run("kill -9 $(cat /run/nodes/db/postgresql.pid)");
    expect(await lab.drift()).toEqual(["node db: daemon postgresql: not running"]);
    await lab.up();
    const items = (): Promise<string> => asSuperuser("SELECT string_agg(name, ' ') FROM items");
    await waitFor("the server", 10_000, async () =>
      items().then(
        (text) => (text === "tea milk\n" ? undefined : text),
        (error: unknown) => String(error),
      ),
    );
    await up({ ...service, databases: { shop: { owner: "orders", statements: ["CREATE TABLE items (name text)"] } } });
    await waitFor("the new cluster", 10_000, async () =>
      items().then(
        (text) => (text === "\n" ? undefined : text),
        (error: unknown) => String(error),
      ),
    );
    await up();
    expect(await lab.drift()).toEqual([]);
  });

  test("whose statements are wrong isn't started, with PostgreSQL's reason", async () => {
    await expect(
      up({ ...service, databases: { shop: { statements: ["CREATE TABEL items (name text)"] } } }),
    ).rejects.toThrow(/databases\/shop\.sql: .*syntax error at or near "TABEL"/);
    await up();
  });
});
