/** Fills in a PKI's defaults; what the topology knows of nodes goes into their certificates. */
import { formatAddress, parseAddress } from "../addressing/address.ts";
import { allAddresses, namesOf } from "../names/hosts.ts";
import type { Node, Topology } from "../topology.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { parseDuration } from "./duration.ts";
import type { AlternativeNames, Authority, Certificate, NameConstraints, NameSubtrees, Pki } from "./pki.ts";
import type {
  AuthoritySpec,
  CertificateSpec,
  ExtendedKeyUsage,
  NameConstraintsSpec,
  NameSubtreesSpec,
  PkiSpec,
  Profile,
  SubjectSpec,
} from "./spec.ts";

const day = 86_400;

/** Seconds, where nothing else is said. Lists last as long as certificates: a lab that stays up needs an `up` by then anyway. */
const defaultLifetimes = {
  root: 3650 * day,
  intermediate: 1825 * day,
  certificate: 90 * day,
  revocationList: 90 * day,
};

/** Of a spec that validation has seen. `topology`: where the nodes' names and addresses come from. */
export function resolvePki(spec: PkiSpec, topology: Pick<Topology, "nodes" | "names">): Pki {
  const authorities = new Map<string, Authority>();
  const add = (name: string, declared: AuthoritySpec): Authority => {
    const known = authorities.get(name);
    if (known !== undefined) return known;
    const above = declared.issuer === undefined ? undefined : spec.authorities[declared.issuer];
    const issuer = declared.issuer === undefined || above === undefined ? undefined : add(declared.issuer, above);
    const authority = resolveAuthority(name, declared, issuer);
    authorities.set(name, authority);
    return authority;
  };
  for (const [name, declared] of Object.entries(spec.authorities)) add(name, declared);
  return {
    authorities: [...authorities.values()],
    certificates: Object.entries(spec.certificates ?? {}).flatMap(([name, declared]) => {
      const issuer = authorities.get(declared.issuer);
      return issuer === undefined ? [] : [resolveCertificate(name, declared, issuer, topology)];
    }),
  };
}

function resolveAuthority(name: string, spec: AuthoritySpec, issuer: Authority | undefined): Authority {
  const { generation = 1, mistakes = {}, key = "ecdsa-p256" } = spec;
  const trusted = [...new Set(spec.trusted ?? [generation])].sort((a, b) => a - b);
  const lifetime = authorityLifetime(spec, issuer?.lifetime);
  return {
    name,
    ...(issuer === undefined ? {} : { issuer: issuer.name }),
    subject: distinguishedName(spec.subject ?? { commonName: name }),
    key,
    ...(spec.pathLength === undefined ? {} : { pathLength: spec.pathLength }),
    ...(spec.nameConstraints === undefined ? {} : { nameConstraints: nameConstraints(spec.nameConstraints) }),
    lifetime,
    renewBefore: seconds(spec.renewBefore) ?? Math.floor(lifetime / 3),
    generation,
    generations: [...new Set([...trusted, generation])].sort((a, b) => a - b),
    trusted,
    revocationListLifetime: seconds(spec.revocationListLifetime) ?? defaultLifetimes.revocationList,
    notAnAuthority: mistakes.notAnAuthority ?? false,
    exceedsPathLength: mistakes.exceedsPathLength ?? false,
    digest: mistakes.digest ?? "sha256",
    ...(spec.revoked === undefined ? {} : { revoked: spec.revoked }),
    ...(mistakes.validity === undefined ? {} : { validity: mistakes.validity }),
  };
}

/** Seconds. `issuer`: its issuer's; absent for a root. A duration that can't be read counts as none. */
function authorityLifetime({ lifetime }: AuthoritySpec, issuer: number | undefined): number {
  const ordinary = issuer === undefined ? defaultLifetimes.root : defaultLifetimes.intermediate;
  return seconds(lifetime) ?? Math.min(ordinary, issuer ?? ordinary);
}

