/** Whether what is in the state and on the nodes holds together: certificates, revocation lists, files. */
import type { ReadRevocationList } from "../../certs/revocation-list.ts";
import { generationName } from "../../topology/pki/distinguished-name.ts";
import type { Authority, Certificate, Pki } from "../../topology/pki/pki.ts";
import type { Topology } from "../../topology/topology.ts";
import type { AuthorityEntry, Inventory } from "./inventory.ts";
import { judgeFile, type NodeFile } from "./judge-file.ts";
import { judgeIssued, judgeRevocation, type Issued } from "./judge-issued.ts";
import { judgeList, listsOf } from "./judge-list.ts";

export interface Finding {
  /** `certificate server`, `client:ca.pem`. */
  readonly what: string;
  /** What is wrong; absent where nothing is. */
  readonly wrong?: string;
}

/** `read`: a file of a node, by its path relative to the node's directory; undefined where there is none. */
export async function verify(
  inventory: Inventory,
  { pki, nodes }: Pick<Topology, "pki" | "nodes">,
  read: (node: string, path: string) => Promise<NodeFile | undefined>,
  now: Date,
): Promise<Finding[]> {
  const findings: Finding[] = [
    ...pki.authorities.map((each) => finding(`authority ${each.name}`, judgeAuthority(each, pki, inventory, now))),
    ...pki.certificates.map((each) => finding(`certificate ${each.name}`, judgeCertificate(each, pki, inventory, now))),
  ];
  for (const authority of inventory.authorities) {
    if (authority.list === undefined) continue;
    const wrong: string[] = [];
    for (const generation of Object.keys(authority.generations))
      wrong.push(...told(authority, generation, await judgeList(authority, generation, now)));
    findings.push(finding(`revocation list of ${authority.name}`, wrong));
  }
  for (const { name: node, credentials } of nodes)
    for (const { path, spec } of credentials)
      findings.push(finding(`${node}:${path}`, judgeFile(await read(node, path), spec, inventory, now)));
  return findings;
}

function finding(what: string, wrong: readonly string[]): Finding {
  return { what, ...(wrong.length === 0 ? {} : { wrong: wrong.join("; ") }) };
}

/** Every generation; the one that signs is revoked where that is declared. */
function judgeAuthority(declared: Authority, pki: Pki, inventory: Inventory, now: Date): string[] {
  const entry = inventory.authorities.find(({ name }) => name === declared.name);
  if (entry === undefined) return ["isn't there"];
  const above = aboveOf(declared, pki, inventory);
  return [
    ...declared.generations.flatMap((generation) => {
      const pem = entry.generations[generation];
      const named = { ...declared, subject: generationName(declared.subject, generation) };
      const wrong = pem === undefined ? ["isn't there"] : judgeIssued({ pem, declared: named }, above, now);
      return told(entry, String(generation), wrong);
    }),
    ...judgeRevocation(entry.pem, declared, issuersLists(declared, inventory), entry.revoked),
  ];
}

function judgeCertificate(declared: Certificate, pki: Pki, inventory: Inventory, now: Date): string[] {
  const entry = inventory.certificates.find(({ name }) => name === declared.name);
  if (entry === undefined) return ["isn't there"];
  return [
    ...judgeIssued({ pem: entry.pem, declared }, aboveOf(declared, pki, inventory), now),
    ...judgeRevocation(entry.pem, declared, issuersLists(declared, inventory), entry.revoked),
  ];
}

/** With the generation's number, where there are several. */
function told({ generations }: AuthorityEntry, generation: string, wrong: readonly string[]): string[] {
  return Object.keys(generations).length === 1 ? [...wrong] : wrong.map((each) => `generation ${generation}: ${each}`);
}

/** Those above, the nearest first: the certificates that sign. */
function aboveOf({ issuer }: Authority | Certificate, pki: Pki, inventory: Inventory): Issued<Authority>[] {
  const declared = pki.authorities.find(({ name }) => name === issuer);
  const entry = inventory.authorities.find(({ name }) => name === issuer);
  if (declared === undefined || entry === undefined) return [];
  return [{ pem: entry.pem, declared }, ...aboveOf(declared, pki, inventory)];
}

function issuersLists({ issuer }: Authority | Certificate, { authorities }: Inventory): readonly ReadRevocationList[] {
  const entry = authorities.find(({ name }) => name === issuer);
  return entry === undefined ? [] : listsOf(entry);
}
