import { createPrivateKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { issue } from "../../../certs/certificate.ts";
import { generateKey, kindOf } from "../../../certs/keys.ts";
import { formatDuration, longestDuration, parseDuration } from "../../../topology/pki/duration.ts";
import { isDnsName, isSpiffeId, violations } from "../../../topology/pki/names.ts";
import { renewalOf, validityOf } from "../../../provider/pki/validity.ts";

const key = await generateKey("ecdsa-p256");
const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const second = fc.integer({ min: 0, max: 4_000_000_000 });

test("every name that is asked for is in the certificate, and nothing else; the times to the second", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(host, { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(fc.ipV4(), { maxLength: 3 }),
      fc.uniqueArray(
        label.map((name) => `spiffe://lab.example/${name}`),
        { maxLength: 2 },
      ),
      second,
      fc.integer({ min: 1, max: 1_000_000_000 }),
      async (dns, addresses, uris, begin, length) => {
        const pem = await issue(
          {
            subject: [["CN", "any"]],
            notBefore: new Date(begin * 1000),
            notAfter: new Date((begin + length) * 1000),
            digest: "sha256",
            profile: { kind: "end", usages: ["serverAuth"], names: { dns, addresses, uris, emails: [] } },
          },
          key,
        );
        const read = new X509Certificate(pem);
        expect(read.subjectAltName?.split(", ")).toEqual([
          ...dns.map((name) => `DNS:${name}`),
          ...addresses.map((address) => `IP Address:${address}`),
          ...uris.map((uri) => `URI:${uri}`),
        ]);
        expect([read.validFromDate.getTime(), read.validToDate.getTime()]).toEqual([
          begin * 1000,
          (begin + length) * 1000,
        ]);
        expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
        // DER there and back.
        expect(new X509Certificate(read.raw).toString()).toBe(read.toString());
        // 16 bytes, positive: the first bit of the first byte is clear.
        expect(read.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
      },
    ),
    { numRuns: 50 },
  );
});

test("serial numbers differ", async () => {
  const template = {
    subject: [["CN", "any"]],
    notBefore: new Date(0),
    notAfter: new Date(1),
    digest: "sha256",
  } as const;
  const all = await Promise.all(
    Array.from({ length: 50 }, () => issue({ ...template, profile: { kind: "authority" } }, key)),
  );
  expect(new Set(all.map((pem) => new X509Certificate(pem).serialNumber)).size).toBe(50);
});

test("a certificate is valid inside its issuer's time, and begins before now", () => {
  fc.assert(
    fc.property(second, second, second, fc.integer({ min: 1, max: 400_000_000 }), (now, begin, length, lifetime) => {
      const issuer = { notBefore: new Date(begin * 1000), notAfter: new Date((begin + length + 1) * 1000) };
      fc.pre(issuer.notBefore.getTime() < now * 1000 && now * 1000 < issuer.notAfter.getTime());
      const { notBefore, notAfter } = validityOf(lifetime, undefined, new Date(now * 1000), issuer);
      expect(notBefore >= issuer.notBefore && notAfter <= issuer.notAfter).toBe(true);
      expect(notBefore.getTime() < now * 1000 && now * 1000 < notAfter.getTime()).toBe(true);
      // One that ends with its issuer isn't renewed, as a new one wouldn't last longer.
      const due = renewalOf({ notBefore, notAfter }, lifetime / 3, new Date(now * 1000), issuer);
      expect(due === undefined).toBe(notAfter.getTime() === issuer.notAfter.getTime());
    }),
  );
});

test("a certificate below an issuer whose time is over, or hasn't begun, keeps a time of its own", () => {
  fc.assert(
    fc.property(
      second,
      fc.constantFrom("expired", "not-yet-valid"),
      fc.integer({ min: 1, max: 400_000_000 }),
      fc.integer({ min: 1, max: 400_000_000 }),
      (begin, mistake, above, lifetime) => {
        const now = new Date(begin * 1000);
        const issuer = validityOf(above, mistake, now);
        const period = validityOf(lifetime, undefined, now, issuer);
        expect(period).toEqual(validityOf(lifetime, undefined, now));
        expect(period.notBefore < now && now < period.notAfter).toBe(true);
        // It is renewed by its own time too.
        if (mistake === "expired")
          expect(renewalOf(period, lifetime / 3, now, issuer)).toEqual(renewalOf(period, lifetime / 3, now));
        // Also one that was cut to its issuer's time, which is over.
        const cut = { ...period, notAfter: issuer.notAfter };
        expect(renewalOf(cut, lifetime / 3, now, issuer) === undefined).toBe(now < issuer.notAfter);
      },
    ),
  );
});

test("one that has expired on purpose begins in a year that a certificate can say", async () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const period = validityOf(longestDuration, "expired", now);
  const profile = { kind: "authority" } as const;
  const pem = await issue({ subject: [["CN", "any"]], ...period, digest: "sha256", profile }, key);
  expect(new X509Certificate(pem).validFromDate).toEqual(new Date("1950-01-01T00:00:00Z"));
  expect(validityOf(longestDuration, undefined, now).notAfter.getUTCFullYear()).toBe(2125);
});

test("keys are of the kind that was asked for", async () => {
  for (const kind of ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048"] as const)
    expect(kindOf(await generateKey(kind))).toBe(kind);
});

test("durations are read as they are written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
  expect(["0d", "1y", "-1h", "1.5h", "", "h"].map(parseDuration)).toEqual(Array(6).fill(undefined));
});

test("names are told from addresses and wildcards; SPIFFE identities have a path", () => {
  expect(["server.local", "*.lab.example", "a"].every(isDnsName)).toBe(true);
  expect(["10.0.0.1", "::1", "*", "*.local", "a.*.b", "a..b", "-a", ""].some(isDnsName)).toBe(false);
  expect(isSpiffeId("spiffe://lab.example/ns/web")).toBe(true);
  for (const wrong of [
    "spiffe://lab.example",
    "spiffe://lab.example/",
    "spiffe://lab/a/../b",
    "https://lab/web",
    "spiffe://LAB/web",
  ])
    expect(isSpiffeId(wrong)).toBe(false);
});

test("what an authority may not certify is found in each kind of name", () => {
  const none = { names: [], addresses: [], uris: [], emails: [] };
  const permitted = {
    names: ["lab.example"],
    addresses: ["10.0.0.0/8"],
    uris: [".lab.example"],
    emails: ["lab.example"],
  };
  const names = {
    dns: ["lab.example", "a.lab.example", "xlab.example"],
    addresses: ["10.1.1.1", "192.0.2.1"],
    uris: ["https://a.lab.example/x", "https://lab.example/x"],
    emails: ["a@lab.example", "a@b.lab.example"],
  };
  expect(violations(names, { permitted, excluded: none }, [])).toEqual([
    "xlab.example",
    "192.0.2.1",
    "https://lab.example/x",
    "a@b.lab.example",
  ]);
  const wildcard = { dns: ["*.lab.example", "*.b.lab.example"], addresses: [], uris: [], emails: [] };
  expect(violations(wildcard, { permitted: none, excluded: { ...none, names: ["a.lab.example"] } }, [])).toEqual([
    "*.lab.example",
  ]);
  expect(violations(names, { permitted: none, excluded: { ...none, names: ["a.lab.example"] } }, [])).toEqual([
    "a.lab.example",
  ]);
});
