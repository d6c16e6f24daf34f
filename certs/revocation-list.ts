/** Revocation lists (RFC 5280, 5). */
import { sign } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { CertificateList, CRLNumber, CRLReasons, id_ce_cRLNumber } from "@peculiar/asn1-x509";
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509Crl,
  X509CrlGenerator,
} from "./library.ts";
import type { RevocationReason } from "../topology/pki/spec.ts";
import type { Issuer } from "./certificate.ts";
import { kindOf } from "./keys.ts";
import { signerOf, type Signer } from "./signing.ts";

export interface Revocation {
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly reason: RevocationReason;
  readonly date: Date;
}

export interface RevocationListTemplate {
  /** Greater than that of the list before. */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
}

/** As PEM. */
export async function revocationList(template: RevocationListTemplate, issuer: Issuer): Promise<string> {
  const certificate = new X509Certificate(issuer.certificate);
  const identifier = certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  const number = AsnConvert.serialize(new CRLNumber(template.number));
  const signer = await signerOf(issuer.key, "sha256");
  const list = await X509CrlGenerator.create({
    issuer: certificate.subjectName,
    thisUpdate: template.thisUpdate,
    nextUpdate: template.nextUpdate,
    entries: template.revoked.map(({ serialNumber, reason, date }) => ({
      serialNumber,
      revocationDate: date,
      ...(reason === "unspecified" ? {} : { reason: CRLReasons[reason] as number }),
    })),
    extensions: [
      ...(identifier === undefined ? [] : [new AuthorityKeyIdentifierExtension(identifier, false)]),
      new Extension(id_ce_cRLNumber, false, number),
    ],
    ...signer,
  });
  const signed = new X509Crl(withoutEmptyExtensions(list.rawData, issuer.key, signer));
  // The library's own heading is `BEGIN CRL`, which nobody else reads (RFC 7468, 6).
  return `${signed.toString("pem").replaceAll(/(BEGIN|END) CRL/g, "$1 X509 CRL")}\n`;
}

/**
 * An entry without a reason has no extensions (RFC 5280, 5.3.1). The library writes them as an empty list, which there may
 * not be (4.1), and reads that as none: so the list as it is read is signed again, where it isn't the same.
 */
function withoutEmptyExtensions(list: ArrayBuffer, key: string, { signingAlgorithm }: Signer): ArrayBuffer {
  const { tbsCertList, tbsCertListRaw, signatureAlgorithm } = AsnConvert.parse(list, CertificateList);
  const toSign = Buffer.from(AsnConvert.serialize(tbsCertList));
  if (toSign.length === tbsCertListRaw?.byteLength) return list;
  const hash = kindOf(key) === "ed25519" ? null : (signingAlgorithm.hash as string);
  const signature = new Uint8Array(sign(hash, toSign, key)).buffer;
  return AsnConvert.serialize(new CertificateList({ tbsCertList, signatureAlgorithm, signature }));
}

/** What a list says. */
export interface ReadRevocationList {
  /** Distinguished name. */
  readonly issuer: string;
  readonly nextUpdate: Date;
  /** By serial number, upper-case hexadecimal. */
  readonly revoked: ReadonlyMap<string, RevocationReason>;
  /** Whether the owner of this certificate (PEM) has signed it. */
  isBy(certificate: string): Promise<boolean>;
}

/** Reads a list, PEM. @throws where it is none, or doesn't say when the next one is due. */
export function readRevocationList(pem: string): ReadRevocationList {
  const list = new X509Crl(pem);
  const { nextUpdate, issuer } = list;
  if (nextUpdate === undefined) throw new Error("a revocation list without nextUpdate");
  return {
    issuer,
    nextUpdate,
    revoked: new Map(
      list.entries.map(({ serialNumber, reason = CRLReasons.unspecified }) => [
        serialNumber.toUpperCase(),
        CRLReasons[reason] as RevocationReason,
      ]),
    ),
    async isBy(certificate) {
      const { subject, publicKey } = new X509Certificate(certificate);
      return issuer === subject && (await list.verify({ publicKey }));
    },
  };
}
