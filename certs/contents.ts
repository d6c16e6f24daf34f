/** What a certificate says, in words, to be compared with what is declared. */
import { alternativeNames, nameOf, profileExtensions, type Template } from "./certificate.ts";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage as UsageOid,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  type Extension,
} from "./library.ts";
import { kindOf } from "./keys.ts";
import { hashOf } from "./signing.ts";
import { readNameConstraints } from "./name-constraints.ts";
import type { AlternativeNames, NameConstraints, NameSubtrees } from "../topology/pki/pki.ts";
import type { KeyKind } from "../topology/pki/spec.ts";

/** By what it is about, such as `basic constraints`: `critical CA:TRUE, path length 0`. */
export type Contents = ReadonlyMap<string, string>;

/** What path validation (RFC 5280, 6) goes by. */
export interface ReadCertificate {
  readonly contents: Contents;
  readonly pathLength: number | undefined;
  readonly names: AlternativeNames;
  readonly nameConstraints: NameConstraints | undefined;
}

/** Reads a certificate, PEM. */
export function readContents(pem: string): ReadCertificate {
  const certificate = new X509Certificate(pem);
  const { extensions } = certificate;
  const basic = certificate.getExtension(BasicConstraintsExtension);
  const constraints = certificate.getExtension(nameConstraints);
  return {
    contents: contentsOf(
      certificate.subject,
      kindOf(certificate.publicKey.toString("pem")),
      signedWith(certificate),
      extensions,
    ),
    pathLength: basic?.pathLength,
    names: alternativeNames(certificate.getExtension(SubjectAlternativeNameExtension) ?? undefined),
    nameConstraints: constraints === null ? undefined : readNameConstraints(constraints),
  };
}

/** The digest, or Ed25519, which has one of its own. */
function signedWith({ signatureAlgorithm }: X509Certificate): string {
  const { name, hash } = signatureAlgorithm as { readonly name: string; readonly hash?: { readonly name: string } };
  return hash?.name ?? name;
}

/** What a certificate that is issued by this template, for such a key and by such a signer's, says. */
export function declaredContents(
  template: Pick<Template, "profile" | "subject" | "digest">,
  key: KeyKind,
  signer: KeyKind,
): Contents {
  const digest = signer === "ed25519" ? "Ed25519" : hashOf(signer, template.digest);
  const extensions = profileExtensions(template, key.startsWith("rsa-"));
  return contentsOf(nameOf(template.subject).toString(), key, digest, extensions);
}

const nameConstraints = "2.5.29.30";

/** Key identifiers are no matter of declaration. */
const identifiers: readonly string[] = ["2.5.29.14", "2.5.29.35"];

function contentsOf(
  subject: string,
  key: KeyKind | undefined,
  digest: string,
  extensions: readonly Extension[],
): Contents {
  const told = extensions.filter(({ type }) => !identifiers.includes(type));
  return new Map([
    ["subject", subject === "" ? "none" : subject],
    ["key", key ?? "of another kind"],
    ["signed with", digest],
    ...told.map((extension): [string, string] => {
      const [about, words] = inWords(extension);
      return [about, `${extension.critical ? "critical " : ""}${words}`];
    }),
  ]);
}

function inWords(extension: Extension): [about: string, words: string] {
  if (extension instanceof BasicConstraintsExtension) {
    const { ca, pathLength } = extension;
    const limit = pathLength === undefined ? "" : `, path length ${pathLength}`;
    return ["basic constraints", `${ca ? "CA:TRUE" : "CA:FALSE"}${limit}`];
  }
  if (extension instanceof KeyUsagesExtension) return ["key usage", flagsOf(extension.usages).join(", ")];
  if (extension instanceof ExtendedKeyUsageExtension)
    return ["extended key usage", extension.usages.map((usage) => usageName(String(usage))).join(", ")];
  if (extension instanceof SubjectAlternativeNameExtension) {
    const { dns, addresses, uris, emails } = alternativeNames(extension);
    return ["names", listed({ names: dns, addresses, uris, emails })];
  }
  if (extension.type === nameConstraints) {
    const { permitted, excluded } = readNameConstraints(extension);
    return ["name constraints", `permitted ${listed(permitted)}; excluded ${listed(excluded)}`];
  }
  return [`extension ${extension.type}`, Buffer.from(extension.value).toString("hex")];
}

function flagsOf(usages: KeyUsageFlags): string[] {
  return Object.entries(KeyUsageFlags).flatMap(([name, flag]) =>
    typeof flag === "number" && (usages & flag) !== 0 ? [name] : [],
  );
}

function usageName(oid: string): string {
  return Object.entries(UsageOid).find(([, each]) => String(each) === oid)?.[0] ?? oid;
}

function listed({ names, addresses, uris, emails }: NameSubtrees): string {
  const all = [
    ...names.map((each) => `DNS:${each}`),
    ...addresses.map((each) => `IP:${each}`),
    ...uris.map((each) => `URI:${each}`),
    ...emails.map((each) => `email:${each}`),
  ];
  return all.length === 0 ? "none" : all.join(" ");
}
