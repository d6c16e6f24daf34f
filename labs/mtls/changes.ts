/** What is changed of this lab's declaration to break it. Pure. */
import type {
  AuthoritySpec,
  CertificateMistakesSpec,
  CertificateSpec,
  CredentialSpec,
  PkiSpec,
} from "../../topology/pki/spec.ts";
import type { HostSpec, TopologySpec } from "../../topology/spec.ts";

export type Change = (spec: TopologySpec) => TopologySpec;

export const all =
  (...changes: readonly Change[]): Change =>
  (spec) =>
    changes.reduce((changed, change) => change(changed), spec);

const withPki =
  (change: (pki: PkiSpec) => PkiSpec): Change =>
  (spec) => ({ ...spec, pki: change(spec.pki ?? { authorities: {} }) });

/** Every certificate's declaration is changed in what is told; the rest stays. */
export const certificate = (name: string, change: Partial<CertificateSpec>): Change =>
  withPki((pki) => {
    const before = pki.certificates?.[name];
    if (before === undefined) throw new Error(`no certificate ${name}`);
    return { ...pki, certificates: { ...pki.certificates, [name]: { ...before, ...change } } };
  });

export const mistaken = (name: string, mistakes: CertificateMistakesSpec): Change => certificate(name, { mistakes });

/** Names that are its own instead of its node's. */
export const renamed = (name: string, names: readonly string[]): Change =>
  withPki((pki) => {
    const { node: _, ...before } = pki.certificates?.[name] ?? { issuer: "", profile: "server" };
    return { ...pki, certificates: { ...pki.certificates, [name]: { ...before, names } } };
  });

export const authority = (name: string, change: Partial<AuthoritySpec>): Change =>
  withPki((pki) => ({ ...pki, authorities: { ...pki.authorities, [name]: { ...pki.authorities[name], ...change } } }));

export const credential = (node: string, path: string, content: CredentialSpec): Change =>
  host(node, ({ credentials }) => ({ credentials: { ...credentials, [path]: content } }));

export const clock = (node: string, seconds: number): Change => host(node, () => ({ clock: seconds }));

/** The web server ends at its start, and nobody waits for it. */
export const serverEnds: Change = host("server", ({ services = {} }) => {
  const web = services["web"];
  if (web?.kind !== "http") throw new Error("no web server");
  return { services: { ...services, web: { ...web, mistakes: { endsAtStart: true } } } };
});

function host(name: string, change: (before: HostSpec) => Partial<HostSpec>): Change {
  return (spec) => {
    const before = spec.nodes[name];
    if (before?.kind !== "host") throw new Error(`no host ${name}`);
    return { ...spec, nodes: { ...spec.nodes, [name]: { ...before, ...change(before) } } };
  };
}
