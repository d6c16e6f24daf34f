import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { readRequest, request } from "../../../certs/request.ts";
import { needs } from "../../requirements.ts";
import { kinds, names } from "./chains.ts";

const directory = mkdtempSync(join(tmpdir(), "labwright-requests-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(kinds)("a request of %s", (kind) => {
  test("is verified by OpenSSL, and read as it was made", needs("openssl"), async () => {
    const key = await generateKey(kind);
    const subject = [
      ["O", "Lab"],
      ["CN", "server.local"],
    ] as const;
    const pem = await request(subject, names, key);
    const text = execFileSync("openssl", ["req", "-verify", "-noout", "-text"], {
      input: pem,
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(text).toContain("Subject: O = Lab, CN = server.local");
    expect(text).toContain("DNS:server.local, DNS:*.sub.server.local");
    const read = await readRequest(pem);
    expect(read).toMatchObject({ subject, names });
    expect(createPublicKey(read.publicKey).equals(createPublicKey(key))).toBe(true);
  });
});

test("a certificate of OpenSSL's request is for its key", needs("openssl"), async () => {
  const key = join(directory, "key.pem");
  writeFileSync(key, await generateKey("rsa-2048"));
  const command = [
    "req",
    "-new",
    "-key",
    key,
    "-subj",
    "/O=Lab/CN=web",
    "-addext",
    "subjectAltName=DNS:web.local,IP:10.0.0.1",
  ];
  const {
    subject,
    names: asked,
    publicKey,
  } = await readRequest(execFileSync("openssl", command, { encoding: "utf8" }));
  const period = { notBefore: new Date(), notAfter: new Date(Date.now() + 3600_000), digest: "sha256" } as const;
  const rootKey = await generateKey("ecdsa-p256");
  const root = await issue({ ...period, subject: [["CN", "Root"]], profile: { kind: "authority" } }, rootKey);
  const leaf = new X509Certificate(
    await issue({ ...period, subject, profile: { kind: "end", names: asked, usages: ["serverAuth"] } }, publicKey, {
      certificate: root,
      key: rootKey,
    }),
  );
  expect(leaf.subject).toBe("O=Lab\nCN=web");
  expect(leaf.subjectAltName).toBe("DNS:web.local, IP Address:10.0.0.1");
  expect(leaf.publicKey.equals(createPublicKey(publicKey))).toBe(true);
  expect(leaf.verify(new X509Certificate(root).publicKey)).toBe(true);
});

test("one whose signature is by another key, or that is none, is refused", async () => {
  const pem = await request([["CN", "web"]], names, await generateKey("ecdsa-p256"));
  const lines = pem.split("\n");
  const last = lines.at(-3) ?? "";
  const changed = [
    ...lines.slice(0, -3),
    last.replace(/^./, (first) => (first === "A" ? "B" : "A")),
    ...lines.slice(-2),
  ].join("\n");
  await expect(readRequest(changed)).rejects.toThrow();
  await expect(readRequest("no request")).rejects.toThrow();
});
