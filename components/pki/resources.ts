/** Resources of a PKI as a program declares them. Properties are documented in provider/pki/schema.ts. */
import * as pulumi from "@pulumi/pulumi";
import type {
  AuthorityInputs,
  AuthorityOutputs,
  CertificatesInputs,
  CertificatesOutputs,
  IssuerInputs,
  RevocationListInputs,
} from "../../provider/pki/schema.ts";
import type { Args } from "../net.ts";

export class Authority extends pulumi.CustomResource {
  declare readonly certificates: pulumi.Output<AuthorityOutputs["certificates"]>;
  declare readonly privateKeys: pulumi.Output<AuthorityOutputs["privateKeys"]>;
  declare readonly certificate: pulumi.Output<string>;
  declare readonly privateKey: pulumi.Output<string>;
  declare readonly revocations: pulumi.Output<AuthorityOutputs["revocations"]>;

  constructor(name: string, args: Args<AuthorityInputs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      certificates: undefined,
      privateKeys: undefined,
      certificate: undefined,
      privateKey: undefined,
      revocations: undefined,
    };
    super("labwright:pki:Authority", name, { ...args, ...outputs, drift: undefined }, opts);
  }
}

export class Certificates extends pulumi.CustomResource {
  declare readonly issued: pulumi.Output<CertificatesOutputs["issued"]>;
  declare readonly privateKeys: pulumi.Output<CertificatesOutputs["privateKeys"]>;
  declare readonly revocations: pulumi.Output<CertificatesOutputs["revocations"]>;

  constructor(name: string, args: Args<CertificatesInputs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = { issued: undefined, privateKeys: undefined, revocations: undefined };
    super("labwright:pki:Certificates", name, { ...args, ...outputs, drift: undefined }, opts);
  }
}

export type RevocationListArgs = Args<Omit<RevocationListInputs, "issuers">> & {
  readonly issuers: Readonly<Record<string, pulumi.Input<IssuerInputs>>>;
};

export class RevocationList extends pulumi.CustomResource {
  declare readonly lists: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: RevocationListArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { lists: undefined, listed: undefined, number: undefined, nextUpdate: undefined };
    super("labwright:pki:RevocationList", name, { ...args, ...outputs, drift: undefined }, opts);
  }
}
