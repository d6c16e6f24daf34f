import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { X509Crl } from "../../../certs/library.ts";
import { readRevocationList } from "../../../certs/revocation-list.ts";
import { authorityResource } from "../../../provider/pki/authority.ts";
import { certificatesResource } from "../../../provider/pki/certificates.ts";
import { revocationListResource } from "../../../provider/pki/revocation-list.ts";
import type {
  AuthorityInputs,
  CertificateInputs,
  CertificatesInputs,
  CertificatesOutputs,
  RevocationListInputs,
  RevocationListOutputs,
} from "../../../provider/pki/schema.ts";
import type { RevocationReason } from "../../../topology/pki/spec.ts";
import { chain } from "./chains.ts";
import { clockAt, day, issued, nothing, root, signs } from "./declared.ts";

/** Serial numbers, lower-case hexadecimal. */
const entries = (list: string | undefined): string[] =>
  new X509Crl(list ?? "").entries.map((each) => each.serialNumber);

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
    const early = revocationListResource(clockAt(6.9));
    expect((await early.observe(inputs, first, "full"))?.drift).toEqual([]);
    expect(await early.reconcile(inputs, first, nothing)).toEqual(first);
    const late = revocationListResource(clockAt(7.1));
    expect((await late.observe(inputs, first, "full"))?.drift).toEqual([
      "revocation list of root: ends 2026-01-11T00:00:00.000Z",
    ]);
    expect(late.unsettled?.(inputs, first)).toEqual(["lists", "listed", "number", "nextUpdate"]);
    const second = await late.reconcile(inputs, first, nothing);
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.nextUpdate).toBe(clockAt(16.1)().toISOString());
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
    const first = await make(inputs);
    const second = await revocationListResource(clockAt(2)).reconcile({ ...inputs, revoked: more }, first, nothing);
    expect(second.number).toBeGreaterThan(first.number);
    const { revocations: later } = await certificatesResource(clockAt(91)).reconcile(
      state,
      { ...state, revocations: more },
      nothing,
    );
    expect(later.map(({ reason }) => reason)).toEqual(["superseded"]);
  });
});

