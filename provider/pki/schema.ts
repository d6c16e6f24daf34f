/**
 * Resources of a PKI as plain data: type tokens `labwright:pki:<Name>`. They exist in the state alone; nodes get their
 * files out of it. Durations are in seconds, certificates and keys PEM.
 */
import type { AlternativeNames, DistinguishedName, NameConstraints } from "../../topology/pki/pki.ts";
import type { ExtendedKeyUsage, KeyKind, RevocationReason, ValidityMistake } from "../../topology/pki/spec.ts";

/** Who signs. */
export interface IssuerInputs {
  readonly certificate: string;
  /** Secret. */
  readonly key: string;
}

interface IssuedInputs {
  readonly subject: DistinguishedName;
  readonly key: KeyKind;
  readonly lifetime: number;
  /** Before its end, when a new one is issued. */
  readonly renewBefore: number;
  readonly digest: "sha256" | "sha1";
  readonly validity?: ValidityMistake;
}

/** A certification authority with all its generations. */
export interface AuthorityInputs extends IssuedInputs {
  readonly name: string;
  /** Absent: a root. */
  readonly issuer?: IssuerInputs;
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraints;
  readonly notAnAuthority: boolean;
  /** The one that signs; among `generations`. */
  readonly generation: number;
  /** Those that there are, each with a key of its own. */
  readonly generations: readonly number[];
  /** Why the certificate that signs is revoked. */
  readonly revoked?: RevocationReason;
}

export interface AuthorityOutputs extends AuthorityInputs {
  /** By generation. */
  readonly certificates: Readonly<Record<string, string>>;
  /** By generation; secret. */
  readonly privateKeys: Readonly<Record<string, string>>;
  /** That signs, and its key, which is secret. */
  readonly certificate: string;
  readonly privateKey: string;
  /** As of CertificatesOutputs. */
  readonly revocations: readonly RevocationInputs[];
}

/** All certificates that an authority signs, by name. */
export interface CertificatesInputs {
  /** Name of the authority. */
  readonly authority: string;
  readonly issuer: IssuerInputs;
  readonly certificates: Readonly<Record<string, CertificateInputs>>;
}

export interface CertificateInputs extends IssuedInputs {
  readonly names: AlternativeNames;
  readonly usages: readonly ExtendedKeyUsage[];
  readonly selfSigned: boolean;
  /** A change of it issues a new one. */
  readonly generation: number;
  readonly revoked?: RevocationReason;
}

export interface CertificatesOutputs extends CertificatesInputs {
  /** By name. */
  readonly issued: Readonly<Record<string, string>>;
  /** By name; secret. */
  readonly privateKeys: Readonly<Record<string, string>>;
  /** Of all certificates that were ever revoked and haven't expired since. */
  readonly revocations: readonly RevocationInputs[];
}

export interface RevocationInputs {
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly reason: RevocationReason;
  /** ISO 8601. */
  readonly date: string;
  /** When the certificate ends by itself, ISO 8601. */
  readonly notAfter: string;
  /** Distinguished name of who has signed it, as Node writes it. Absent where it has signed itself, and in older states. */
  readonly issuer?: string;
}

/** What an authority has revoked, signed by each of its generations. */
export interface RevocationListInputs {
  /** Name of the authority. */
  readonly authority: string;
  /** By generation. */
  readonly issuers: Readonly<Record<string, IssuerInputs>>;
  readonly revoked: readonly RevocationInputs[];
  readonly lifetime: number;
}

export interface RevocationListOutputs extends RevocationListInputs {
  /** By generation. */
  readonly lists: Readonly<Record<string, string>>;
  /** What the lists have: also of what isn't declared any more, such as an authority. Absent in older states: `revoked`. */
  readonly listed?: readonly RevocationInputs[];
  /** Number of the lists (RFC 5280, 5.2.3). */
  readonly number: number;
  /** When the next ones are due, ISO 8601. */
  readonly nextUpdate: string;
}
