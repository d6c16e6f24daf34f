/** Whether what is in the state and on the nodes holds together: chains, keys, times, files. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { ValidityMistake } from "../../topology/pki/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import type { AuthorityEntry, CertificateEntry, Inventory } from "./inventory.ts";

export interface Finding {
  /** `certificate server`, `client:ca.pem`. */
  readonly what: string;
  /** What is wrong; absent where nothing is. */
  readonly wrong?: string;
}

/** `read`: a file of a node, by its path relative to the node's directory; undefined where there is none. */
export async function verify(
  inventory: Inventory,
  topology: Topology,
  read: (node: string, path: string) => Promise<string | undefined>,
  now: Date,
): Promise<Finding[]> {
  const findings: Finding[] = [
    ...inventory.authorities.map((each) =>
      judged(`authority ${each.name}`, judge(each, declaredAs(topology.pki.authorities, each), inventory, now)),
    ),
    ...inventory.certificates.map((each) =>
      judged(`certificate ${each.name}`, judge(each, declaredAs(topology.pki.certificates, each), inventory, now)),
    ),
  ];
  for (const { name: node, credentials } of topology.nodes)
    for (const { path, spec } of credentials) {
      const text = await read(node, path);
      const name = "authority" in spec ? spec.authority : spec.certificate;
      const entry = [...inventory.authorities, ...inventory.certificates].find((each) => each.name === name);
      findings.push(judged(`${node}:${path}`, judgeFile(text, entry, spec.content, inventory)));
    }
  return findings;
}

function judged(what: string, wrong: string | undefined): Finding {
  return { what, ...(wrong === undefined ? {} : { wrong }) };
}

interface Declared {
  readonly name: string;
  readonly revoked?: string;
  readonly validity?: ValidityMistake;
  readonly selfSigned?: boolean;
}

function declaredAs<T extends Declared>(all: readonly T[], { name }: { readonly name: string }): Declared {
  return all.find((each) => each.name === name) ?? { name };
}

/** What is a mistake on purpose, or revoked by declaration, has to be so. */
function judge(
  entry: AuthorityEntry | CertificateEntry,
  declared: Declared,
  { authorities }: Inventory,
  now: Date,
): string | undefined {
  const certificate = new X509Certificate(entry.pem);
  const signer = declared.selfSigned === true ? entry.name : entry.issuer;
  if (signer === entry.name)
    return certificate.verify(certificate.publicKey)
      ? judgeTimes(entry, certificate, declared, now)
      : "not signed by itself";
  const issuer = entry.issuer === undefined ? entry : authorities.find(({ name }) => name === entry.issuer);
  if (issuer === undefined) return `its issuer ${entry.issuer} isn't there`;
  const above = new X509Certificate(issuer.pem);
  if (!certificate.verify(above.publicKey) || certificate.issuer !== above.subject)
    return `not signed by ${issuer.name === entry.name ? "itself" : issuer.name}`;
  return judgeTimes(entry, certificate, declared, now);
}

function judgeTimes(
  entry: AuthorityEntry | CertificateEntry,
  { validFromDate, validToDate }: X509Certificate,
  { validity, revoked }: Declared,
  now: Date,
): string | undefined {
  const early = now < validFromDate;
  const late = now > validToDate;
  if (early !== (validity === "not-yet-valid"))
    return early ? `not valid before ${entry.notBefore}` : `valid since ${entry.notBefore}, and declared not to be yet`;
  if (late !== (validity === "expired"))
    return late ? `expired ${entry.notAfter}` : `valid until ${entry.notAfter}, and declared to have expired`;
  if (entry.revoked !== revoked)
    return entry.revoked === undefined ? "not on its issuer's revocation list" : `revoked: ${entry.revoked}`;
  return undefined;
}

function judgeFile(
  text: string | undefined,
  entry: AuthorityEntry | CertificateEntry | undefined,
  content: string,
  { authorities }: Inventory,
): string | undefined {
  if (text === undefined) return "missing";
  if (entry === undefined) return "what it is to hold isn't there";
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  const holds = (pem: string): boolean => blocks.some((block) => block.trim() === pem.trim());
  switch (content) {
    case "key":
    case "combined": {
      const match = keyMatches(text, entry.pem);
      if (match !== undefined) return match;
      return content === "combined" && !holds(entry.pem) ? "holds another certificate" : undefined;
    }
    case "crl": {
      const lists = authorities.flatMap(({ list }) => (list === undefined ? [] : [list.pem]));
      return lists.some((list) => list !== "" && text.includes(list)) ? undefined : "holds another revocation list";
    }
    case "bundle": {
      const { generations = {}, trusted = [] } = entry as Partial<AuthorityEntry>;
      const missing = trusted.filter((generation) => !holds(generations[generation] ?? ""));
      return missing.length === 0 ? undefined : `lacks generation ${missing.join(", ")}`;
    }
    default:
      return holds(entry.pem) ? undefined : "holds another certificate";
  }
}

function keyMatches(text: string, certificate: string): string | undefined {
  try {
    const matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(text));
    return matches ? undefined : "holds another key";
  } catch {
    return "holds no private key";
  }
}