describe("what is revoked stays on the list", () => {
  const issuing = (issuer: AuthorityInputs["issuer"], changed: Partial<AuthorityInputs> = {}): AuthorityInputs => ({
    ...root,
    name: "issuing",
    subject: [["CN", "Issuing"]],
    lifetime: 900 * day,
    ...(issuer === undefined ? {} : { issuer }),
    ...changed,
  });
  /** A root's list, with an authority below it that is revoked. */
  const revokedBelow = async () => {
    const above = await authorityResource(clockAt(0)).reconcile(root, undefined, nothing);
    const inputs = issuing(signs(above), { revoked: "cACompromise" });
    const below = await authorityResource(clockAt(1)).reconcile(inputs, undefined, nothing);
    const declared: RevocationListInputs = {
      authority: "root",
      issuers: { 1: signs(above) },
      revoked: below.revocations,
      lifetime: 90 * day,
    };
    return { below, declared, list: await revocationListResource(clockAt(1)).reconcile(declared, undefined, nothing) };
  };

  test("until its certificate ends, also without the resource that it was of, and nothing is changed by that", async () => {
    const { below, declared, list } = await revokedBelow();
    const { serialNumber } = new X509Certificate(below.certificate);
    const without = { ...declared, revoked: [] };
    const early = revocationListResource(clockAt(2));
    expect((await early.observe(without, list, "full"))?.drift).toEqual([]);
    expect(early.unsettled?.(without, list)).toEqual([]);
    const same = await early.reconcile(without, list, nothing);
    expect(same.lists).toEqual(list.lists);
    const next = await revocationListResource(clockAt(80)).reconcile(without, same, nothing);
    expect(next.lists).not.toEqual(list.lists);
    expect(entries(next.lists[1])).toEqual([serialNumber.toLowerCase()]);
    const ended = await revocationListResource(clockAt(1000)).reconcile(without, next, nothing);
    expect(entries(ended.lists[1])).toEqual([]);
  });

  test("also by a state that doesn't say what is listed yet", async () => {
    const { declared, list } = await revokedBelow();
    const { listed: _, ...before } = list;
    const resource = revocationListResource(clockAt(2));
    expect((await resource.observe(declared, before, "full"))?.drift).toEqual([]);
    const next = await revocationListResource(clockAt(80)).reconcile({ ...declared, revoked: [] }, before, nothing);
    expect(entries(next.lists[1])).toHaveLength(1);
  });

  test("and isn't on that of an authority which has signed another certificate instead", async () => {
    const { below } = await revokedBelow();
    const subject = [["CN", "Other"]] as const;
    const other = await authorityResource(clockAt(0)).reconcile(
      { ...root, name: "other", subject },
      undefined,
      nothing,
    );
    const moved = issuing(signs(other), { revoked: "cACompromise" });
    const after = await authorityResource(clockAt(2)).reconcile(moved, below, nothing);
    expect(after.revocations).toHaveLength(2);
    const list = await revocationListResource(clockAt(2)).reconcile(
      { authority: "other", issuers: { 1: signs(other) }, revoked: after.revocations, lifetime: 90 * day },
      undefined,
      nothing,
    );
    expect(entries(list.lists[1])).toEqual([new X509Certificate(after.certificate).serialNumber.toLowerCase()]);
  });

  test("when it is taken back: the authority that signs gets another certificate of the same key, in which nothing is due", async () => {
    const { below, declared, list } = await revokedBelow();
    const { revoked: _, ...inputs } = issuing(below.issuer, {});
    const resource = authorityResource(clockAt(2));
    expect((await resource.observe(inputs, below, "full"))?.drift).toEqual([
      "authority issuing: the one that there is was revoked",
    ]);
    const after = await resource.reconcile(inputs, below, nothing);
    expect(after.privateKey).toBe(below.privateKey);
    expect(after.revocations).toEqual(below.revocations);
    expect((await resource.observe(inputs, after, "full"))?.drift).toEqual([]);
    const next = await revocationListResource(clockAt(2)).reconcile(
      { ...declared, revoked: after.revocations },
      list,
      nothing,
    );
    expect(entries(next.lists[1])).not.toContain(new X509Certificate(after.certificate).serialNumber.toLowerCase());
  });

  test("when another generation signs: the old one's certificate stays as it is", async () => {
    const { below } = await revokedBelow();
    const both = issuing(below.issuer, { generation: 2, generations: [1, 2] });
    const after = await authorityResource(clockAt(2)).reconcile(both, below, nothing);
    expect(after.certificates[1]).toBe(below.certificate);
    expect(after.revocations).toEqual(below.revocations);
    expect((await authorityResource(clockAt(2)).observe(both, after, "full"))?.drift).toEqual([]);
  });
});

describe("a list", () => {
  const made = async (days: number, previous?: RevocationListOutputs): Promise<RevocationListOutputs> => {
    const { inputs } = await issued();
    const declared = { authority: "root", issuers: { 1: inputs.issuer }, revoked: [], lifetime: 90 * day };
    return revocationListResource(clockAt(days)).reconcile(declared, previous, nothing);
  };

  test("is good for those whose clocks are a little behind, as certificates are", async () => {
    const { inputs, state } = await issued();
    const { lists } = await made(0);
    expect(new X509Crl(lists[1] ?? "").thisUpdate).toEqual(
      new X509Certificate(state.issued["short"] ?? "").validFromDate,
    );
    expect(new X509Certificate(inputs.issuer.certificate).validFromDate < clockAt(0)()).toBe(true);
  });

  test("says no reason where none was given, and is read as having none", async () => {
    const { list, issuing } = await chain("ecdsa-p256");
    const read = readRevocationList(list);
    expect([...read.revoked.values()]).toEqual(["keyCompromise", "unspecified"]);
    expect(await read.isBy(issuing)).toBe(true);
    expect(new X509Crl(list).entries.map(({ extensions }) => extensions.length)).toEqual([1, 0]);
  });

  test("has a greater number than all before it, also where the one before is forgotten", async () => {
    const first = await made(0);
    const second = await made(0, first);
    const anew = await made(1);
    expect(second.number).toBeGreaterThan(first.number);
    expect(anew.number).toBeGreaterThan(second.number);
  });
});
