/** Whether what is in the state and on the nodes holds together: chains, keys, times, files. */
import { createPrivateKey, X509Certificate } from "node:crypto";
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
    ...inventory.authorities.map((each) => judged(`authority ${each.name}`, judge(each, inventory, now))),
    ...inventory.certificates.map((each) => judged(`certificate ${each.name}`, judge(each, inventory, now))),
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

function judge(entry: AuthorityEntry | CertificateEntry, { authorities }: Inventory, now: Date): string | undefined {
  const certificate = new X509Certificate(entry.pem);
  const issuer = entry.issuer === undefined ? entry : authorities.find(({ name }) => name === entry.issuer);
  if (issuer === undefined) return `its issuer ${entry.issuer} isn't there`;
  const above = new X509Certificate(issuer.pem);
  if (!certificate.verify(above.publicKey) || certificate.issuer !== above.subject)
    return `not signed by ${issuer.name === entry.name ? "itself" : issuer.name}`;
  if (now < certificate.validFromDate) return `not valid before ${entry.notBefore}`;
  if (now > certificate.validToDate) return `expired ${entry.notAfter}`;
  if (entry.revoked !== undefined) return `revoked: ${entry.revoked}`;
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
