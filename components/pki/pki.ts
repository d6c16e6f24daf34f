import * as pulumi from "@pulumi/pulumi";
import type { AuthorityCredentialSpec, CredentialSpec } from "../../topology/pki/spec.ts";
import type { IssuerInputs } from "../../provider/pki/schema.ts";
import type { AuthorityDeclaration, PkiDeclarations } from "./declarations.ts";
import { Authority, Certificates, RevocationList } from "./resources.ts";

interface Declared {
  readonly declaration: AuthorityDeclaration;
  readonly authority: Authority;
  /** Absent where it signs none. */
  readonly certificates?: Certificates;
}

/** The resources of a lab's PKI, and the files that nodes get of them. Private keys are secrets wherever they go. */
export class PublicKeyInfrastructure {
  readonly #declared = new Map<string, Declared>();
  readonly #lists = new Map<string, RevocationList>();
  readonly #credentials: PkiDeclarations["credentials"];

  constructor({ authorities, credentials }: PkiDeclarations, opts: pulumi.CustomResourceOptions) {
    this.#credentials = credentials;
    for (const declaration of authorities) this.#declare(declaration, opts);
    for (const declared of this.#declared.values()) this.#revoke(declared, opts);
  }

  /** By path; undefined where it has none. */
  filesOf(node: string): Record<string, pulumi.Output<string>> | undefined {
    const credentials = this.#credentials.get(node);
    if (credentials === undefined) return undefined;
    return Object.fromEntries(credentials.map(({ path, spec }) => [path, this.#content(spec)]));
  }

  #declare(declaration: AuthorityDeclaration, opts: pulumi.CustomResourceOptions): void {
    const { inputs, issuer, certificates: declared } = declaration;
    const above = issuer === undefined ? undefined : this.#get(issuer).authority;
    const authority = new Authority(
      `pki-${inputs.name}`,
      above === undefined ? inputs : { ...inputs, issuer: signs(above) },
      opts,
    );
    const certificates =
      Object.keys(declared).length === 0
        ? undefined
        : new Certificates(
            `pki-${inputs.name}-certificates`,
            { authority: inputs.name, issuer: signs(authority), certificates: declared },
            opts,
          );
    this.#declared.set(inputs.name, {
      declaration,
      authority,
      ...(certificates === undefined ? {} : { certificates }),
    });
  }

  /** When all authorities are there: a list has those that it has signed too. */
  #revoke({ declaration, authority, certificates }: Declared, opts: pulumi.CustomResourceOptions): void {
    const { inputs, below, revocationListLifetime: lifetime } = declaration;
    if (lifetime === undefined) return;
    const parts = [
      ...below.map((name) => this.#get(name).authority),
      ...(certificates === undefined ? [] : [certificates]),
    ];
    const list = new RevocationList(
      `pki-${inputs.name}-revocations`,
      {
        authority: inputs.name,
        issuers: Object.fromEntries(
          inputs.generations.map((generation) => [generation, signsAs(authority, generation)]),
        ),
        revoked: pulumi.all(parts.map(({ revocations }) => revocations)).apply((all) => all.flat()),
        lifetime,
      },
      opts,
    );
    this.#lists.set(inputs.name, list);
  }

  #content(spec: CredentialSpec): pulumi.Output<string> {
    if ("authority" in spec) return this.#ofAuthority(spec.authority, spec.content);
    const { certificate, privateKey, issuer } = this.#certificate(spec.certificate);
    const chain = (): pulumi.Output<string> =>
      pulumi.all([certificate, ...this.#intermediates(issuer)]).apply((all) => {
        const ordered = spec.mistakes?.reversed === true ? all.reverse() : all;
        return ordered.join("");
      });
    switch (spec.content) {
      case "certificate":
        return certificate;
      case "key":
        return privateKey;
      case "chain":
        return chain();
      case "combined":
        return pulumi.concat(privateKey, chain());
    }
  }

  #ofAuthority(name: string, content: AuthorityCredentialSpec["content"]): pulumi.Output<string> {
    const { authority, declaration } = this.#get(name);
    const list = this.#lists.get(name);
    switch (content) {
      case "certificate":
        return authority.certificate;
      case "key":
        return authority.privateKey;
      case "chain":
        return pulumi.all(this.#intermediates(name)).apply((all) => all.join(""));
      case "bundle":
        return authority.certificates.apply((all) => declaration.trusted.map((each) => all[each] ?? "").join(""));
      case "crl": {
        const own = list === undefined ? pulumi.output("") : list.lists.apply((all) => Object.values(all).join(""));
        return declaration.issuer === undefined
          ? own
          : pulumi.concat(own, this.#ofAuthority(declaration.issuer, "crl"));
      }
    }
  }

  /** Certificates of an authority and of those above it, without the root's. */
  #intermediates(name: string): pulumi.Output<string>[] {
    const { authority, declaration } = this.#get(name);
    return declaration.issuer === undefined ? [] : [authority.certificate, ...this.#intermediates(declaration.issuer)];
  }

  #certificate(name: string): {
    readonly certificate: pulumi.Output<string>;
    readonly privateKey: pulumi.Output<string>;
    readonly issuer: string;
  } {
    for (const [issuer, { declaration, certificates }] of this.#declared)
      if (certificates !== undefined && Object.hasOwn(declaration.certificates, name))
        // Lifted property by property: in a preview the others may be unknown.
        return {
          certificate: certificates.issued[name] as unknown as pulumi.Output<string>,
          privateKey: certificates.privateKeys[name] as unknown as pulumi.Output<string>,
          issuer,
        };
    throw new Error(`no certificate ${name}`);
  }

  #get(name: string): Declared {
    const found = this.#declared.get(name);
    if (found === undefined) throw new Error(`no authority ${name}`);
    return found;
  }
}

function signs({ certificate, privateKey }: Authority): pulumi.Output<IssuerInputs> {
  return pulumi.all([certificate, privateKey]).apply(([pem, key]) => ({ certificate: pem, key }));
}

function signsAs({ certificates, privateKeys }: Authority, generation: number): pulumi.Output<IssuerInputs> {
  return pulumi
    .all([certificates, privateKeys])
    .apply(([all, keys]) => ({ certificate: all[generation] ?? "", key: keys[generation] ?? "" }));
}
