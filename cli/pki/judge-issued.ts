/** What is wrong with a certificate: by its declaration, and by those above it (RFC 5280, 6). Pure. */
import { X509Certificate } from "node:crypto";
import { commonNames } from "../../certs/certificate.ts";
import { declaredContents, readContents, type ReadCertificate } from "../../certs/contents.ts";
import type { ReadRevocationList } from "../../certs/revocation-list.ts";
import { authorityProfile } from "../../provider/pki/authority.ts";
import { violations } from "../../topology/pki/names.ts";
import type { AlternativeNames, Authority, Certificate } from "../../topology/pki/pki.ts";
import type { KeyKind } from "../../topology/pki/spec.ts";

/** A certificate as it is, and as it is declared. */
export interface Issued<T = Authority | Certificate> {
  readonly pem: string;
  readonly declared: T;
}

/** All that is wrong; what is a mistake on purpose has to be so. `above`: its issuer and those above, the root last. */
export function judgeIssued(issued: Issued, above: readonly Issued<Authority>[], now: Date): string[] {
  const { declared } = issued;
  const certificate = new X509Certificate(issued.pem);
  const contents = readContents(issued.pem);
  const isSelfSigned = "usages" in declared ? declared.selfSigned : declared.issuer === undefined;
  return [
    ...(isSelfSigned ? judgeOwnSignature(certificate) : judgeSignature(certificate, declared, above[0])),
    ...judgeContents(contents, declared, (isSelfSigned ? undefined : above[0]?.declared.key) ?? declared.key),
    ...(isSelfSigned ? [] : judgePath(issued, contents.names, above)),
    ...judgeTimes(certificate, declared, now),
  ];
}

function judgeOwnSignature(certificate: X509Certificate): string[] {
  return certificate.verify(certificate.publicKey) ? [] : ["not signed by itself"];
}

function judgeSignature(
  certificate: X509Certificate,
  { issuer: name }: Authority | Certificate,
  issuer: Issued<Authority> | undefined,
): string[] {
  if (issuer === undefined) return [`its issuer ${name} isn't there`];
  const { publicKey, subject, ca } = new X509Certificate(issuer.pem);
  return [
    ...(certificate.verify(publicKey) && certificate.issuer === subject ? [] : [`not signed by ${name}`]),
    ...(ca || issuer.declared.notAnAuthority ? [] : [`its issuer ${name} is no authority`]),
  ];
}

/** Subject, key and digest, and what the extensions say. */
function judgeContents({ contents }: ReadCertificate, declared: Authority | Certificate, signer: KeyKind): string[] {
  const { subject, digest, key } = declared;
  const profile =
    "usages" in declared
      ? ({ kind: "end", names: declared.names, usages: declared.usages } as const)
      : authorityProfile(declared);
  const wanted = declaredContents({ subject, digest, profile }, key, signer);
  return [...new Set([...contents.keys(), ...wanted.keys()])]
    .filter((about) => contents.get(about) !== wanted.get(about))
    .map((about) => `${about} ${contents.get(about) ?? "none"}, declared ${wanted.get(about) ?? "none"}`);
}

/** Path lengths and name constraints of all above. */
function judgePath({ pem, declared }: Issued, names: AlternativeNames, above: readonly Issued<Authority>[]): string[] {
  return above.flatMap(({ pem: authority, declared: { name } }, index) => {
    const { pathLength = Infinity, nameConstraints } = readContents(authority);
    if (!("usages" in declared))
      return index < pathLength || declared.exceedsPathLength
        ? []
        : [`too deep below ${name}: path length ${pathLength}`];
    if (nameConstraints === undefined || declared.violatesNameConstraints) return [];
    return violations(names, nameConstraints, commonNames(pem)).map((each) => `${name} may not certify ${each}`);
  });
}

function judgeTimes(
  { validFromDate, validToDate }: X509Certificate,
  { validity }: Authority | Certificate,
  now: Date,
): string[] {
  const [early, late] = [now < validFromDate, now > validToDate];
  const [begin, end] = [validFromDate.toISOString(), validToDate.toISOString()];
  if (early !== (validity === "not-yet-valid"))
    return [early ? `not valid before ${begin}` : `valid since ${begin}, and declared not to be yet`];
  if (late !== (validity === "expired"))
    return [late ? `expired ${end}` : `valid until ${end}, and declared to have expired`];
  return [];
}

/**
 * Whether it is revoked exactly where it is declared to be.
 *
 * @param lists of its issuer, by each generation; none where the issuer has none: then `revoked`, what the state says, counts.
 */
export function judgeRevocation(
  pem: string,
  declared: Authority | Certificate,
  lists: readonly ReadRevocationList[],
  revoked: string | undefined,
): string[] {
  const { serialNumber } = new X509Certificate(pem);
  const reasons = lists.length === 0 ? [revoked] : lists.map((list) => list.revoked.get(serialNumber));
  if (declared.revoked !== undefined) return reasons.includes(undefined) ? ["not on its issuer's revocation list"] : [];
  const reason = reasons.find((each) => each !== undefined);
  return reason === undefined ? [] : [`revoked: ${reason}`];
}
