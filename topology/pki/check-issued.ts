/** What authorities and certificates have in common: names, issuers, subjects, words, times, generations. */
import { oneOf } from "../validation/form.ts";
import { member, type Report } from "../validation/report.ts";
import { badAttributes, distinguishedName } from "./distinguished-name.ts";
import { formatDuration, longestDuration, parseDuration } from "./duration.ts";
import {
  keyKinds,
  revocationReasons,
  validityMistakes,
  type AuthoritySpec,
  type CertificateSpec,
  type PkiSpec,
  type SubjectSpec,
} from "./spec.ts";

const namePattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const nameRule = "1 to 63 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";

export function authorityPath(name: string): string {
  return member("pki.authorities", name);
}

export function certificatePath(name: string): string {
  return member("pki.certificates", name);
}

export function checkPkiNames({ authorities, certificates = {} }: PkiSpec, report: Report): void {
  const named = [...Object.keys(authorities).map(authorityPath), ...Object.keys(certificates).map(certificatePath)];
  for (const [index, name] of [...Object.keys(authorities), ...Object.keys(certificates)].entries()) {
    const path = named[index] ?? "";
    if (!namePattern.test(name)) report.add("bad-name", path, name, nameRule, "Choose another name.");
  }
  for (const name of Object.keys(certificates))
    if (Object.hasOwn(authorities, name))
      report.add(
        "duplicate-pki-name",
        certificatePath(name),
        name,
        "a name that no authority has",
        `${authorityPath(name)} has it already; change one of them.`,
      );
}

/** That the issuer is an authority. */
export function checkIssuer(pki: PkiSpec, issuer: string, path: string, report: Report): void {
  if (Object.hasOwn(pki.authorities, issuer)) return;
  if (Object.hasOwn(pki.certificates ?? {}, issuer))
    report.add(
      "issuer-not-an-authority",
      `${path}.issuer`,
      issuer,
      "an authority",
      "A certificate of this kind signs nobody's; declare the issuer in pki.authorities.",
    );
  else report.unknownReference(`${path}.issuer`, issuer, "an authority", Object.keys(pki.authorities));
}

/** Lifetime inside the issuer's, renewal inside the lifetime. `issuer`: seconds; absent for a root. */
export function checkTimes(
  spec: AuthoritySpec | CertificateSpec,
  lifetime: number,
  issuer: { readonly name: string; readonly lifetime: number } | undefined,
  path: string,
  report: Report,
): void {
  checkDuration(spec.lifetime, `${path}.lifetime`, report);
  checkDuration(spec.renewBefore, `${path}.renewBefore`, report);
  if (issuer !== undefined && lifetime > issuer.lifetime)
    report.add(
      "outlives-issuer",
      `${path}.lifetime`,
      spec.lifetime,
      `at most the lifetime of its issuer ${issuer.name}`,
      `Shorten it, or give ${issuer.name} a longer one.`,
    );
  const before = spec.renewBefore === undefined ? undefined : parseDuration(spec.renewBefore);
  if (before !== undefined && before >= lifetime)
    report.add(
      "renewal-too-early",
      `${path}.renewBefore`,
      spec.renewBefore,
      "less than its lifetime",
      "It would be renewed at every `up`; make it shorter.",
    );
}

export function checkDuration(text: string | undefined, path: string, report: Report): void {
  if (text === undefined) return;
  const seconds = parseDuration(text);
  if (seconds === undefined)
    report.add("bad-duration", path, text, "a whole number and s, m, h or d", "Such as 90d, 12h, 30m or 45s.");
  else if (seconds > longestDuration)
    report.add(
      "duration-too-long",
      path,
      text,
      `at most ${formatDuration(longestDuration)}, a hundred years`,
      "Shorten it: a certificate can't say a time after the year 9999 (RFC 5280, 4.1.2.5).",
    );
}

export function checkGeneration(generation: number | undefined, path: string, report: Report): void {
  if (generation === undefined || (Number.isInteger(generation) && generation >= 1 && generation <= 9999)) return;
  report.add("bad-generation", path, generation, "a whole number from 1 to 9999", "The first generation is 1.");
}

export function checkSubject(subject: SubjectSpec | undefined, path: string, report: Report): void {
  for (const { found, expected } of badAttributes(distinguishedName(subject ?? {})))
    report.add("bad-subject", `${path}.subject`, found, expected, "Correct this attribute.");
}

/** Words of which there are only some. */
export function checkWords(
  { key, revoked, mistakes }: AuthoritySpec | CertificateSpec,
  path: string,
  report: Report,
): void {
  checkWord(keyKinds, key, `${path}.key`, report);
  checkWord(revocationReasons, revoked, `${path}.revoked`, report);
  checkWord(validityMistakes, mistakes?.validity, `${path}.mistakes.validity`, report);
  checkWord(["sha1"], mistakes?.digest, `${path}.mistakes.digest`, report);
}

/** That a digest can be chosen. `signer`: whose key signs. */
export function checkDigest(
  { mistakes }: AuthoritySpec | CertificateSpec,
  { key }: AuthoritySpec | CertificateSpec,
  path: string,
  report: Report,
): void {
  if (mistakes?.digest === undefined || key !== "ed25519") return;
  report.add(
    "digest-without-effect",
    `${path}.mistakes.digest`,
    mistakes.digest,
    "none where a key of kind ed25519 signs",
    "Its digest is always SHA-512 (RFC 8032, 5.1). Have a key of another kind sign, or take the mistake away.",
  );
}

export function checkWord(known: readonly string[], word: string | undefined, path: string, report: Report): void {
  if (word !== undefined) oneOf(...known)(word, path, report);
}
