/** Lab mtls with a server's certificate that is soon to be renewed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { underLoad } from "../support/load.ts";
import { makeProject, type TestProject } from "../support/project.ts";

describe("renewal", { ...needs("pulumi", "namespaces", "nginx", "openssl"), timeout: 180_000 }, () => {
  let project: TestProject;
  const good = (...args: readonly string[]): Promise<string> => project.good(args);
  const changes = async (): Promise<string[]> =>
    Object.keys((JSON.parse(await good("up", "mtls", "--json")) as { changes: object }).changes);
  const on = (node: string, command: string): Promise<string> =>
    good("exec", "mtls", node, "--", "sh", "-c", `cd /run/nodes/${node} && ${command}`);
  const serials = async (): Promise<Record<string, string>> => {
    const { certificates } = JSON.parse(await good("pki", "show", "mtls", "--json")) as {
      certificates: { name: string; serialNumber: string }[];
    };
    return Object.fromEntries(certificates.map(({ name, serialNumber }) => [name, serialNumber]));
  };

  beforeAll(async () => {
    project = makeProject();
    const file = join(project.directory, "labs/mtls/topology.ts");
    const text = readFileSync(file, "utf8");
    const declared = 'profile: "server",';
    expect(text.split(declared)).toHaveLength(2);
    // Due twenty seconds after it is issued.
    writeFileSync(file, text.replace(declared, `${declared} lifetime: "120s", renewBefore: "100s",`));
    await good("up", "mtls");
  }, 120_000);
  afterAll(() => project?.remove());

  test("a preview names the certificate that is due and why, up renews it alone, no request fails, and then nothing is due", async () => {
    const before = await serials();
    expect(await changes()).toEqual(["same"]);
    expect(await serials()).toEqual(before);
    const { failures, requests } = await underLoad(project, async () => {
      await waitFor("the preview to tell that the certificate is due", 60_000, async () => {
        const { stdout } = await project.pulumi(["preview", "--stack", "mtls"]);
        return /certificate server: ends .*, due for renewal since /.test(stdout) ? undefined : stdout;
      });
      expect(await changes()).not.toEqual(["same"]);
    });
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(100);
    const { server, ...others } = await serials();
    const { server: old, ...same } = before;
    expect(server).not.toBe(old);
    expect(others).toEqual(same);
    const shown =
      "openssl s_client -connect server.local:8443 -CAfile ca.pem </dev/null 2>/dev/null | openssl x509 -noout -serial";
    expect((await on("client", shown)).trim()).toBe(`serial=${server}`);
    expect(await changes()).toEqual(["same"]);
  });
});
