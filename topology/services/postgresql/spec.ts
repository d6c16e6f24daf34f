/** PostgreSQL: what an author writes. Plain data. */

/**
 * A PostgreSQL server with a cluster of its own in its folder of the node's directory, without rights on the system. On
 * the node root is let in as the superuser `postgres` by its Unix socket: `psql -h /run/bird/NAME -U postgres`, with
 * the service's name. What its certificates, access and maps are may change while it runs, and sessions stay; other
 * roles or databases make a new cluster.
 */
export interface PostgresqlSpec {
  readonly kind: "postgresql";
  /** TCP port. Default 5432. */
  readonly port?: number;
  /** Default: it takes plain connections only. */
  readonly tls?: PostgresqlTlsSpec;
  /** Who may come in, as in pg_hba.conf: the first rule that fits decides, and who fits none is refused. */
  readonly access: readonly AccessRuleSpec[];
  /** By name: which certificate's name may log in as which role, as in pg_ident.conf. */
  readonly maps?: Readonly<Record<string, readonly UserMapSpec[]>>;
  /** Names of roles that may log in: letters, digits, `_` and `-`, at most 63. */
  readonly roles?: readonly string[];
  /** By name, as for roles. */
  readonly databases?: Readonly<Record<string, DatabaseSpec>>;
}

/** Paths of PEM files, relative to the node's directory: of its `credentials` or `files`. */
export interface PostgresqlTlsSpec {
  /** The server's certificate, with those of the authorities between it and the root. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose clients are believed. Default: no client is asked for a certificate. */
  readonly authorities?: string;
  /** Revocation lists, one of every authority in a client's chain. Default: nothing counts as revoked. */
  readonly revocations?: string;
}

export interface AccessRuleSpec {
  /** With TLS, without it, or both. */
  readonly connection: "hostssl" | "hostnossl" | "host";
  /** Default: all. */
  readonly databases?: readonly string[];
  /** Names of roles. Default: all. */
  readonly roles?: readonly string[];
  /** Of the client: CIDR. Default: any. */
  readonly address?: string;
  /** `cert`: a certificate that is believed and belongs to the role; `trust`: nothing is asked; `reject`: refused. */
  readonly method: "cert" | "trust" | "reject";
  /** Name of a map, with `cert`. Default: the certificate's name must be the role's. */
  readonly map?: string;
  /** What of a certificate is its name, with `cert`: the common name, or the whole subject (RFC 2253). Default CN. */
  readonly clientName?: "CN" | "DN";
}

export interface UserMapSpec {
  /** A certificate's name, or a regular expression after a slash. */
  readonly certificate: string;
  /** Name of a role; `\1` stands for what the expression's brackets match. */
  readonly role: string;
}

export interface DatabaseSpec {
  /** Name of a role. Default: the superuser. */
  readonly owner?: string;
  /** SQL statements that are run in it as its owner when it is made, each without its last semicolon. */
  readonly statements?: readonly string[];
}
