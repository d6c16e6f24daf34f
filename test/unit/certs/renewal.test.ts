import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { authorityResource } from "../../../provider/pki/authority.ts";
import { certificatesResource } from "../../../provider/pki/certificates.ts";
import type { AuthorityInputs, CertificateInputs, CertificatesInputs } from "../../../provider/pki/schema.ts";

const day = 86_400;
const start = Date.parse("2026-01-01T00:00:00Z");
const clockAt = (days: number) => (): Date => new Date(start + days * day * 1000);
const nothing = (): void => {};

const root: AuthorityInputs = {
  name: "root",
  subject: [["CN", "Root"]],
  key: "ecdsa-p256",
  lifetime: 3650 * day,
  renewBefore: 365 * day,
  digest: "sha256",
  notAnAuthority: false,
  generation: 1,
  generations: [1],
};

const leaf = (name: string, lifetime: number): CertificateInputs => ({
  subject: [["CN", name]],
  key: "ecdsa-p256",
  lifetime: lifetime * day,
  renewBefore: 30 * day,
  digest: "sha256",
  names: { dns: [name], addresses: [], uris: [], emails: [] },
  usages: ["serverAuth"],
  selfSigned: false,
  generation: 1,
});

async function issued() {
  const authority = await authorityResource(clockAt(0)).reconcile(root, undefined, nothing);
  const inputs: CertificatesInputs = {
    authority: "root",
    issuer: { certificate: authority.certificate, key: authority.privateKey },
    certificates: { short: leaf("short.example", 90), long: leaf("long.example", 400) },
  };
  return { inputs, state: await certificatesResource(clockAt(0)).reconcile(inputs, undefined, nothing) };
}

describe("renewal", () => {
  test("before the window nothing is due", async () => {
    const { inputs, state } = await issued();
    const seen = await certificatesResource(clockAt(59)).observe(inputs, state, "full");
    expect(seen?.drift).toEqual([]);
    expect((await certificatesResource(clockAt(59)).reconcile(inputs, state, nothing)).issued).toEqual(state.issued);
  });

  test("in the window a preview names the certificate, when it ends and since when it is due", async () => {
    const { inputs, state } = await issued();
    const seen = await certificatesResource(clockAt(61)).observe(inputs, state, "full");
    expect(seen?.drift).toEqual([
      "certificate short: ends 2026-04-01 00:00 UTC, due for renewal since 2026-03-02 00:00 UTC",
    ]);
    expect(certificatesResource(clockAt(61)).unsettled?.(inputs, state)).toEqual(["issued.short", "privateKeys.short"]);
  });

  test("an up renews that one alone, with a new key, and then nothing is due", async () => {
    const { inputs, state } = await issued();
    const resource = certificatesResource(clockAt(61));
    const next = await resource.reconcile(inputs, state, nothing);
    expect(next.issued["long"]).toBe(state.issued["long"]);
    expect(next.privateKeys["long"]).toBe(state.privateKeys["long"]);
    expect(next.privateKeys["short"]).not.toBe(state.privateKeys["short"]);
    expect(new X509Certificate(next.issued["short"] ?? "").validToDate).toEqual(clockAt(151)());
    expect((await resource.observe(inputs, next, "full"))?.drift).toEqual([]);
  });
});

describe("an authority that has expired on purpose", () => {
  const expired = { ...root, validity: "expired" } as const;
  const below = ({ certificate, privateKey }: { readonly certificate: string; readonly privateKey: string }) => ({
    authority: "root",
    issuer: { certificate, key: privateKey },
    certificates: { web: leaf("web.example", 90) },
  });

  test("signs certificates with a time of their own, which are renewed by it", async () => {
    const authority = await authorityResource(clockAt(0)).reconcile(expired, undefined, nothing);
    expect(new X509Certificate(authority.certificate).validToDate < clockAt(0)()).toBe(true);
    const inputs = below(authority);
    const state = await certificatesResource(clockAt(0)).reconcile(inputs, undefined, nothing);
    const web = new X509Certificate(state.issued["web"] ?? "");
    expect(web.validFromDate < clockAt(0)()).toBe(true);
    expect(web.validToDate).toEqual(clockAt(90)());
    const drift = async (days: number) =>
      (await certificatesResource(clockAt(days)).observe(inputs, state, "full"))?.drift;
    expect(await drift(59)).toEqual([]);
    expect(await drift(61)).toHaveLength(1);
    const next = await certificatesResource(clockAt(61)).reconcile(inputs, state, nothing);
    expect(new X509Certificate(next.issued["web"] ?? "").validToDate).toEqual(clockAt(151)());
  });

  test("and, mended, has what it signed meanwhile stay as it is", async () => {
    const authority = await authorityResource(clockAt(0)).reconcile(expired, undefined, nothing);
    const state = await certificatesResource(clockAt(0)).reconcile(below(authority), undefined, nothing);
    const mended = await authorityResource(clockAt(1)).reconcile(root, authority, nothing);
    expect(new X509Certificate(mended.certificate).validToDate > clockAt(90)()).toBe(true);
    expect((await certificatesResource(clockAt(1)).observe(below(mended), state, "full"))?.drift).toEqual([]);
  });
});

test("an authority that has expired by itself is renewed, and what it signed with it", async () => {
  const short = { ...root, lifetime: 90 * day, renewBefore: 30 * day };
  const authority = await authorityResource(clockAt(0)).reconcile(short, undefined, nothing);
  const signedBy = ({ certificate, privateKey }: typeof authority): CertificatesInputs => ({
    authority: "root",
    issuer: { certificate, key: privateKey },
    certificates: { web: leaf("web.example", 90) },
  });
  const state = await certificatesResource(clockAt(0)).reconcile(signedBy(authority), undefined, nothing);
  const renewed = await authorityResource(clockAt(100)).reconcile(short, authority, nothing);
  const next = await certificatesResource(clockAt(100)).reconcile(signedBy(renewed), state, nothing);
  expect(new X509Certificate(renewed.certificate).validToDate).toEqual(clockAt(190)());
  expect(new X509Certificate(next.issued["web"] ?? "").validToDate).toEqual(clockAt(190)());
});
