import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { X509Crl } from "../../../certs/library.ts";
import { authorityResource } from "../../../provider/pki/authority.ts";
import { certificatesResource } from "../../../provider/pki/certificates.ts";
import { revocationListResource } from "../../../provider/pki/revocation-list.ts";
import type {
  AuthorityInputs,
  CertificateInputs,
  CertificatesInputs,
  CertificatesOutputs,
  RevocationListInputs,
} from "../../../provider/pki/schema.ts";
import type { RevocationReason } from "../../../topology/pki/spec.ts";

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

describe("revocations and their list", () => {
  const revoking = (inputs: CertificatesInputs, name: string, revoked: RevocationReason): CertificatesInputs => ({
    ...inputs,
    certificates: { ...inputs.certificates, [name]: { ...(inputs.certificates[name] as CertificateInputs), revoked } },
  });
  const listed = async (): Promise<{ inputs: RevocationListInputs; state: CertificatesOutputs }> => {
    const { inputs, state } = await issued();
    const revoked = await certificatesResource(clockAt(1)).reconcile(
      revoking(inputs, "long", "superseded"),
      state,
      nothing,
    );
    return {
      inputs: { authority: "root", issuers: { 1: inputs.issuer }, revoked: revoked.revocations, lifetime: 9 * day },
      state: revoked,
    };
  };
  const make = (inputs: RevocationListInputs) =>
    revocationListResource(clockAt(1)).reconcile(inputs, undefined, nothing);

  test("a preview knows that a revocation changes what its issuer's list has, and then that it is there", async () => {
    const { inputs, state } = await issued();
    const resource = certificatesResource(clockAt(1));
    expect(resource.unsettled?.(inputs, state)).toEqual([]);
    const revoked = revoking(inputs, "long", "superseded");
    expect(resource.unsettled?.(revoked, state)).toEqual(["revocations"]);
    const next = await resource.reconcile(revoked, state, nothing);
    expect(next.revocations).toHaveLength(1);
    expect(resource.unsettled?.(revoked, next)).toEqual([]);
    // What takes its place in the window is revoked as declared.
    expect(certificatesResource(clockAt(380)).unsettled?.(revoked, next)).toContain("revocations");
  });

  test("the same of an authority, and of the one that signs from now on", async () => {
    const signer = await authorityResource(clockAt(0)).reconcile(root, undefined, nothing);
    const issuer = { certificate: signer.certificate, key: signer.privateKey };
    const below: AuthorityInputs = {
      ...root,
      name: "issuing",
      subject: [["CN", "Issuing"]],
      lifetime: 900 * day,
      issuer,
    };
    const both: AuthorityInputs = { ...below, generations: [1, 2] };
    const resource = authorityResource(clockAt(1));
    const state = await resource.reconcile(both, undefined, nothing);
    expect(resource.unsettled?.({ ...both, revoked: "cACompromise" }, state)).toEqual(["revocations"]);
    expect(resource.unsettled?.({ ...both, generation: 2 }, state)).toEqual(["certificate", "privateKey"]);
  });

  test("a list stays as it is until its last third, in which the next one has the next number and as long a time", async () => {
    const { inputs } = await listed();
    const first = await make(inputs);
    expect(first.number).toBe(1);
    const early = revocationListResource(clockAt(6.9));
    expect((await early.observe(inputs, first, "full"))?.drift).toEqual([]);
    expect(await early.reconcile(inputs, first, nothing)).toEqual(first);
    const late = revocationListResource(clockAt(7.1));
    expect((await late.observe(inputs, first, "full"))?.drift).toEqual([
      "revocation list of root: ends 2026-01-11T00:00:00.000Z",
    ]);
    expect(late.unsettled?.(inputs, first)).toEqual(["lists", "number", "nextUpdate"]);
    const second = await late.reconcile(inputs, first, nothing);
    expect(second.number).toBe(2);
    expect(second.nextUpdate).toBe(clockAt(16.1)().toISOString());
    const entries = (text: string | undefined): string[] =>
      new X509Crl(text ?? "").entries.map((each) => each.serialNumber);
    expect(entries(second.lists[1])).toEqual(entries(first.lists[1]));
    expect(entries(second.lists[1])).toHaveLength(1);
    expect((await late.observe(inputs, second, "full"))?.drift).toEqual([]);
  });

  test("another revocation is on a list with the next number, and those before stay until their certificates end", async () => {
    const { inputs, state } = await listed();
    const { revocations: more } = await certificatesResource(clockAt(2)).reconcile(
      revoking(state, "short", "keyCompromise"),
      state,
      nothing,
    );
    expect(more.map(({ reason }) => reason)).toEqual(["superseded", "keyCompromise"]);
    const second = await revocationListResource(clockAt(2)).reconcile(
      { ...inputs, revoked: more },
      await make(inputs),
      nothing,
    );
    expect(second.number).toBe(2);
    const { revocations: later } = await certificatesResource(clockAt(91)).reconcile(
      state,
      { ...state, revocations: more },
      nothing,
    );
    expect(later.map(({ reason }) => reason)).toEqual(["superseded"]);
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
