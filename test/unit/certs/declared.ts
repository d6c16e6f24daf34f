/** An authority and certificates as they are declared, made on days counted from the start of 2026. */
import { authorityResource } from "../../../provider/pki/authority.ts";
import { certificatesResource } from "../../../provider/pki/certificates.ts";
import type {
  AuthorityInputs,
  AuthorityOutputs,
  CertificateInputs,
  CertificatesInputs,
  CertificatesOutputs,
  IssuerInputs,
} from "../../../provider/pki/schema.ts";

export const day = 86_400;
const start = Date.parse("2026-01-01T00:00:00Z");
export const clockAt = (days: number) => (): Date => new Date(start + days * day * 1000);
export const nothing = (): void => {};

export const root: AuthorityInputs = {
  name: "root",
  subject: [["CN", "Root"]],
  key: "ecdsa-p256",
  lifetime: 3650 * day,
  renewBefore: 365 * day,
  digest: "sha256",
  notAnAuthority: false,
  generation: 1,
  generations: [1],
};

export const leaf = (name: string, lifetime: number): CertificateInputs => ({
  subject: [["CN", name]],
  key: "ecdsa-p256",
  lifetime: lifetime * day,
  renewBefore: 30 * day,
  digest: "sha256",
  names: { dns: [name], addresses: [], uris: [], emails: [] },
  usages: ["serverAuth"],
  selfSigned: false,
  generation: 1,
});

export async function issued(): Promise<{ inputs: CertificatesInputs; state: CertificatesOutputs }> {
  const authority = await authorityResource(clockAt(0)).reconcile(root, undefined, nothing);
  const inputs: CertificatesInputs = {
    authority: "root",
    issuer: signs(authority),
    certificates: { short: leaf("short.example", 90), long: leaf("long.example", 400) },
  };
  return { inputs, state: await certificatesResource(clockAt(0)).reconcile(inputs, undefined, nothing) };
}

/** By the generation that signs. */
export function signs({ certificate, privateKey }: AuthorityOutputs): IssuerInputs {
  return { certificate, key: privateKey };
}
