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
    const { serialNumber, validToDate } = found;
    if (kept.some((each) => each.serialNumber === serialNumber)) return [];
    return [{ serialNumber, reason: revoked, date: now.toISOString(), notAfter: validToDate.toISOString() }];
  });
  return [...kept, ...added];
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
