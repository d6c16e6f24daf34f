import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectGolden } from "../../golden.ts";
import { needs } from "../../requirements.ts";
import { chain, kinds, names, type Chain } from "./chains.ts";

const directory = mkdtempSync(join(tmpdir(), "labwright-certs-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** What OpenSSL prints, without what differs each time. */
function text(command: readonly string[], pem: string): string {
  return execFileSync("openssl", command, { input: pem, encoding: "utf8" })
    .replaceAll(/^ {12,}[0-9a-f:]{20,}\n?/gm, "")
    .replaceAll(/(Signature Value:\n)( +[0-9a-f:]+\n)+/g, "$1")
    .replaceAll(/[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT/g, "TIME")
    .replaceAll(/([0-9A-F]{2}:){19}[0-9A-F]{2}/g, "KEY-ID")
    .replaceAll(/(Serial Number: )[0-9A-F]{32}/g, "$1SERIAL")
    .replaceAll(/^ +[0-9a-f:]+$\n?/gm, "");
}

for (const kind of kinds) {
  describe(`a PKI of ${kind}`, () => {
    let made: Chain;
    beforeAll(async () => {
      made = await chain(kind);
    });

    test("is taken by Node: names, issuers, key", () => {
      const [root, issuing, leaf] = [made.root, made.issuing, made.leaf].map((pem) => new X509Certificate(pem));
      expect(leaf?.checkIssued(issuing!)).toBe(true);
      expect(leaf?.verify(issuing!.publicKey)).toBe(true);
      expect(issuing?.checkIssued(root!)).toBe(true);
      expect(leaf?.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
      expect(leaf?.checkHost("server.local")).toBe("server.local");
      expect(leaf?.checkHost("other.local")).toBeUndefined();
      for (const address of names.addresses) expect(leaf?.checkIP(address)).toBe(address);
      expect([root?.ca, issuing?.ca, leaf?.ca]).toEqual([true, true, false]);
    });

    test("is taken by OpenSSL, until the certificate is on the list", needs("openssl"), () => {
      const [root, issuing, leaf] = [file("root", made.root), file("issuing", made.issuing), file("leaf", made.leaf)];
      const chained = ["-x509_strict", "-CAfile", root, "-untrusted", issuing];
      const verify = (...more: string[]): string => {
        const { stdout, stderr } = spawnSync("openssl", ["verify", ...chained, ...more, leaf], { encoding: "utf8" });
        return stdout + stderr;
      };
      expect(verify()).toMatch(/leaf: OK/);
      expect(verify("-purpose", "sslserver", "-verify_hostname", "server.local")).toMatch(/leaf: OK/);
      expect(verify("-verify_hostname", "other.local")).toMatch(/error 62 .*[Hh]ostname mismatch/);
      expect(verify("-crl_check", "-CRLfile", file("list", made.list))).toMatch(/error 23 .*certificate revoked/);
    });

    test("reads as it was declared", needs("openssl"), () => {
      const command = ["x509", "-noout", "-text"];
      const all = [made.root, made.issuing, made.leaf].map((pem) => text(command, pem));
      expectGolden(`certs/${kind}.txt`, [...all, text(["crl", "-noout", "-text"], made.list)].join("\n"));
    });
  });
}
