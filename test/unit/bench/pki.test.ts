import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Leftovers } from "../../../bench/leftovers.ts";
import { issueAll } from "../../../bench/pki/own.ts";
import { findPkiPeers, measurePkiPeer } from "../../../bench/pki/peers.ts";
import { needs } from "../../requirements.ts";

test("a PKI of every kind is issued and timed", async () => {
  for (const kind of ["ecdsa-p256", "rsa-2048"] as const) {
    const run = await issueAll(kind, 2);
    expect(run.certificates).toBeGreaterThan(0);
  }
});

test(
  "openssl in a loop gives certificates that its own authority signed, and a failure tells its reason",
  needs("openssl"),
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "labwright-pki-"));
    const leftovers = new Leftovers();
    try {
      const openssl = (await findPkiPeers()).found.find(({ name }) => name === "openssl") ?? expect.fail("not found");
      await measurePkiPeer(openssl, "ecdsa-p256", 2, directory, leftovers);
      const verify = ["verify", "-purpose", "sslserver", "-verify_hostname", "server1.local", "-CAfile", "ca.pem"];
      expect(execFileSync("openssl", [...verify, "server1.local.pem"], { cwd: directory, encoding: "utf8" })).toContain(
        "OK",
      );
      const broken = { ...openssl, leaf: () => "echo no such thing >&2; false" };
      await expect(measurePkiPeer(broken, "ecdsa-p256", 1, directory, leftovers)).rejects.toThrow(
        "openssl: no such thing",
      );
    } finally {
      await leftovers.end();
      rmSync(directory, { recursive: true });
    }
  },
);
