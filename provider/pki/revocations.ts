/** Which certificates are revoked. Pure. */
import type { RevocationReason } from "../../topology/pki/spec.ts";
import { readCertificate } from "./judge.ts";
import { sameValue } from "../resource.ts";
import type { RevocationInputs } from "./schema.ts";

interface Issued {
  readonly certificate: string | undefined;
  readonly revoked: RevocationReason | undefined;
}

/**
 * A revocation isn't taken back: one of `before` stays until its certificate ends by itself, when lists need it no longer
 * (RFC 5280, 3.3).
 */
export function revocations(
  before: readonly RevocationInputs[] | undefined,
  issued: readonly Issued[],
  now: Date,
): readonly RevocationInputs[] {
  const kept = (before ?? []).filter(({ notAfter }) => Date.parse(notAfter) > now.getTime());
  const added = issued.flatMap(({ certificate, revoked }): RevocationInputs[] => {
    const found = readCertificate(certificate ?? "");
    if (revoked === undefined || found === undefined) return [];
    const { serialNumber, validToDate, issuer, subject } = found;
    if (has(kept, serialNumber)) return [];
    const revocation = { serialNumber, reason: revoked, date: now.toISOString(), notAfter: validToDate.toISOString() };
    return [issuer === subject ? revocation : { ...revocation, issuer }];
  });
  return [...kept, ...added];
}

/** Why a new certificate is to be issued where a revocation isn't declared any more: the one that there is stays revoked. */
export function reasonToReplace(
  declared: RevocationReason | undefined,
  revoked: readonly RevocationInputs[] | undefined,
  certificate: string | undefined,
): string | undefined {
  const serialNumber = readCertificate(certificate ?? "")?.serialNumber;
  if (declared !== undefined || serialNumber === undefined || !has(revoked ?? [], serialNumber)) return undefined;
  return "the one that there is was revoked";
}

export function has(revoked: readonly RevocationInputs[], serialNumber: string): boolean {
  return revoked.some((each) => each.serialNumber === serialNumber);
}

/**
 * What an authority has on its lists, and what is new of those certificates that one of its generations has signed.
 * `issuers`: these, PEM.
 */
export function withSigned(
  listed: readonly RevocationInputs[],
  issuers: readonly string[],
  revoked: readonly RevocationInputs[],
): RevocationInputs[] {
  const names = issuers.map((pem) => readCertificate(pem)?.subject);
  const signed = revoked.filter(({ issuer }) => issuer === undefined || names.includes(issuer));
  return [...listed, ...signed.filter(({ serialNumber }) => !has(listed, serialNumber))];
}

/** `isDue`: a new certificate takes the place of this one, and would be revoked too. */
export function revocationsChange(
  before: readonly RevocationInputs[],
  issued: readonly (Issued & { readonly isDue: boolean })[],
  now: Date,
): boolean {
  return (
    issued.some(({ isDue, revoked }) => isDue && revoked !== undefined) ||
    !sameValue(before, revocations(before, issued, now))
  );
}
