/** Lab mtls: keys of server and client, of the issuing authority and of the root are rotated while clients ask. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settings } from "../../labs/mtls/topology.ts";
import { needs } from "../requirements.ts";
import { underLoad } from "../support/load.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const needed = needs("pulumi", "namespaces");

describe("rotation under load", { ...needed, timeout: 300_000 }, () => {
  let project: TestProject;
  const good = (...args: readonly string[]): Promise<string> => project.good(args);
  const on = (node: string, command: string): Promise<string> =>
    good("exec", "mtls", node, "--", "sh", "-c", `cd /run/nodes/${node} && ${command}`);

  beforeAll(async () => {
    project = makeProject();
    if (!needed.skip) await good("up", "mtls");
  }, 120_000);
  afterAll(() => project?.remove());

  test("no request fails while leaf, issuing authority and root are rotated, and nothing of the old ones is left", async () => {
    const chain = (): Promise<string> =>
      on(
        "client",
        "openssl s_client -connect server.local:8443 -CAfile ca.pem -showcerts </dev/null 2>&1 | grep -E '^ *[0-9]? *[si]:'",
      );
    const serial = (): Promise<string> => on("client", "openssl x509 -noout -serial -in client.pem");
    const [oldChain, oldSerial] = [await chain(), await serial()];
    expect(oldChain).not.toContain("G2");

    const report = await underLoad(project, async () => {
      for (let step = 1; step <= settings.rotation.maximum; step++) {
        const { changes } = JSON.parse(await good("up", "mtls", "--set", `rotation=${step}`, "--json")) as {
          readonly changes: Readonly<Record<string, number>>;
        };
        expect(Object.keys(changes), `step ${step} changes something`).not.toEqual(["same"]);
      }
    });
    console.info(JSON.stringify(report));
    expect(report.failures).toEqual([]);
    expect(report.requests).toBeGreaterThan(100);
    // Those that stayed were told to go at every reload, and came again.
    expect(report.longLived).toBeGreaterThan(2);

    const rotated = await chain();
    expect(rotated).toContain("Lab root G2");
    expect(rotated).toContain("Lab issuing authority G2");
    expect(await serial()).not.toBe(oldSerial);
    expect((await on("client", "grep -c BEGIN ca.pem")).trim()).toBe("1");
    await good("check", "mtls");
    expect(Object.keys((JSON.parse(await good("up", "mtls", "--json")) as { changes: object }).changes)).toEqual([
      "same",
    ]);
  });
});
