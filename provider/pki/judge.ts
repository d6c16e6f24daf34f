/** Whether a certificate that was issued still is what is declared, in words. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { kindOf } from "../../certs/keys.ts";
import { sameValue } from "../resource.ts";
import type { IssuerInputs } from "./schema.ts";
import type { KeyKind, ValidityMistake } from "../../topology/pki/spec.ts";
import { dateText, periodOf, renewalOf } from "./validity.ts";

interface Declared {
  readonly key: KeyKind;
  readonly renewBefore: number;
  readonly validity?: ValidityMistake;
}

export interface Held {
  readonly certificate: string | undefined;
  readonly privateKey: string | undefined;
}

/**
 * Why a new certificate is to be issued; undefined where there is no need. `before`: what was declared when this one
 * was. `issuer`: absent where it signs itself.
 */
export function reasonToIssue(
  declared: Declared,
  before: Declared | undefined,
  held: Held,
  issuer: IssuerInputs | undefined,
  now: Date,
): string | undefined {
  if (held.certificate === undefined || held.privateKey === undefined || before === undefined) return "not issued yet";
  const certificate = readCertificate(held.certificate);
  if (certificate === undefined || !certificate.checkPrivateKey(createPrivateKey(held.privateKey)))
    return "its private key isn't that of its certificate";
  const changed = changes(declared, before);
  if (changed.length > 0) return `declared anew: ${changed.join(", ")}`;
  if (kindOf(held.privateKey) !== declared.key) return `its key isn't of kind ${declared.key}`;
  const above = issuer === undefined ? certificate : readCertificate(issuer.certificate);
  if (above === undefined || !isSignedBy(certificate, above)) return "its issuer has another key or name now";
  if (declared.validity === "not-yet-valid" && now >= certificate.validFromDate)
    return `valid since ${dateText(certificate.validFromDate)}, declared not to be yet`;
  if (declared.validity !== undefined) return undefined;
  const due = renewalOf(
    periodOf(certificate),
    declared.renewBefore,
    now,
    issuer === undefined ? undefined : periodOf(above),
  );
  if (due === undefined || now < due) return undefined;
  return `${now < certificate.validToDate ? "ends" : "ended"} ${dateText(certificate.validToDate)}, due for renewal since ${dateText(due)}`;
}

/** Names of properties that differ; when it is due for renewal doesn't make a certificate another. */
function changes(declared: Declared, before: Declared): string[] {
  const names = [...new Set([...Object.keys(declared), ...Object.keys(before)])];
  return names.filter(
    (name) =>
      !notInCertificate.has(name) && !sameValue(declared[name as keyof Declared], before[name as keyof Declared]),
  );
}

const notInCertificate = new Set(["renewBefore", "issuer", "generations", "revoked"]);

/** Node checks names and key identifiers by `checkIssued`, and the signature by `verify`. */
function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
}

export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
