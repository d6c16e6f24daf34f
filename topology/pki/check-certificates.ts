/** Mistakes of certificates. */
import { parseAddress } from "../addressing/address.ts";
import type { Topology } from "../topology.ts";
import type { Report } from "../validation/report.ts";
import { issuersOf } from "./check-authorities.ts";
import {
  certificatePath,
  checkDigest,
  checkGeneration,
  checkIssuer,
  checkSubject,
  checkTimes,
  checkWord,
  checkWords,
} from "./check-issued.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { isDnsName, isMailAddress, isSpiffeId, isUri, violations } from "./names.ts";
import { alternativeNames, certificateLifetime, identityOf, lifetimeOf, nameConstraints } from "./resolve.ts";
import { extendedKeyUsages, profiles, type CertificateSpec, type PkiSpec } from "./spec.ts";

type Known = Pick<Topology, "nodes" | "names">;

export function checkCertificates(pki: PkiSpec, topology: Known, report: Report): void {
  for (const [name, spec] of Object.entries(pki.certificates ?? {})) {
    const path = certificatePath(name);
    checkIssuer(pki, spec.issuer, path, report);
    checkSubject(spec.subject, path, report);
    checkWord(profiles, spec.profile, `${path}.profile`, report);
    checkWords(spec, path, report);
    checkUsages(spec, path, report);
    const signer = spec.mistakes?.selfSigned === true ? spec : pki.authorities[spec.issuer];
    if (signer !== undefined) checkDigest(spec, signer, path, report);
    checkGeneration(spec.generation, `${path}.generation`, report);
    if (Object.hasOwn(pki.authorities, spec.issuer)) {
      const issuer = { name: spec.issuer, lifetime: lifetimeOf(pki, spec.issuer) };
      checkTimes(spec, certificateLifetime(spec, issuer.lifetime), issuer, path, report);
    }
    const nodes = topology.nodes.map((each) => each.name);
    if (spec.node !== undefined && !nodes.includes(spec.node))
      report.unknownReference(`${path}.node`, spec.node, "a node", nodes);
    checkForms(spec, path, report);
    if (spec.node === undefined || nodes.includes(spec.node)) checkNeeds(name, spec, topology, path, report);
    checkConstraints(pki, name, spec, topology, path, report);
  }
  checkMongodb(pki, report);
}

function checkUsages({ mistakes = {} }: CertificateSpec, path: string, report: Report): void {
  const { usages = [] } = mistakes;
  for (const [index, usage] of usages.entries()) {
    const at = `${path}.mistakes.usages[${index}]`;
    checkWord(extendedKeyUsages, usage, at, report);
    if (usages.indexOf(usage) < index)
      report.add("duplicate-usage", at, usage, "each usage once", "Leave it out here.");
  }
}

function checkForms(spec: CertificateSpec, path: string, report: Report): void {
  const each = (
    list: "names" | "addresses" | "uris" | "emails",
    code: string,
    isGood: (text: string) => boolean,
    expected: string,
    hint: (text: string) => string,
  ): void => {
    const values = spec[list] ?? [];
    for (const [index, value] of values.entries()) {
      const at = `${path}.${list}[${index}]`;
      if (!isGood(value)) report.add(code, at, value, expected, hint(value));
      else if (values.indexOf(value) < index)
        report.add("duplicate-alternative-name", at, value, "each name once", "Leave it out here.");
    }
  };
  each("names", "bad-dns-name", isDnsName, "a DNS name; a wildcard is its whole first label", (text) =>
    parseAddress(text) === undefined ? "Such as server.local." : "An address goes into `addresses`.",
  );
  each(
    "addresses",
    "bad-ip-name",
    (text) => parseAddress(text) !== undefined,
    "an IP address without length",
    (text) => (isDnsName(text) ? "A DNS name goes into `names`." : "Such as 192.0.2.1 or 2001:db8::1."),
  );
  each("uris", "bad-uri", isUri, "an absolute URI with a host", () => "Such as spiffe://lab.example/web.");
  each("emails", "bad-mail-address", isMailAddress, "a mail address", () => "Such as someone@lab.example.");
}

