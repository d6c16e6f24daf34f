/** Certificates (RFC 5280) out of plain data. */
import { createHash, randomBytes } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import type { Extension } from "./library.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  ExtendedKeyUsage as UsageOid,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonGeneralName,
} from "./library.ts";
import type { AlternativeNames, DistinguishedName, NameConstraints } from "../topology/pki/pki.ts";
import type { ExtendedKeyUsage } from "../topology/pki/spec.ts";
import { kindOf, publicKeyOf } from "./keys.ts";
import { nameConstraintsExtension } from "./name-constraints.ts";
import { signerOf } from "./signing.ts";

/** What a certificate is to say. */
export interface Template {
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly digest: "sha256" | "sha1";
  readonly profile: AuthorityProfile | EndProfile;
}

/** Of a certification authority. */
export interface AuthorityProfile {
  readonly kind: "authority";
  /** Default: no limit. */
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraints;
}

/** Of one that certifies nobody. */
export interface EndProfile {
  readonly kind: "end";
  readonly names: AlternativeNames;
  /** None: no extension, for any use. */
  readonly usages: readonly ExtendedKeyUsage[];
}

export interface Issuer {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/**
 * A certificate for the owner of a private key, PEM; with an issuer the public key is enough. Without one it is signed by that key itself. Its serial number
 * is random, positive and of 16 bytes; its key identifiers are SHA-1 of the public keys (RFC 5280, 4.2.1.2).
 */
export async function issue(template: Template, key: string, issuer?: Issuer): Promise<string> {
  const publicKey = publicKeyOf(key);
  const above = issuer === undefined ? undefined : new X509Certificate(issuer.certificate);
  const identifier = keyIdentifier(publicKey);
  const subject = nameOf(template.subject);
  const isRsa = kindOf(key)?.startsWith("rsa-") === true;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: above?.subjectName ?? subject,
    notBefore: template.notBefore,
    notAfter: template.notAfter,
    publicKey: new Uint8Array(publicKey),
    extensions: [
      ...profileExtensions(template, isRsa),
      new SubjectKeyIdentifierExtension(identifier),
      new AuthorityKeyIdentifierExtension(
        above?.getExtension(SubjectKeyIdentifierExtension)?.keyId ?? identifier,
        false,
      ),
    ],
    ...(await signerOf(issuer?.key ?? key, template.digest)),
  });
  return `${certificate.toString("pem")}\n`;
}

/** Extensions that make a certificate what its profile says: all but the key identifiers. */
export function profileExtensions(
  { profile, subject }: Pick<Template, "profile" | "subject">,
  isRsa: boolean,
): Extension[] {
  switch (profile.kind) {
    case "authority":
      return [
        new BasicConstraintsExtension(true, profile.pathLength, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        ...(profile.nameConstraints === undefined ? [] : [nameConstraintsExtension(profile.nameConstraints)]),
      ];
    case "end": {
      const names = generalNames(profile.names);
      return [
        new BasicConstraintsExtension(false, undefined, true),
        // The key exchange of TLS 1.2 without forward secrecy encrypts with an RSA key.
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | (isRsa ? KeyUsageFlags.keyEncipherment : 0), true),
        ...(profile.usages.length === 0
          ? []
          : [new ExtendedKeyUsageExtension(profile.usages.map((usage) => UsageOid[usageNames[usage]]))]),
        // Critical where there is no subject (RFC 5280, 4.2.1.6).
        ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names, subject.length === 0)]),
      ];
    }
  }
}

const usageNames = {
  serverAuth: "serverAuth",
  clientAuth: "clientAuth",
  codeSigning: "codeSigning",
  emailProtection: "emailProtection",
  timeStamping: "timeStamping",
  ocspSigning: "ocspSigning",
} as const satisfies Readonly<Record<ExtendedKeyUsage, keyof typeof UsageOid>>;

export function generalNames({ dns, addresses, uris, emails }: AlternativeNames): JsonGeneralName[] {
  return [
    ...dns.map((value): JsonGeneralName => ({ type: "dns", value })),
    ...addresses.map((value): JsonGeneralName => ({ type: "ip", value })),
    ...uris.map((value): JsonGeneralName => ({ type: "url", value })),
    ...emails.map((value): JsonGeneralName => ({ type: "email", value })),
  ];
}

/** What a subject alternative name holds. */
export function alternativeNames(extension: SubjectAlternativeNameExtension | undefined): AlternativeNames {
  const all = extension?.names.items ?? [];
  const of = (type: string): string[] => all.filter((each) => each.type === type).map(({ value }) => value);
  return { dns: of("dns"), addresses: of("ip"), uris: of("url"), emails: of("email") };
}

export function nameOf(name: DistinguishedName): Name {
  return new Name(name.map(([type, value]) => ({ [type]: [value] })));
}

/** Of a certificate, PEM. */
export function commonNames(pem: string): string[] {
  return new X509Certificate(pem).subjectName.getField("CN");
}

/** Hexadecimal; the first bit is clear, as it is the sign of an INTEGER, and the first byte isn't zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

/** SHA-1 of the bits of the public key, hexadecimal. */
function keyIdentifier(publicKey: Buffer): string {
  const { subjectPublicKey } = AsnConvert.parse(publicKey, SubjectPublicKeyInfo);
  return createHash("sha1").update(Buffer.from(subjectPublicKey)).digest("hex");
}
