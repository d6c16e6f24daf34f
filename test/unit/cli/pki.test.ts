/** `lab pki init` and `lab pki issue`: what they refuse, and how they say it. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { request } from "../../../certs/request.ts";
import { keyKinds } from "../../../topology/pki/spec.ts";
import { needs } from "../../requirements.ts";
import { lab, type Ran } from "./run.ts";

const directory = mkdtempSync(join(tmpdir(), "labwright-small-pki-"));
afterAll(() => rmSync(directory, { recursive: true }));

const hour = 3_600_000;
const [rootKey, otherKey] = await Promise.all([generateKey("ecdsa-p256"), generateKey("ecdsa-p256")]);

/** `begin`, `end`: milliseconds from now. */
function root(begin: number, end: number, kind: "authority" | "end" = "authority"): Promise<string> {
  const period = { notBefore: new Date(Date.now() + begin), notAfter: new Date(Date.now() + end) };
  const names = { dns: [], addresses: [], uris: [], emails: [] };
  const profile = kind === "authority" ? ({ kind } as const) : { kind, names, usages: [] };
  return issue({ subject: [["CN", "Root"]], ...period, digest: "sha256", profile }, rootKey);
}

/** A folder with these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(directory, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

/** What it says, with the test's directory left out. */
function told({ exitCode, stderr }: Ran): string {
  expect(exitCode).toBe(1);
  return stderr.replaceAll(`${directory}/`, "").trim();
}

const again = "Put back what `lab pki init` made, or let it make a new one in another folder.";

describe("issue, where the root", () => {
  test("is in order, ends with it at the latest", async () => {
    const path = folder("good", { "ca.pem": await root(-hour, hour), "ca.key": rootKey });
    expect((await lab("pki", "issue", path, "web.local")).exitCode).toBe(0);
    const read = (file: string) => new X509Certificate(readFileSync(join(path, file), "utf8"));
    expect(read("web.local.pem").validToDate).toEqual(read("ca.pem").validToDate);
  });

  test("isn't there, or half of it", async () => {
    const empty = folder("empty", {});
    expect(told(await lab("pki", "issue", empty, "web.local"))).toBe(
      `There is no empty/ca.pem and no empty/ca.key.\n\`lab pki init empty\` makes them.`,
    );
    const keyless = folder("keyless", { "ca.pem": await root(-hour, hour) });
    expect(told(await lab("pki", "issue", keyless, "web.local"))).toBe(`There is no keyless/ca.key.\n${again}`);
    const alone = folder("alone", { "ca.key": rootKey });
    expect(told(await lab("pki", "issue", alone, "web.local"))).toBe(`There is no alone/ca.pem.\n${again}`);
  });

  test.each([
    ["no-pem", async () => ({ "ca.pem": "hello", "ca.key": rootKey }), "no-pem/ca.pem is no certificate."],
    [
      "end",
      async () => ({ "ca.pem": await root(-hour, hour, "end"), "ca.key": rootKey }),
      "end/ca.pem isn't the certificate of an authority.",
    ],
    [
      "no-key",
      async () => ({ "ca.pem": await root(-hour, hour), "ca.key": await root(-hour, hour) }),
      "no-key/ca.key is no private key that can be read without a password.",
    ],
    [
      "other-key",
      async () => ({ "ca.pem": await root(-hour, hour), "ca.key": otherKey }),
      "other-key/ca.key isn't the private key of other-key/ca.pem.",
    ],
  ])("is unusable: %s", async (name, files, message) => {
    const path = folder(name, await files());
    expect(told(await lab("pki", "issue", path, "web.local"))).toBe(`${message}\n${again}`);
  });

  test("has ended, or hasn't begun", async () => {
    const ended = folder("ended", { "ca.pem": await root(-2 * hour, -hour), "ca.key": rootKey });
    expect(told(await lab("pki", "issue", ended, "web.local"))).toMatch(
      /^ended\/ca\.pem ended \d{4}-\d\d-\d\d \d\d:\d\d UTC: nothing that it signs would be valid\.\n`lab pki init` /,
    );
    const early = folder("early", { "ca.pem": await root(hour, 2 * hour), "ca.key": rootKey });
    expect(told(await lab("pki", "issue", early, "web.local"))).toMatch(
      /^early\/ca\.pem begins .* UTC: nothing that it signs would be valid yet\.\nIs the clock right\? /,
    );
  });
});

test("everything that is wrong with a request is told at once: its subject and its names", async () => {
  const path = folder("asked", { "ca.pem": await root(-hour, hour), "ca.key": rootKey });
  const csr = join(path, "bad.csr");
  const subject = [
    ["C", "de"],
    ["O", ""],
    ["OU", "a\nb"],
    ["CN", "c".repeat(65)],
  ] as const;
  const names = { dns: ["a_b..c"], addresses: [], uris: [], emails: ["somebody"] };
  writeFileSync(csr, await request(subject, names, otherKey));
  const rule = (length: number) => `1 to ${length} characters without control characters, and no blanks around them`;
  expect(told(await lab("pki", "issue", path, "--request", csr)).split("\n")).toEqual([
    'asked/bad.csr asks for the DNS name "a_b..c", which isn\'t one.',
    'asked/bad.csr asks for the mail address "somebody", which isn\'t one.',
    'asked/bad.csr asks for a subject with "C=de", expected two capital letters.',
    `asked/bad.csr asks for a subject with "O=", expected ${rule(64)}.`,
    `asked/bad.csr asks for a subject with "OU=a\\nb", expected ${rule(64)}.`,
    `asked/bad.csr asks for a subject with "CN=${"c".repeat(65)}", expected ${rule(64)}.`,
    expect.stringContaining("`openssl req -new "),
  ]);
});

