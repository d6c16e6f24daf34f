/** Certificate requests (PKCS #10, RFC 2986). */
import {
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "./library.ts";
import type { AlternativeNames, AttributeType, DistinguishedName } from "../topology/pki/pki.ts";
import { alternativeNames, generalNames, nameOf } from "./certificate.ts";
import { keysOf } from "./signing.ts";

/** What somebody asks a certificate for. */
export interface Request {
  readonly subject: DistinguishedName;
  readonly names: AlternativeNames;
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
 * Reads a request, PEM. Usages that it asks for are its issuer's to decide.
 *
 * @throws where it is none, its signature isn't by its own key, or its subject has attributes that aren't known here.
 */
export async function readRequest(pem: string): Promise<Request> {
  const made = new Pkcs10CertificateRequest(pem);
  if (!(await made.verify())) throw new Error("its signature isn't by the key that it is for");
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
  return {
    subject,
    names: alternativeNames(extension === null ? undefined : new SubjectAlternativeNameExtension(extension.rawData)),
    publicKey: made.publicKey.toString("pem"),
  };
}

const attributeTypes: ReadonlySet<string> = new Set<AttributeType>(["C", "ST", "L", "O", "OU", "DC", "CN"]);
