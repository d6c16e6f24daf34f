/** A lab's public key infrastructure (X.509, RFC 5280): what an author writes. Plain data. */

export interface PkiSpec {
  /** By name (as for nodes). */
  readonly authorities: Readonly<Record<string, AuthoritySpec>>;
  /** By name (as for nodes); no authority and certificate have the same. */
  readonly certificates?: Readonly<Record<string, CertificateSpec>>;
}

/** Kinds of keys. The first is small, fast, and taken by all; RSA is for what insists on it. */
export const keyKinds = ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048", "rsa-3072", "rsa-4096"] as const;

export type KeyKind = (typeof keyKinds)[number];

/** A whole number and a unit: `90d`, `12h`, `30m`, `45s`. A year is `365d`; the longest is a hundred of them, `36500d`. */
export type Duration = string;

/** A distinguished name, in the order in which it is written. Several organizational units or domain components: lists. */
export interface SubjectSpec {
  /** Two letters (ISO 3166-1). */
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string | readonly string[];
  /** Such as `["lab", "example"]` (RFC 4519). */
  readonly domainComponents?: readonly string[];
  readonly commonName?: string;
}

/** A certification authority. */
export interface AuthoritySpec {
  /** Name of the authority that signs it. Default: none, it is a root and signs itself. */
  readonly issuer?: string;
  /**
   * Default: its own name as the common name. From the second generation on the common name ends in `G2` and so on, and
   * has room for that in its 64 characters.
   */
  readonly subject?: SubjectSpec;
  /** Default ecdsa-p256. */
  readonly key?: KeyKind;
  /** How many authorities may follow below it in a chain, 0 or more. Default: no limit but its issuer's. */
  readonly pathLength?: number;
  /** What may be certified below it (RFC 5280, 4.2.1.10). Default: anything. */
  readonly nameConstraints?: NameConstraintsSpec;
  /** Default 3650d for a root, 1825d for others, but not longer than its issuer's. */
  readonly lifetime?: Duration;
  /** How long before its end it is renewed, with the key that it has. Default a third of its lifetime. */
  readonly renewBefore?: Duration;
  /** The generation that signs: each has a key of its own. 1 or more. Default 1. */
  readonly generation?: number;
  /**
   * Generations that `bundle` credentials hold, so that those who trust it accept what any of them has signed; the one
   * that signs is always among them. Default: that alone. Each has a revocation list too, where nodes have them.
   * An authority is rotated in three steps: `trusted: [1, 2]`; then `generation: 2` as well; then `generation: 2` alone.
   */
  readonly trusted?: readonly number[];
  /** Why its certificate is revoked by its issuer. Default: it isn't. */
  readonly revoked?: RevocationReason;
  /** How long a revocation list of it is valid. Default 90d. */
  readonly revocationListLifetime?: Duration;
  readonly mistakes?: AuthorityMistakesSpec;
}

/**
 * Of each kind of name: DNS names with all below them, addresses as CIDR, hosts of URIs, and mail domains; one at least.
 * A common name that looks like a DNS name counts as one where there is no other, as OpenSSL has it.
 */
export interface NameConstraintsSpec {
  readonly permitted?: NameSubtreesSpec;
  readonly excluded?: NameSubtreesSpec;
}

export interface NameSubtreesSpec {
  /** A domain stands for itself and all below it: `lab.example`. */
  readonly names?: readonly string[];
  /** CIDR. */
  readonly addresses?: readonly string[];
  /** Host or, with a dot in front, all below a domain: `.lab.example`. */
  readonly uris?: readonly string[];
  /** Host of mail addresses, as for `uris`. */
  readonly emails?: readonly string[];
}

/**
 * What a certificate is for. server: of a TLS server. client: of a TLS client. peer: both. spiffe: an X.509-SVID, both,
 * with one URI `spiffe://TRUST-DOMAIN/PATH` as its identity. mongodb-member, mongodb-client: a peer and a client, whose
 * subjects must differ in O, OU or DC, as MongoDB takes a client with those of a member for one.
 */
export const profiles = ["server", "client", "peer", "spiffe", "mongodb-member", "mongodb-client"] as const;

export type Profile = (typeof profiles)[number];

