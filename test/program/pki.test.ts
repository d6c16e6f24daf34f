import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../labs/lab.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { underLoad } from "../support/load.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const tools = ["nginx", "curl", "openssl"] as const;

describe("a lab's PKI", { ...needs("pulumi", "namespaces", ...tools), timeout: 120_000 }, () => {
  let project: TestProject;
  let holder: Holder;
  beforeAll(async () => {
    project = makeProject();
    good(await project.lab(["up", "mtls"]));
    holder = (await project.holder("mtls")) ?? expect.fail("no sandbox");
  }, 120_000);
  afterAll(async () => {
    await project?.remove();
  }, 120_000);

  const good = (result: CommandResult): string => {
    expect(result.exitCode, result.stderr + result.stdout).toBe(0);
    return result.stdout;
  };
  const json = (result: CommandResult): Record<string, unknown> => JSON.parse(good(result)) as Record<string, unknown>;
  const on = (node: string, script: string): Promise<CommandResult> =>
    scriptInside(holder, `/run/labwright/enter ${node} sh <<'ON_NODE'\ncd /run/bird\n${script}\nON_NODE`);
  const request = "curl -sS --cacert ca.pem --cert client.pem --key client.key https://server.local:8443/";
  const serials = async (): Promise<Record<string, string>> => {
    const { authorities, certificates } = json(await project.lab(["pki", "show", "mtls", "--json"])) as Record<
      "authorities" | "certificates",
      { name: string; serialNumber: string }[]
    >;
    return Object.fromEntries([...authorities, ...certificates].map((each) => [each.name, each.serialNumber]));
  };
  const exported = async (): Promise<{ folder: string; keys: string[] }> => {
    const folder = join(project.directory, "exported");
    good(await project.lab(["pki", "export", "mtls", folder]));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".key"));
    return { folder, keys: files.map((path) => readFileSync(join(folder, path), "utf8")) };
  };

  test("a second up changes nothing, and certificates stay", async () => {
    const before = await serials();
    const { changes } = json(await project.lab(["up", "mtls", "--json"]));
    expect(changes).not.toHaveProperty("create");
    expect(changes).not.toHaveProperty("update");
    expect(changes).not.toHaveProperty("replace");
    expect(await serials()).toEqual(before);
  });

  test("export writes files that their owner alone can read, also where others could read those of before", async () => {
    const { folder, keys } = await exported();
    expect(keys).toHaveLength(9);
    chmodSync(join(folder, "certificates/client.key"), 0o644);
    chmodSync(folder, 0o755);
    await exported();
    expect(statSync(join(folder, "certificates/client.key")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    rmSync(folder, { recursive: true });
    good(await project.lab(["pki", "export", "mtls", folder, "--as", "pkcs12", "--name", "server"]));
    for (const file of ["server.p12", "server.p12.password"])
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
    const { stdout } = await scriptInside(
      holder,
      `openssl pkcs12 -in '${folder}/server.p12' -passin 'file:${folder}/server.p12.password' -nokeys`,
    );
    expect(stdout).toContain("friendlyName: server");
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, "notes"), "");
    chmodSync(folder, 0o755);
    const foreign = await project.lab(["pki", "export", "mtls", folder]);
    expect(foreign.exitCode).toBe(1);
    expect(foreign.stderr).toMatch(/has other files in it, and is left as it is.*\n.*such as .*exported\/pki/);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    expect(readdirSync(folder)).toEqual(["notes"]);
    rmSync(folder, { recursive: true });
    const refused = await project.lab(["pki", "export", "mtls", folder, "--as", "kubeadm", "--name", "root,server"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/takes 3 names.*\n.*server is no authority of mtls/);
  });

  test.each(["server", "issuing", "intermediate", "root"])(
    "rotating %s gives it a new certificate, and no request fails",
    async (name) => {
      const before = await serials();
      const report = await underLoad(project, () => project.good(["pki", "rotate", "mtls", name]));
      expect(report.failures).toEqual([]);
      expect(report.requests).toBeGreaterThan(100);
      expect((await serials())[name]).not.toBe(before[name]);
      good(await project.lab(["pki", "verify", "mtls"]));
    },
  );

  test("a rotation that was interrupted in its first step goes on from what the nodes have, and no request fails", async () => {
    const before = await serials();
    const interrupted = project.start(["pki", "rotate", "mtls", "issuing"]);
    const ended = once(interrupted, "exit");
    const settings = (): string => readFileSync(join(project.directory, "stacks/Pulumi.mtls.yaml"), "utf8");
    const announced = /generations: .*issuing=(\d):\1\+/;
    await waitFor("the settings to announce the next generation", 30_000, async () =>
      announced.test(settings()) ? undefined : settings(),
    );
    interrupted.kill("SIGINT");
    await ended;
    expect(settings()).toMatch(announced);
    const report = await underLoad(project, () => project.good(["pki", "rotate", "mtls", "issuing"]));
    expect(report.failures).toEqual([]);
    expect((await serials())["issuing"]).not.toBe(before["issuing"]);
    expect(settings()).toMatch(/generations: .*issuing=\d( |"|$)/m);
    good(await project.lab(["pki", "verify", "mtls"]));
  });

  test("verify tells which files aren't what they should be, and up puts them right", async () => {
    good(
      await on(
        "client",
        [
          "set -e",
          "sed -i 2d client.key",
          "cat issuing.pem >ca.pem",
          "openssl x509 -in client.pem -out client.pem",
          "truncate -s -40 crl.pem",
          "chmod 644 both.pem",
        ].join("\n"),
      ),
    );
    const result = await project.lab(["pki", "verify", "mtls"]);
    expect(result.exitCode).not.toBe(0);
    const issuing = "O=Labwright, CN=Lab issuing authority";
    expect(result.stdout.split("\n").filter((line) => line.startsWith("wrong"))).toEqual([
      expect.stringMatching(/client:ca\.pem: lacks generation \d+ of root; holds besides a certificate of /),
      "wrong   client:crl.pem: lacks the revocation list of root",
      "wrong   client:client.pem: lacks the certificate of issuing, the certificate of intermediate",
      "wrong   client:client.key: holds no private key",
      "wrong   client:both.pem: mode is 644, expected 600",
    ]);
    expect(result.stdout).toContain(issuing);
    good(await project.lab(["up", "mtls"]));
    good(await project.lab(["pki", "verify", "mtls"]));
  });

  test("a preview of a revocation shows the list that changes, and the node that gets it", async () => {
    good(await project.pulumi(["config", "set", "revocations", "client=superseded", "--stack", "mtls"]));
    const preview = await project
      .pulumi(["preview", "--stack", "mtls"])
      .then(good)
      .finally(() => project.pulumi(["config", "rm", "revocations", "--stack", "mtls"]));
    for (const resource of ["pki-issuing-certificates", "pki-issuing-revocations", "server"])
      expect(preview).toMatch(new RegExp(`~ .*\\b${resource}\\b`));
  });

  test("a revocation of which no node would hear is refused, and changes nothing", async () => {
    const refused = await project.lab(["pki", "revoke", "mtls", "other"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /No node of mtls has a revocation list of stranger, so other would be taken as before/,
    );
    expect(Object.keys(json(await project.lab(["up", "mtls", "--json"]))["changes"] as object)).toEqual(["same"]);
  });

  test("who is revoked is refused until it is rotated", async () => {
    good(await project.lab(["pki", "revoke", "mtls", "client", "--reason", "keyCompromise"]));
    const { stdout } = await on("client", request);
    expect(stdout).toMatch(/400 Bad Request[^]*The SSL certificate error/);
    expect((await on("server", "tail -20 web.log")).stdout).toContain("(23:certificate revoked)");
    good(await project.lab(["pki", "rotate", "mtls", "client"]));
    expect((await on("client", request)).stdout).toContain("hello over mutual TLS");
  });

  test("a small PKI in a folder is what OpenSSL takes; bad names are refused all at once, and no key is written over", async () => {
    const folder = join(project.directory, "small");
    good(await project.lab(["pki", "init", folder]));
    good(await project.lab(["pki", "issue", folder, "server.local", "10.0.0.1"]));
    const verified = await scriptInside(
      holder,
      `openssl verify -CAfile '${folder}/ca.pem' -purpose sslserver -verify_hostname server.local -verify_ip 10.0.0.1 '${folder}/server.local.pem'`,
    );
    expect(good(verified)).toContain(": OK");
    for (const key of ["ca.key", "server.local.key"]) expect(statSync(join(folder, key)).mode & 0o777).toBe(0o600);
    const asked = `openssl req -new -newkey rsa:2048 -nodes -keyout '${folder}/own.key' -subj /CN=web -addext subjectAltName=DNS:web.local -out '${folder}/own.csr'`;
    good(await scriptInside(holder, asked));
    good(await project.lab(["pki", "issue", folder, "--request", join(folder, "own.csr")]));
    const command = `openssl verify -CAfile '${folder}/ca.pem' -verify_hostname web.local '${folder}/web.local.pem'`;
    expect(good(await scriptInside(holder, command))).toContain(": OK");
    expect(readdirSync(folder)).not.toContain("web.local.key");
    const none = await project.lab(["pki", "issue", folder, "--request", join(folder, "ca.pem")]);
    expect(none.stderr).toMatch(/ca\.pem is no certificate request: /);
    const bad = await project.lab(["pki", "issue", folder, "a_b..c", "10.0.0.300"]);
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toContain('"a_b..c", "10.0.0.300"');
    expect((await project.lab(["pki", "init", folder])).exitCode).toBe(1);
  });
});
