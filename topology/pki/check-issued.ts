/** What authorities and certificates have in common: names, issuers, subjects, times, generations. */
import { member, type Report } from "../validation/report.ts";
import { parseDuration } from "./duration.ts";
import type { DistinguishedName } from "./pki.ts";
import { distinguishedName } from "./resolve.ts";
import type { AuthoritySpec, CertificateSpec, PkiSpec, SubjectSpec } from "./spec.ts";

const namePattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const nameRule = "1 to 63 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";

/** Upper bounds of RFC 5280, appendix A.1; of a domain component, a DNS label's. */
const longest = { C: 2, ST: 128, L: 128, O: 64, OU: 64, CN: 64, DC: 63 } as const;

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
  if (text === undefined || parseDuration(text) !== undefined) return;
  report.add("bad-duration", path, text, "a whole number and s, m, h or d", "Such as 90d, 12h, 30m or 45s.");
}

export function checkGeneration(generation: number | undefined, path: string, report: Report): void {
  if (generation === undefined || (Number.isInteger(generation) && generation >= 1 && generation <= 9999)) return;
  report.add("bad-generation", path, generation, "a whole number from 1 to 9999", "The first generation is 1.");
}

export function checkSubject(subject: SubjectSpec | undefined, path: string, report: Report): void {
  const name: DistinguishedName = subject === undefined ? [] : distinguishedName(subject);
  for (const [type, value] of name) {
    const fits = value !== "" && value.length <= longest[type] && !/\p{Cc}/u.test(value) && value === value.trim();
    const letters = type === "C" ? /^[A-Z]{2}$/.test(value) : type !== "DC" || /^[A-Za-z0-9-]+$/.test(value);
    if (fits && letters) continue;
    const expected =
      type === "C"
        ? "two capital letters"
        : `1 to ${longest[type]} characters without control characters, and no blanks around them`;
    report.add("bad-subject", `${path}.subject`, `${type}=${value}`, expected, "Correct this attribute.");
  }
}
