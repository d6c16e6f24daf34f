/** Mistakes of certification authorities. */
import type { Report } from "../validation/report.ts";
import {
  authorityPath,
  checkDigest,
  checkDuration,
  checkGeneration,
  checkIssuer,
  checkSubject,
  checkTimes,
  checkWords,
} from "./check-issued.ts";
import { badAttributes, distinguishedName, generationName } from "./distinguished-name.ts";
import { isSubtree } from "./names.ts";
import { lifetimeOf } from "./resolve.ts";
import type { AuthoritySpec, NameConstraintsSpec, NameSubtreesSpec, PkiSpec } from "./spec.ts";

export function checkAuthorities(pki: PkiSpec, report: Report): void {
  const inCycle = new Set<string>();
  for (const name of Object.keys(pki.authorities)) {
    const above = issuersOf(pki, name);
    if (above.at(-1) !== name || inCycle.has(name)) continue;
    for (const each of above) inCycle.add(each);
    report.add(
      "issuer-cycle",
      `${authorityPath(name)}.issuer`,
      [name, ...above].join(" <- "),
      "issuers that end at a root",
      "A root has no issuer: take it away from one of them.",
    );
  }
  for (const [name, spec] of Object.entries(pki.authorities)) {
    const path = authorityPath(name);
    const issuer = spec.issuer === undefined ? undefined : pki.authorities[spec.issuer];
    if (spec.issuer !== undefined) checkIssuer(pki, spec.issuer, path, report);
    checkSubject(spec.subject, path, report);
    checkWords(spec, path, report);
    const signer = spec.issuer === undefined ? spec : issuer;
    if (signer !== undefined) checkDigest(spec, signer, path, report);
    if (spec.subject !== undefined && distinguishedName(spec.subject).length === 0)
      report.add(
        "empty-subject",
        `${path}.subject`,
        undefined,
        "a name: certificates tell their issuer by it",
        "Give it a commonName, or leave subject out.",
      );
    const above =
      issuer === undefined || spec.issuer === undefined || inCycle.has(name)
        ? undefined
        : { name: spec.issuer, lifetime: lifetimeOf(pki, spec.issuer) };
    if (!inCycle.has(name)) checkTimes(spec, lifetimeOf(pki, name), above, path, report);
    checkDuration(spec.revocationListLifetime, `${path}.revocationListLifetime`, report);
    checkGenerations(spec, path, report);
    checkGenerationName(name, spec, path, report);
    if (!inCycle.has(name)) checkPathLength(pki, name, spec, path, report);
    if (spec.nameConstraints !== undefined)
      checkNameConstraints(spec.nameConstraints, `${path}.nameConstraints`, report);
    if (spec.revoked !== undefined && spec.issuer === undefined)
      report.add(
        "revoked-root",
        `${path}.revoked`,
        spec.revoked,
        "nothing: nobody is above a root who could revoke it",
        "Take it out of the bundles of those who trust it instead.",
      );
  }
}

/** Names of those above an authority, the nearest first; ends with the authority itself where they go round. */
export function issuersOf(pki: PkiSpec, name: string): string[] {
  const found: string[] = [];
  for (let issuer = pki.authorities[name]?.issuer; issuer !== undefined; issuer = pki.authorities[issuer]?.issuer) {
    if (found.includes(issuer) || !Object.hasOwn(pki.authorities, issuer)) break;
    found.push(issuer);
  }
  return found;
}

function checkGenerations({ generation = 1, trusted }: AuthoritySpec, path: string, report: Report): void {
  checkGeneration(generation, `${path}.generation`, report);
  for (const [index, each] of (trusted ?? []).entries()) checkGeneration(each, `${path}.trusted[${index}]`, report);
  if (trusted?.length === 0)
    report.add("no-trusted-generation", `${path}.trusted`, undefined, "one generation at least", "Or leave it out.");
  else if (generation >= 1 && trusted?.includes(generation) === false)
    report.add(
      "signer-not-trusted",
      `${path}.trusted`,
      trusted,
      `generation ${generation} too, which signs`,
      "Nobody who has its bundle would accept what it signs.",
    );
}

/** That its name has room for what the highest generation, whose number is the longest, adds to it. */
function checkGenerationName(name: string, spec: AuthoritySpec, path: string, report: Report): void {
  const { generation = 1, trusted = [], subject = { commonName: name } } = spec;
  const highest = Math.max(generation, ...trusted);
  const declared = distinguishedName(subject);
  const [bad] = badAttributes(generationName(declared, highest).slice(-1));
  if (bad === undefined || badAttributes(declared.slice(-1)).length > 0) return;
  report.add(
    "no-room-for-generation",
    `${path}.subject`,
    bad.found,
    `at most 64 characters with the G${highest} of its highest generation`,
    spec.subject === undefined
      ? "Give it a subject with a shorter commonName than its own name."
      : "Shorten its commonName.",
  );
}

function checkPathLength(pki: PkiSpec, name: string, spec: AuthoritySpec, path: string, report: Report): void {
  const { pathLength } = spec;
  if (pathLength !== undefined && !(Number.isInteger(pathLength) && pathLength >= 0 && pathLength <= 255))
    report.add("bad-path-length", `${path}.pathLength`, pathLength, "a whole number from 0 to 255", "Correct it.");
  if (spec.mistakes?.exceedsPathLength === true) return;
  for (const [index, above] of issuersOf(pki, name).entries()) {
    const limit = pki.authorities[above]?.pathLength;
    if (limit === undefined || limit < 0 || index < limit) continue;
    report.add(
      "path-length-exceeded",
      `${path}.issuer`,
      spec.issuer,
      `at most ${limit} ${limit === 1 ? "authority" : "authorities"} below ${above} in a chain, as its pathLength says`,
      `Raise ${authorityPath(above)}.pathLength, or put ${name} elsewhere.`,
    );
  }
}

function checkNameConstraints(constraints: NameConstraintsSpec, path: string, report: Report): void {
  const { permitted = {}, excluded = {} } = constraints;
  if (![permitted, excluded].some((side) => Object.values(side).some((list) => list.length > 0)))
    report.add(
      "empty-name-constraints",
      path,
      undefined,
      "a name that is permitted or excluded (RFC 5280, 4.2.1.10)",
      "Or leave it out: then anything may be certified.",
    );
  for (const side of ["permitted", "excluded"] as const)
    for (const kind of ["names", "addresses", "uris", "emails"] as const)
      for (const [index, value] of ((constraints[side] ?? {}) as NameSubtreesSpec)[kind]?.entries() ?? []) {
        if (isSubtree(kind, value)) continue;
        report.add(
          "bad-name-constraint",
          `${path}.${side}.${kind}[${index}]`,
          value,
          subtreeRules[kind],
          "Correct it.",
        );
      }
}

const subtreeRules = {
  names: "a domain without wildcard, such as lab.example",
  addresses: "a prefix without host bits, such as 10.0.0.0/8",
  uris: "a host, or with a dot in front all hosts below a domain, such as .lab.example",
  emails: "a host, or with a dot in front all hosts below a domain, such as .lab.example",
} as const;
