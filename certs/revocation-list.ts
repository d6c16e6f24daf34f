/** Revocation lists (RFC 5280, 5). */
import { AsnConvert } from "@peculiar/asn1-schema";
import { CRLNumber, CRLReason, CRLReasons, id_ce_cRLNumber, id_ce_cRLReasons } from "@peculiar/asn1-x509";
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
import { signerOf } from "./signing.ts";

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
  const list = await X509CrlGenerator.create({
    issuer: certificate.subjectName,
    thisUpdate: template.thisUpdate,
    nextUpdate: template.nextUpdate,
    entries: template.revoked.map(({ serialNumber, reason, date }) => ({
      serialNumber,
      revocationDate: date,
      // By hand: the library leaves out the reason 0, and then writes an empty list of extensions, which no entry may have.
      extensions: [new Extension(id_ce_cRLReasons, false, AsnConvert.serialize(new CRLReason(CRLReasons[reason])))],
    })),
    extensions: [
      ...(identifier === undefined ? [] : [new AuthorityKeyIdentifierExtension(identifier, false)]),
      new Extension(id_ce_cRLNumber, false, number),
    ],
    ...(await signerOf(issuer.key, "sha256")),
  });
  // The library's own heading is `BEGIN CRL`, which nobody else reads (RFC 7468, 6).
  return `${list.toString("pem").replaceAll(/(BEGIN|END) CRL/g, "$1 X509 CRL")}\n`;
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