describe("a request of OpenSSL's", needs("openssl"), () => {
  /** `algorithm`: as `openssl genpkey` has it. `names`: a line each, as OpenSSL's configuration has them. */
  const requestOf = (csr: string, algorithm: readonly string[], names: readonly string[]): void => {
    const [key, configuration] = [`${csr}.key`, `${csr}.cnf`];
    execFileSync("openssl", ["genpkey", "-algorithm", ...algorithm, "-out", key], { stdio: "pipe" });
    const lines = ["[req]", "distinguished_name=dn", "req_extensions=extensions", "prompt=no", "[dn]", "CN=web"];
    writeFileSync(
      configuration,
      [...lines, "[extensions]", "subjectAltName=@names", "[names]", ...names].map((line) => `${line}\n`).join(""),
    );
    execFileSync("openssl", ["req", "-new", "-key", key, "-config", configuration, "-out", csr], { stdio: "pipe" });
  };

  test.each([
    ["rsa-1024", ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "rsa 1024"],
    ["p-521", ["EC", "-pkeyopt", "ec_paramgen_curve:secp521r1"], "ec secp521r1"],
    // Node's WebCrypto can't verify by these two.
    ["secp256k1", ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "ec secp256k1"],
    ["ed448", ["ED448"], "ed448"],
  ])("for a key of another kind is refused: %s", async (name, algorithm, kind) => {
    const path = folder(`key-${name}`, { "ca.pem": await root(-hour, hour), "ca.key": rootKey });
    const csr = join(path, "web.csr");
    requestOf(csr, algorithm, ["DNS.1=web.local", "DNS.2=a_b..c"]);
    expect(told(await lab("pki", "issue", path, "--request", csr)).split("\n")).toEqual([
      `key-${name}/web.csr is for a key of kind ${kind}, expected one of ${keyKinds.join(", ")}.`,
      `key-${name}/web.csr asks for the DNS name "a_b..c", which isn't one.`,
      expect.stringContaining("`openssl req -new "),
    ]);
  });

  test("for names of kinds that a certificate wouldn't have is refused", async () => {
    const path = folder("other-names", { "ca.pem": await root(-hour, hour), "ca.key": rootKey });
    const csr = join(path, "web.csr");
    const others = ["otherName.1=1.3.6.1.4.1.311.20.2.3;UTF8:web", "otherName.2=1.2.3.4;UTF8:web", "RID.1=1.2.3.4"];
    requestOf(csr, ["ED25519"], ["DNS.1=web.local", ...others, "dirName.1=dn"]);
    expect(told(await lab("pki", "issue", path, "--request", csr)).split("\n")).toEqual([
      "other-names/web.csr asks for a name of kind otherName, expected a DNS name, address, URI or mail address.",
      "other-names/web.csr asks for a name of kind registeredID, expected a DNS name, address, URI or mail address.",
      "other-names/web.csr asks for a name of kind directoryName, expected a DNS name, address, URI or mail address.",
      expect.stringContaining("`openssl req -new "),
    ]);
    requestOf(csr, ["ED25519"], ["DNS.1=web.local"]);
    expect((await lab("pki", "issue", path, "--request", csr)).exitCode).toBe(0);
  });
});

test("a request without names is refused, one without a subject isn't", async () => {
  const path = folder("without", { "ca.pem": await root(-hour, hour), "ca.key": rootKey });
  const csr = join(path, "nameless.csr");
  const names = { dns: [], addresses: [], uris: [], emails: [] };
  writeFileSync(csr, await request([["C", "de"]], names, otherKey));
  expect(told(await lab("pki", "issue", path, "--request", csr))).toMatch(
    /^without\/nameless\.csr asks for no name; .*\nwithout\/nameless\.csr asks for a subject with "C=de"/,
  );
  writeFileSync(csr, await request([], { ...names, dns: ["web.local"] }, otherKey));
  expect((await lab("pki", "issue", path, "--request", csr)).exitCode).toBe(0);
});

test("names that are of no kind are told all at once; a request has its own", async () => {
  const path = join(directory, "names");
  expect(told(await lab("pki", "issue", path, "a_b..c", "web.local", "10.0.0.300"))).toMatch(
    /^No DNS name, address, URI or mail address: "a_b\.\.c", "10\.0\.0\.300"\.\n/,
  );
  expect(told(await lab("pki", "issue", path, "web.local", "--request", "own.csr"))).toMatch(
    /^web\.local: a request has names of its own\./,
  );
});

test("init makes a root that issue takes, and wants a folder", async () => {
  const path = join(directory, "new");
  expect((await lab("pki", "init", path)).exitCode).toBe(0);
  expect((await lab("pki", "issue", path, "web.local", "10.0.0.1")).exitCode).toBe(0);
  expect(told(await lab("pki", "init", join(path, "ca.pem")))).toBe("new/ca.pem is no folder.\nTake another one.");
});
