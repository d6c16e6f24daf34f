import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare } from "../../components/declarations.ts";
import { waitFor } from "../../provider/wait.ts";
import { resolve } from "../../topology/resolve.ts";
import type { ProxySpec } from "../../topology/services/proxy/spec.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { pathWithTools } from "../../toolchain/plan.mjs";
import { projectDirectory } from "../../toolchain/paths.mjs";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { authority, type Authority, type Credentials } from "../support/openssl-pki.ts";

const identity = (name: string): string => `spiffe://shop.example/${name}`;
const tls = { certificate: "tls/identity.pem", key: "tls/identity.key", authorities: "tls/authorities.pem" };

describe("a proxy", { ...needs("namespaces", "envoy", "openssl", "curl"), timeout: 60_000 }, () => {
  process.env["PATH"] = pathWithTools(projectDirectory);
  let lab: TestLab;
  let ca: Authority & { remove(): void };
  let other: Authority & { remove(): void };
  const held = new Map<string, Credentials>();

  const filesOf = (name: string, trusts = ca.certificate): Record<string, string> => ({
    [tls.certificate]: held.get(name)?.certificate ?? "",
    [tls.key]: held.get(name)?.key ?? "",
    [tls.authorities]: trusts,
  });
  const renew = (name: string, by: Authority = ca, as = name): void =>
    void held.set(name, by.issue(as, `subjectAltName=URI:${identity(as)}`));
  const calls = (port: number, expected = "orders"): ProxySpec => ({
    kind: "proxy",
    tls,
    outbound: { orders: { port, node: "orders", identity: identity(expected) } },
  });
  const spec = (allows = [identity("web")], expected = "orders"): TopologySpec => ({
    nodes: {
      orders: {
        kind: "host",
        services: {
          app: { kind: "http", port: 8080, answer: "the orders", loopback: true },
          proxy: { kind: "proxy", tls, inbound: { to: 8080, allows } },
        },
        files: filesOf("orders"),
      },
      web: { kind: "host", services: { proxy: calls(9001, expected) }, files: filesOf("web") },
      stranger: { kind: "host", services: { proxy: calls(9001) }, files: filesOf("stranger") },
      outsider: { kind: "host", services: { proxy: calls(9001) }, files: filesOf("outsider") },
    },
    segments: { lan: { members: ["orders", "web", "stranger", "outsider"] } },
  });
  const up = (...args: Parameters<typeof spec>): Promise<void> => lab.up(declare(resolve(spec(...args)), 30));
  const call = (node: string): Promise<string> =>
    lab.run("curl -s --max-time 5 -w ' %{http_code}' http://127.0.0.1:9001/", node);
  const logs = (pattern: RegExp, node = "orders"): Promise<void> =>
    waitFor(`the log to say ${pattern}`, 20_000, async () => {
      const text = await lab.run(`cat /run/nodes/${node}/proxy.log`);
      return pattern.test(text) ? undefined : text;
    });

  beforeAll(async () => {
    ca = authority("shop");
    other = authority("another");
    for (const name of ["orders", "web", "stranger"]) renew(name);
    renew("outsider", other, "web");
    lab = await bringUp(spec());
  }, 60_000);
  afterAll(async () => {
    ca?.remove();
    other?.remove();
    await lab?.down();
  });

  test("lets the caller through that it allows, and tells who it was", async () => {
    expect(await call("web")).toBe("the orders\n 200");
    await logs(/inbound GET \/ from spiffe:\/\/shop\.example\/web \(\S+\): 200 via_upstream/);
    expect(await lab.drift()).toEqual([]);
  });

  test("refuses another identity, and tells whose", async () => {
    expect(await call("stranger")).toBe("RBAC: access denied 403");
    await logs(/from spiffe:\/\/shop\.example\/stranger \(\S+\): 403 rbac_access_denied/);
  });

  test("refuses the same name from another trust domain, plain text, and no certificate", async () => {
    expect(await call("outsider")).toMatch(/ 503$/);
    await logs(/connection from \S+ refused: .*CERTIFICATE_VERIFY_FAILED/);
    await expect(lab.run("curl -sS --max-time 5 http://orders:8443/", "web")).rejects.toThrow(/curl: \((52|56)\)/);
    await logs(/connection from \S+ refused: .*HTTP_REQUEST/);
    await expect(lab.run("curl -sS -k --max-time 5 https://orders:8443/", "web")).rejects.toThrow(/curl: /);
    await logs(/connection from \S+ refused: .*PEER_DID_NOT_RETURN_A_CERTIFICATE/);
    await expect(lab.run("curl -sS --max-time 5 http://orders:8080/", "web")).rejects.toThrow(/curl: \(7\)/);
  });

  test("asks the service for its identity", async () => {
    await up(undefined, "payments");
    expect(await call("web")).toMatch(/ 503$/);
    await logs(
      /outbound GET \/ to orders \(\S+\): 503 .*CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_SAN_matcher/,
      "web",
    );
    await up();
    expect(await call("web")).toBe("the orders\n 200");
  });

  test("takes a new certificate and new authorities without losing a connection", async () => {
    const pids = (): Promise<string> => lab.run("cat /run/nodes/orders/proxy.pid /run/nodes/web/proxy.pid");
    const before = await pids();
    const serial = (): Promise<string> =>
      lab.run(
        "openssl s_client -connect 127.0.0.1:8443 </dev/null 2>/dev/null | openssl x509 -noout -serial",
        "orders",
      );
    const first = await serial();
    // One connection, kept open by both proxies all the while.
    await lab.run(
      `cd /run/bird; { for i in $(seq 40); do curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:9001/; sleep 0.1; done; echo end; } >calls 2>&1 &`,
      "web",
    );
    for (const name of ["orders", "web"]) renew(name);
    await up();
    await waitFor("the new certificate", 10_000, async () => {
      const seen = await serial();
      return seen === first ? seen : undefined;
    });
    await waitFor("the calls to end", 20_000, async () => {
      const text = await lab.run("cat /run/nodes/web/calls");
      return text.endsWith("end\n") ? undefined : text;
    });
    expect(await lab.run("sort -u /run/nodes/web/calls")).toBe("200\nend\n");
    expect(await pids()).toBe(before);
  });

  test("that may be called by nobody refuses everybody", async () => {
    await up([]);
    expect(await call("web")).toBe("RBAC: access denied 403");
    await up();
    expect(await lab.drift()).toEqual([]);
  });
});