/** What a profile must have; one that isn't known needs what all do. */
function checkNeeds(name: string, spec: CertificateSpec, topology: Known, path: string, report: Report): void {
  const { profile, mistakes = {} } = spec;
  const names = alternativeNames(spec, topology);
  const [id] = names.uris;
  if (profile === "spiffe" && (names.uris.length !== 1 || id === undefined || !isSpiffeId(id)))
    report.add(
      "bad-spiffe-id",
      `${path}.uris`,
      spec.uris,
      "one URI, spiffe://TRUST-DOMAIN/PATH (X509-SVID, 2)",
      `Such as spiffe://lab.example/${name}.`,
    );
  else if (isNameless(name, spec, topology))
    report.add(
      "empty-subject-and-names",
      path,
      undefined,
      "a subject or a subject alternative name (RFC 5280, 4.1.2.6)",
      mistakes.withoutAlternativeNames === true
        ? "Give it a subject: mistakes.withoutAlternativeNames leaves it no other name."
        : "Give it a subject, or names, addresses, uris, emails or a node.",
    );
  const serves = profile === "server" || profile === "peer" || profile === "mongodb-member";
  if (serves && names.dns.length + names.addresses.length === 0 && mistakes.withoutAlternativeNames !== true)
    report.add(
      "server-without-name",
      path,
      undefined,
      "a DNS name or an address by which clients know it",
      "Give it a node, names or addresses: nobody looks at the common name any more (RFC 9525).",
    );
}

/** That its certificate would have neither a subject nor alternative names. */
function isNameless(name: string, spec: CertificateSpec, topology: Known): boolean {
  const { subject, names } = identityOf(name, spec, topology);
  return subject.length === 0 && Object.values(names).every((list) => list.length === 0);
}

function checkConstraints(
  pki: PkiSpec,
  name: string,
  spec: CertificateSpec,
  topology: Known,
  path: string,
  report: Report,
): void {
  if (spec.mistakes?.violatesNameConstraints === true) return;
  const { subject, names } = identityOf(name, spec, topology);
  const commonNames = subject.flatMap(([type, value]) => (type === "CN" ? [value] : []));
  for (const authority of [spec.issuer, ...issuersOf(pki, spec.issuer)]) {
    const constraints = pki.authorities[authority]?.nameConstraints;
    if (constraints === undefined) continue;
    for (const violation of violations(names, nameConstraints(constraints), commonNames))
      report.add(
        "violates-name-constraints",
        path,
        violation,
        `names that ${authority} may certify`,
        `Leave it out, or change the name constraints of ${authority}.`,
      );
  }
}

/** MongoDB takes a client whose O, OU and DC are those of a member for a member, with all rights. */
function checkMongodb({ certificates = {} }: PkiSpec, report: Report): void {
  const unit = ({ subject = {} }: CertificateSpec): string =>
    distinguishedName(subject)
      .filter(([type]) => ["O", "OU", "DC"].includes(type))
      .map((attribute) => attribute.join("="))
      .sort()
      .join(",");
  const all = Object.entries(certificates).map(([name, spec]) => ({ name, profile: spec.profile, unit: unit(spec) }));
  const members = all.filter(({ profile }) => profile === "mongodb-member");
  const first = members.find((member) => member.unit !== "");
  for (const { name, profile, unit: own } of all) {
    const path = `${certificatePath(name)}.subject`;
    const like = members.find((member) => member.unit === own);
    if (profile === "mongodb-member" && own === "")
      report.add(
        "member-without-organization",
        path,
        undefined,
        "an organization, an organizational unit or domain components, the same for all members",
        "MongoDB knows its members by them.",
      );
    else if (profile === "mongodb-member" && first !== undefined && own !== first.unit)
      report.add(
        "members-differ",
        path,
        own,
        `${first.unit}, as the member ${first.name} has`,
        "MongoDB takes those with another O, OU or DC for clients; make them the same for all members.",
      );
    else if (profile === "mongodb-client" && like !== undefined)
      report.add(
        "client-like-member",
        path,
        own,
        `other O, OU or DC than those of the member ${like.name}`,
        "MongoDB would give it the rights of a member; change one of the two.",
      );
  }
}
