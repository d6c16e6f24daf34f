/** From a resolved PKI to what the native provider takes, and to the files that nodes get of it. Pure. */
import type { AuthorityInputs, CertificateInputs } from "../../provider/pki/schema.ts";
import type { Authority, Certificate, Credential, Pki } from "../../topology/pki/pki.ts";
import type { Node } from "../../topology/topology.ts";

export interface PkiDeclarations {
  /** Each behind its issuer. */
  readonly authorities: readonly AuthorityDeclaration[];
  /** By node. */
  readonly credentials: ReadonlyMap<string, readonly Credential[]>;
}

export interface AuthorityDeclaration {
  readonly inputs: Omit<AuthorityInputs, "issuer">;
  /** Name of an authority. */
  readonly issuer?: string;
  /** Generations that a bundle has. */
  readonly trusted: readonly number[];
  /** What it signs, by name. */
  readonly certificates: Readonly<Record<string, CertificateInputs>>;
  /** Authorities that it signs. */
  readonly below: readonly string[];
  /** Seconds; absent where no node has a revocation list of it. */
  readonly revocationListLifetime?: number;
}

export function declarePki(pki: Pki, nodes: readonly Node[]): PkiDeclarations {
  const credentials = nodes.filter((node) => node.credentials.length > 0);
  const listed = listedAuthorities(pki, nodes);
  return {
    authorities: pki.authorities.map((authority) => ({
      inputs: authorityInputs(authority),
      ...(authority.issuer === undefined ? {} : { issuer: authority.issuer }),
      trusted: authority.trusted,
      certificates: Object.fromEntries(
        pki.certificates
          .filter(({ issuer }) => issuer === authority.name)
          .map((certificate) => [certificate.name, certificateInputs(certificate)]),
      ),
      below: pki.authorities.filter(({ issuer }) => issuer === authority.name).map(({ name }) => name),
      ...(listed.has(authority.name) ? { revocationListLifetime: authority.revocationListLifetime } : {}),
    })),
    credentials: new Map(credentials.map((node) => [node.name, node.credentials])),
  };
}

/** Names of authorities of which nodes have a revocation list. */
export function listedAuthorities(pki: Pick<Pki, "authorities">, nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(
    nodes
      .flatMap((node) => node.credentials)
      .flatMap(({ spec }) => ("authority" in spec && spec.content === "crl" ? pathOf(pki, spec.authority) : [])),
  );
}

/** Names of an authority and of those above it, the root last. */
export function pathOf({ authorities }: Pick<Pki, "authorities">, name: string): string[] {
  const authority = authorities.find((each) => each.name === name);
  if (authority === undefined) return [];
  return [name, ...(authority.issuer === undefined ? [] : pathOf({ authorities }, authority.issuer))];
}

function authorityInputs(authority: Authority): Omit<AuthorityInputs, "issuer"> {
  const { issuer: _, trusted: __, revocationListLifetime: ___, exceedsPathLength: ____, ...inputs } = authority;
  return inputs;
}

function certificateInputs({
  name: _,
  issuer: __,
  violatesNameConstraints: ___,
  ...inputs
}: Certificate): CertificateInputs {
  return inputs;
}
