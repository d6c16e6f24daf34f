/** A PKI with every default filled in, as part of a topology. Plain data, JSON-safe. Durations are in seconds. */
import type { CredentialSpec, ExtendedKeyUsage, KeyKind, RevocationReason, ValidityMistake } from "./spec.ts";

export interface Pki {
  /** Each behind its issuer. */
  readonly authorities: readonly Authority[];
  readonly certificates: readonly Certificate[];
}

/** Types of a distinguished name's attributes, by their short names (RFC 4514, 3). */
export type AttributeType = "C" | "ST" | "L" | "O" | "OU" | "DC" | "CN";

/** In the order of the encoding; relative distinguished names of one attribute each. */
export type DistinguishedName = readonly (readonly [type: AttributeType, value: string])[];

interface Issued {
  readonly name: string;
  readonly subject: DistinguishedName;
  readonly key: KeyKind;
  readonly lifetime: number;
  readonly renewBefore: number;
  readonly generation: number;
  /** Absent: not revoked. */
  readonly revoked?: RevocationReason;
  /** Absent: valid. */
  readonly validity?: ValidityMistake;
  readonly digest: "sha256" | "sha1";
}

export interface Authority extends Issued {
  /** Absent: a root. */
  readonly issuer?: string;
  /** Absent: no limit. */
  readonly pathLength?: number;
  /** Absent: none. */
  readonly nameConstraints?: NameConstraints;
  /** All that have a key, the first one first: those that are trusted and the one that signs. */
  readonly generations: readonly number[];
  readonly trusted: readonly number[];
  readonly revocationListLifetime: number;
  readonly notAnAuthority: boolean;
  /** Lets it be below an authority whose path length doesn't allow it. */
  readonly exceedsPathLength: boolean;
}

export interface NameConstraints {
  readonly permitted: NameSubtrees;
  readonly excluded: NameSubtrees;
}

export interface NameSubtrees {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly uris: readonly string[];
  readonly emails: readonly string[];
}

export interface Certificate extends Issued {
  readonly issuer: string;
  readonly names: AlternativeNames;
  readonly usages: readonly ExtendedKeyUsage[];
  readonly selfSigned: boolean;
  /** Lets it have names that an authority above it may not certify. */
  readonly violatesNameConstraints: boolean;
}

/** What the subject alternative name holds, in this order. */
export interface AlternativeNames {
  readonly dns: readonly string[];
  /** Canonical text. */
  readonly addresses: readonly string[];
  readonly uris: readonly string[];
  readonly emails: readonly string[];
}

/** A credential of a node, by its path relative to the node's directory. */
export interface Credential {
  readonly path: string;
  readonly spec: CredentialSpec;
}