/** Of an authority by name, seconds. `below`: those that led to it, where issuers go round. */
export function lifetimeOf(pki: PkiSpec, name: string, below: readonly string[] = []): number {
  const spec = pki.authorities[name] ?? {};
  const { issuer } = spec;
  const isRoot = issuer === undefined || !Object.hasOwn(pki.authorities, issuer) || [name, ...below].includes(issuer);
  return authorityLifetime(spec, isRoot ? undefined : lifetimeOf(pki, issuer, [name, ...below]));
}

/** Seconds. `issuer`: its issuer's. */
export function certificateLifetime({ lifetime }: CertificateSpec, issuer: number): number {
  return seconds(lifetime) ?? Math.min(defaultLifetimes.certificate, issuer);
}

function resolveCertificate(
  name: string,
  spec: CertificateSpec,
  issuer: Authority,
  topology: Pick<Topology, "nodes" | "names">,
): Certificate {
  const { mistakes = {}, key = "ecdsa-p256", generation = 1 } = spec;
  const lifetime = certificateLifetime(spec, issuer.lifetime);
  return {
    name,
    issuer: issuer.name,
    ...identityOf(name, spec, topology),
    key,
    usages: mistakes.usages ?? usagesOf(spec.profile),
    lifetime,
    renewBefore: seconds(spec.renewBefore) ?? Math.floor(lifetime / 3),
    generation,
    digest: mistakes.digest ?? "sha256",
    selfSigned: mistakes.selfSigned ?? false,
    violatesNameConstraints: mistakes.violatesNameConstraints ?? false,
    ...(spec.revoked === undefined ? {} : { revoked: spec.revoked }),
    ...(mistakes.validity === undefined ? {} : { validity: mistakes.validity }),
  };
}

export function usagesOf(profile: Profile): readonly ExtendedKeyUsage[] {
  switch (profile) {
    case "server":
      return ["serverAuth"];
    case "client":
    case "mongodb-client":
      return ["clientAuth"];
    case "peer":
    case "mongodb-member":
    case "spiffe":
      return ["serverAuth", "clientAuth"];
  }
}

/** All by which its certificate is to tell its owner. */
export function identityOf(
  name: string,
  spec: CertificateSpec,
  topology: Pick<Topology, "nodes" | "names">,
): Pick<Certificate, "subject" | "names"> {
  const { subject, profile, mistakes = {} } = spec;
  const names = alternativeNames(spec, topology);
  return {
    subject: distinguishedName(subject ?? defaultSubject(name, profile, names)),
    names: mistakes.withoutAlternativeNames === true ? { dns: [], addresses: [], uris: [], emails: [] } : names,
  };
}

/** Each once, the node's first. */
export function alternativeNames(
  { node, names = [], addresses = [], uris = [], emails = [] }: CertificateSpec,
  topology: Pick<Topology, "nodes" | "names">,
): AlternativeNames {
  const found = node === undefined ? undefined : topology.nodes.find(({ name }) => name === node);
  return {
    dns: [...new Set([...(found === undefined ? [] : namesOf(topology, found.name)), ...names])],
    addresses: [...new Set([...(found === undefined ? [] : addressesOfNode(found)), ...addresses.map(canonical)])],
    uris: [...new Set(uris)],
    emails: [...new Set(emails)],
  };
}

function addressesOfNode(node: Node): string[] {
  return [...allAddresses(node), ...node.addresses.map((address) => address.split("/")[0] ?? "")];
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : formatAddress(address);
}

/** Of a certificate whose author gave none. */
function defaultSubject(name: string, profile: Profile, { dns }: AlternativeNames): SubjectSpec {
  if (profile === "spiffe") return {};
  // A common name has 64 characters at most (RFC 5280, appendix A.1: ub-common-name).
  const host = dns.find((each) => each.length <= 64);
  return { commonName: profile === "client" || profile === "mongodb-client" ? name : (host ?? name) };
}

export function nameConstraints({ permitted = {}, excluded = {} }: NameConstraintsSpec): NameConstraints {
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) };
}

function subtrees({ names = [], addresses = [], uris = [], emails = [] }: NameSubtreesSpec): NameSubtrees {
  return { names, addresses, uris, emails };
}

function seconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