export interface CertificateSpec {
  /** Name of an authority. */
  readonly issuer: string;
  readonly profile: Profile;
  /** Node whose host names and addresses are in the subject alternative name, besides what is listed here. */
  readonly node?: string;
  /** DNS names, such as `server.local` or `*.lab.example`. */
  readonly names?: readonly string[];
  /** IP addresses without length. */
  readonly addresses?: readonly string[];
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  /** Default: as the common name the first DNS name, or else the certificate's own name; none for spiffe. */
  readonly subject?: SubjectSpec;
  /** Default ecdsa-p256. */
  readonly key?: KeyKind;
  /** Default 90d, but not longer than its issuer's. It ends with its issuer at the latest. */
  readonly lifetime?: Duration;
  /** How long before its end it is renewed, with a new key. Default a third of its lifetime. */
  readonly renewBefore?: Duration;
  /** A higher one makes a new key and certificate. 1 or more. Default 1. */
  readonly generation?: number;
  /** Why it is revoked. Default: it isn't. */
  readonly revoked?: RevocationReason;
  readonly mistakes?: CertificateMistakesSpec;
}

/** RFC 5280, 5.3.1. */
export const revocationReasons = [
  "unspecified",
  "keyCompromise",
  "cACompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
  "certificateHold",
  "privilegeWithdrawn",
  "aACompromise",
] as const;

export type RevocationReason = (typeof revocationReasons)[number];

/** Mistakes on purpose, for exercises; validation lets them pass, as it refuses them otherwise. */
export interface AuthorityMistakesSpec {
  /** It is below an authority whose path length doesn't allow it. */
  readonly exceedsPathLength?: boolean;
  /** Its certificate isn't that of an authority (basic constraints CA:FALSE). */
  readonly notAnAuthority?: boolean;
  /** As of a certificate, both. */
  readonly validity?: ValidityMistake;
  readonly digest?: "sha1";
}

/** expired: it ended an hour ago. not-yet-valid: it begins in a day. */
export const validityMistakes = ["expired", "not-yet-valid"] as const;

export type ValidityMistake = (typeof validityMistakes)[number];

/**
 * Mistakes on purpose. A wrong name, usage or issuer needs none of them: declare another `names`, `profile` or `issuer`.
 * A wrong order, a missing intermediate or another's key are mistakes of `credentials`.
 */
export interface CertificateMistakesSpec {
  readonly validity?: ValidityMistake;
  /** No subject alternative name: what it is for stands in its subject's common name alone. */
  readonly withoutAlternativeNames?: boolean;
  /** Extended key usages instead of those of its profile, each once. `[]`: the extension is missing, any use will do. */
  readonly usages?: readonly ExtendedKeyUsage[];
  /** Signed with SHA-1. Not where an Ed25519 key signs, which has a digest of its own. */
  readonly digest?: "sha1";
  /** Signed by its own key instead of its issuer's. */
  readonly selfSigned?: boolean;
  /** Its names aren't those that an authority above it may certify. */
  readonly violatesNameConstraints?: boolean;
}

/** RFC 5280, 4.2.1.12. */
export const extendedKeyUsages = [
  "serverAuth",
  "clientAuth",
  "codeSigning",
  "emailProtection",
  "timeStamping",
  "ocspSigning",
] as const;

export type ExtendedKeyUsage = (typeof extendedKeyUsages)[number];

/** A file of a node with something of the PKI in it. Those with a private key are secret. */
export type CredentialSpec = CertificateCredentialSpec | AuthorityCredentialSpec;

/**
 * Of a certificate: `certificate` itself, PEM; `chain`: with the intermediate authorities' behind it, without the root;
 * `key`: its private key, PEM (PKCS#8); `combined`: key and chain in one PEM file.
 */
export interface CertificateCredentialSpec {
  /** Name of a certificate. */
  readonly certificate: string;
  readonly content: "certificate" | "chain" | "key" | "combined";
  /** A mistake: the chain begins at its other end. */
  readonly mistakes?: { readonly reversed?: boolean };
}

/**
 * Of an authority: `certificate` that signs now, PEM; `chain`: with those above it behind it, without the root; `key`: its
 * private key, PEM (PKCS#8), for what issues by itself, such as a service mesh; `bundle`: the certificates of all its trusted generations, for
 * those who are to trust it; `crl`: its revocation list and those of the authorities above it, PEM.
 */
export interface AuthorityCredentialSpec {
  /** Name of an authority. */
  readonly authority: string;
  readonly content: "certificate" | "chain" | "key" | "bundle" | "crl";
}
