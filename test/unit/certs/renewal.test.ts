import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { authorityResource } from "../../../provider/pki/authority.ts";
import { certificatesResource } from "../../../provider/pki/certificates.ts";
import type { CertificatesInputs } from "../../../provider/pki/schema.ts";
import { clockAt, day, issued, leaf, nothing, root } from "./declared.ts";

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

describe("renewal of an authority", () => {
  const made = () => authorityResource(clockAt(0)).reconcile(root, undefined, nothing);

  test("before the window nothing is due", async () => {
    const state = await made();
    const resource = authorityResource(clockAt(3650 - 366));
    expect((await resource.observe(root, state, "full"))?.drift).toEqual([]);
    expect(resource.unsettled?.(root, state)).toEqual([]);
    expect(await resource.reconcile(root, state, nothing)).toEqual(state);
  });

  test("in the window a preview names it, and an up renews it with the key that it has", async () => {
    const state = await made();
    const resource = authorityResource(clockAt(3650 - 364));
    expect((await resource.observe(root, state, "full"))?.drift).toEqual([
      "authority root: ends 2035-12-30 00:00 UTC, due for renewal since 2034-12-30 00:00 UTC",
    ]);
    expect(resource.unsettled?.(root, state)).toEqual(["certificates", "privateKeys", "certificate", "privateKey"]);
    const next = await resource.reconcile(root, state, nothing);
    expect(next.privateKey).toBe(state.privateKey);
    const [before, after] = [new X509Certificate(state.certificate), new X509Certificate(next.certificate)];
    expect(after.validToDate).toEqual(clockAt(2 * 3650 - 364)());
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.subject).toBe(before.subject);
    expect((await resource.observe(root, next, "full"))?.drift).toEqual([]);
  });

  test("what it has signed stays as it is, and is good by the renewed one", async () => {
    const before = await made();
    const below: CertificatesInputs = {
      authority: "root",
      issuer: { certificate: before.certificate, key: before.privateKey },
      certificates: { leaf: leaf("leaf.example", 90) },
    };
    const state = await certificatesResource(clockAt(3600)).reconcile(below, undefined, nothing);
    const { certificate, privateKey: key } = await authorityResource(clockAt(3601)).reconcile(root, before, nothing);
    const resource = certificatesResource(clockAt(3601));
    const after = await resource.reconcile({ ...below, issuer: { certificate, key } }, state, nothing);
    expect(after.issued).toEqual(state.issued);
    expect(new X509Certificate(after.issued["leaf"] ?? "").verify(new X509Certificate(certificate).publicKey)).toBe(
      true,
    );
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

test("what is declared not to be valid yet is issued anew once it is", async () => {
  const { inputs } = await issued();
  const certificates = { early: { ...leaf("early.example", 90), validity: "not-yet-valid" } as const };
  const early = { ...inputs, certificates };
  const state = await certificatesResource(clockAt(0)).reconcile(early, undefined, nothing);
  expect((await certificatesResource(clockAt(0.9)).observe(early, state, "full"))?.drift).toEqual([]);
  const late = certificatesResource(clockAt(1));
  expect((await late.observe(early, state, "full"))?.drift).toEqual([
    "certificate early: valid since 2026-01-02 00:00 UTC, declared not to be yet",
  ]);
  const next = await late.reconcile(early, state, nothing);
  expect(new X509Certificate(next.issued["early"] ?? "").validFromDate).toEqual(clockAt(2)());
  expect((await late.observe(early, next, "full"))?.drift).toEqual([]);
  const expired = { ...inputs, certificates: { late: { ...leaf("late.example", 90), validity: "expired" } as const } };
  const over = await certificatesResource(clockAt(0)).reconcile(expired, undefined, nothing);
  expect((await certificatesResource(clockAt(400)).observe(expired, over, "full"))?.drift).toEqual([]);
});
