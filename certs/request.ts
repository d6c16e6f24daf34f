/** Certificate requests (PKCS #10, RFC 2986). */
import { AsnConvert } from "@peculiar/asn1-schema";
import { SubjectAlternativeName, type GeneralName } from "@peculiar/asn1-x509";
import {
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "./library.ts";
import type { AlternativeNames, AttributeType, DistinguishedName } from "../topology/pki/pki.ts";
import { generalNames, nameOf } from "./certificate.ts";
import { kindOf } from "./keys.ts";
import { keysOf } from "./signing.ts";

/** What somebody asks a certificate for. */
export interface Request {
  readonly subject: DistinguishedName;
  readonly names: AlternativeNames;
  /** Kinds of names that it asks for besides, by their names in RFC 5280, 4.2.1.6, such as `otherName`; each once. */
  readonly otherKinds: readonly string[];
  /** PEM. */
  readonly publicKey: string;
}

/** A request, PEM, signed by the private key (PEM) that the certificate is to be for. */
export async function request(subject: DistinguishedName, names: AlternativeNames, key: string): Promise<string> {
  const { keys, signingAlgorithm } = await keysOf(key);
  const alternatives = generalNames(names);
  const made = await Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys,
    signingAlgorithm,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...(alternatives.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternatives, subject.length === 0)]),
    ],
  });
  return `${made.toString("pem")}\n`;
}

/**
 * Reads a request, PEM. Usages that it asks for are its issuer's to decide. The signature by a key of a kind that isn't
 * known here isn't verified: nothing is issued for such a key.
 *
 * @throws where it is none, its signature isn't by its own key, or its subject has attributes that aren't known here.
 */
export async function readRequest(pem: string): Promise<Request> {
  const made = new Pkcs10CertificateRequest(pem);
  const publicKey = made.publicKey.toString("pem");
  if (kindOf(publicKey) !== undefined && !(await made.verify()))
    throw new Error("its signature isn't by the key that it is for");
  const extension = made.getExtension("2.5.29.17");
  const subject = made.subjectName.toJSON().flatMap((part) =>
    Object.entries(part).flatMap(([type, values]) =>
      values.map((value) => {
        if (!attributeTypes.has(type))
          throw new Error(`its subject has ${type}, which isn't one of ${[...attributeTypes].join(", ")}`);
        return [type as AttributeType, value] as const;
      }),
    ),
  );
  // Not by the library's own extension, which leaves out names of kinds that it doesn't know.
  const names = extension === null ? [] : [...AsnConvert.parse(extension.value, SubjectAlternativeName)];
  return { subject, ...byKind(names), publicKey };
}

/** By what RFC 5280 calls them. */
const kindsOfNames = {
  dns: "dNSName",
  addresses: "iPAddress",
  uris: "uniformResourceIdentifier",
  emails: "rfc822Name",
} as const satisfies Record<keyof AlternativeNames, keyof GeneralName>;

function byKind(all: readonly GeneralName[]): Pick<Request, "names" | "otherKinds"> {
  const of = (kind: keyof AlternativeNames): string[] => all.flatMap((name) => name[kindsOfNames[kind]] ?? []);
  const known: readonly string[] = Object.values(kindsOfNames);
  const kinds = all.flatMap((name) => Object.entries(name).filter(([, value]) => value !== undefined));
  return {
    names: { dns: of("dns"), addresses: of("addresses"), uris: of("uris"), emails: of("emails") },
    otherKinds: [...new Set(kinds.map(([kind]) => kind))].filter((kind) => !known.includes(kind)),
  };
}

const attributeTypes: ReadonlySet<string> = new Set<AttributeType>(["C", "ST", "L", "O", "OU", "DC", "CN"]);
