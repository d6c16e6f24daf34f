/** What there is of a lab's PKI: from the engine's state, and from the topology what uses it. */
import { X509Certificate } from "node:crypto";
import type {
  AuthorityOutputs,
  CertificatesOutputs,
  RevocationInputs,
  RevocationListOutputs,
} from "../../provider/pki/schema.ts";
import { withSigned } from "../../provider/pki/revocations.ts";
import type { Topology } from "../../topology/topology.ts";
import type { StateResource } from "../engine/file-state.ts";
import { isRecord } from "../stacks/project.ts";

export interface Inventory {
  readonly authorities: readonly AuthorityEntry[];
  readonly certificates: readonly CertificateEntry[];
}

interface Entry {
  readonly name: string;
  readonly subject: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Absent where it isn't on its issuer's list. */
  readonly revoked?: string;
  /** Files on nodes, as `node:path`. */
  readonly uses: readonly string[];
  readonly pem: string;
}

export interface AuthorityEntry extends Entry {
  readonly issuer?: string;
  readonly generation: number;
  /** Every generation that there is, PEM. */
  readonly generations: Readonly<Record<string, string>>;
  readonly trusted: readonly number[];
  /** What it has revoked, also of what isn't declared any more. */
  readonly revocations: readonly RevocationInputs[];
  readonly list?: RevocationListEntry;
}

export interface RevocationListEntry {
  readonly number: number;
  readonly nextUpdate: string;
  /** Signed by each generation, PEM. */
  readonly generations: Readonly<Record<string, string>>;
  /** All of them. */
  readonly pem: string;
}

export interface CertificateEntry extends Entry {
  readonly issuer: string;
  readonly generation: number;
}

export function inventoryOf(topology: Topology, resources: readonly StateResource[]): Inventory {
  const of = <T>(type: string, key: "name" | "authority"): Map<string, T> =>
    new Map(
      resources
        .filter((each) => each.type === `labwright:pki:${type}`)
        .map(({ outputs }) => [String(outputs[key]), outputs as T]),
    );
  const authorities = of<AuthorityOutputs>("Authority", "name");
  const issued = of<CertificatesOutputs>("Certificates", "authority");
  const lists = of<RevocationListOutputs>("RevocationList", "authority");
  const reasons = new Map(
    [...authorities.values(), ...issued.values()].flatMap(({ revocations }) =>
      revocations.map(({ serialNumber, reason }) => [serialNumber, reason] as const),
    ),
  );
  const entry = (name: string, pem: string): Entry => {
    const { subject, serialNumber, validFromDate, validToDate } = new X509Certificate(pem);
    const reason = reasons.get(serialNumber);
    return {
      name,
      subject: (subject ?? "").replaceAll("\n", ", "),
      serialNumber,
      notBefore: validFromDate.toISOString(),
      notAfter: validToDate.toISOString(),
      ...(reason === undefined ? {} : { revoked: reason }),
      uses: usesOf(topology, name),
      pem,
    };
  };
  return {
    authorities: topology.pki.authorities.flatMap((authority): AuthorityEntry[] => {
      const found = authorities.get(authority.name);
      if (found === undefined) return [];
      const list = lists.get(authority.name);
      const { generation, certificates } = found;
      const generations = isRecord(certificates) ? (certificates as Record<string, string>) : {};
      const below = topology.pki.authorities.filter(({ issuer }) => issuer === authority.name);
      const revoked = [
        ...below.flatMap(({ name }) => authorities.get(name)?.revocations ?? []),
        ...(issued.get(authority.name)?.revocations ?? []),
      ];
      return [
        {
          ...entry(authority.name, found.certificate),
          ...(authority.issuer === undefined ? {} : { issuer: authority.issuer }),
          generation,
          generations,
          trusted: authority.trusted,
          revocations: withSigned(list?.listed ?? [], Object.values(generations), revoked),
          ...(list === undefined ? {} : { list: listEntry(list) }),
        },
      ];
    }),
    certificates: topology.pki.certificates.flatMap(({ name, issuer, generation }): CertificateEntry[] => {
      const pem = issued.get(issuer)?.issued[name];
      return pem === undefined ? [] : [{ ...entry(name, pem), issuer, generation }];
    }),
  };
}

/** Authorities above an authority or a certificate, its issuer first, the root last. */
export function authoritiesAbove(entry: AuthorityEntry | CertificateEntry, inventory: Inventory): AuthorityEntry[] {
  const issuer = inventory.authorities.find(({ name }) => name === entry.issuer);
  return issuer === undefined ? [] : [issuer, ...authoritiesAbove(issuer, inventory)];
}

function listEntry({ number, nextUpdate, lists }: RevocationListOutputs): RevocationListEntry {
  return { number, nextUpdate, generations: lists, pem: Object.values(lists).join("") };
}

function usesOf({ nodes }: Topology, name: string): string[] {
  return nodes.flatMap((node) =>
    node.credentials
      .filter(({ spec }) => ("authority" in spec ? spec.authority : spec.certificate) === name)
      .map(({ path, spec }) => `${node.name}:${path} (${spec.content})`),
  );
}
