/** What is wrong with a file on a node: it is to hold exactly what components/pki/pki.ts writes. Pure. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { pems } from "../../certs/bundles.ts";
import type { CredentialSpec } from "../../topology/pki/spec.ts";
import { authoritiesAbove, type AuthorityEntry, type CertificateEntry, type Inventory } from "./inventory.ts";
import { judgeTime, readList } from "./judge-list.ts";

export interface NodeFile {
  /** Octal. */
  readonly mode: string;
  readonly text: string;
}

/** A certificate or a revocation list that a file is to hold. */
interface Part {
  readonly name: string;
  /** Empty where the state has none. */
  readonly pem: string;
}

/** All that is wrong; `file`: undefined where there is none. */
export function judgeFile(file: NodeFile | undefined, spec: CredentialSpec, inventory: Inventory, now: Date): string[] {
  if (file === undefined) return ["missing"];
  const entry = entryOf(spec, inventory);
  if (entry === undefined) return ["what it is to hold isn't there"];
  const parts = partsOf(spec, entry, inventory);
  if (spec.content !== "key" && spec.content !== "combined")
    return [...judgeParts(file.text, parts), ...(spec.content === "crl" ? parts.flatMap(judgeEnd(now)) : [])];
  // In the state the key is a secret: its certificate tells it.
  const [key, rest] = splitKey(file.text);
  return [
    ...judgeKey(key, entry.pem),
    ...judgeParts(rest, parts),
    ...(file.mode === "600" ? [] : [`mode is ${file.mode}, expected 600`]),
  ];
}

function entryOf(
  spec: CredentialSpec,
  { authorities, certificates }: Inventory,
): AuthorityEntry | CertificateEntry | undefined {
  return "authority" in spec
    ? authorities.find(({ name }) => name === spec.authority)
    : certificates.find(({ name }) => name === spec.certificate);
}

/** In the order in which they are to be. */
function partsOf(spec: CredentialSpec, entry: AuthorityEntry | CertificateEntry, inventory: Inventory): Part[] {
  const path = [...("trusted" in entry ? [entry] : []), ...authoritiesAbove(entry, inventory)];
  const own: Part = { name: `the certificate of ${entry.name}`, pem: entry.pem };
  const above = path
    .filter(({ issuer }) => issuer !== undefined)
    .map(({ name, pem }): Part => ({ name: `the certificate of ${name}`, pem }));
  switch (spec.content) {
    case "key":
      return [];
    case "certificate":
      return [own];
    case "chain":
    case "combined": {
      if ("authority" in spec) return above;
      const chain = [own, ...above];
      return spec.mistakes?.reversed === true ? chain.reverse() : chain;
    }
    case "bundle": {
      const { trusted = [], generations = {} } = entry as Partial<AuthorityEntry>;
      return trusted.map((each) => ({ name: `generation ${each} of ${entry.name}`, pem: generations[each] ?? "" }));
    }
    case "crl":
      return path.flatMap(({ name, list }) =>
        Object.entries(list?.generations ?? { 1: "" }).map(([generation, pem], _, all) => ({
          name: `the revocation list of ${name}${all.length > 1 ? `, generation ${generation}` : ""}`,
          pem,
        })),
      );
  }
}

function judgeParts(text: string, parts: readonly Part[]): string[] {
  if (text === parts.map(({ pem }) => pem).join("") && parts.every(({ pem }) => pem !== "")) return [];
  const found = pems(text).map((block) => block.trim());
  const isHeld = ({ pem }: Part): boolean => found.includes(pem.trim());
  const lacking = parts.filter((part) => !isHeld(part)).map(({ name }) => name);
  const wanted = parts.filter(isHeld).map(({ pem }) => pem.trim());
  const besides = found.filter((block, index) => !wanted.includes(block) || found.indexOf(block) < index).map(titleOf);
  if (lacking.length + besides.length > 0)
    return [
      ...(lacking.length === 0 ? [] : [`lacks ${lacking.join(", ")}`]),
      ...(besides.length === 0 ? [] : [`holds besides ${besides.join(", ")}`]),
    ];
  const order = parts.map(({ name }) => name).join(", ");
  return found.join() === wanted.join() ? ["holds other text too"] : [`in another order than ${order}`];
}

/** Of a PEM block. */
function titleOf(block: string): string {
  const label = /^-----BEGIN ([^-]+)-----/.exec(block)?.[1] ?? "";
  if (label === "X509 CRL") return `a revocation list of ${readList(block)?.issuer ?? "nobody that can be read"}`;
  if (label !== "CERTIFICATE") return `a block ${label}`;
  try {
    return `a certificate of ${(new X509Certificate(block).subject ?? "").replaceAll("\n", ", ")}`;
  } catch {
    return "a certificate that can't be read";
  }
}

/** A file's first block, where it is a private key, and what is behind it. */
function splitKey(text: string): [key: string, rest: string] {
  const [key = ""] =
    /^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[^-]+-----END ([A-Z]+ )?PRIVATE KEY-----\n?/.exec(text) ?? [];
  return [key, text.slice(key.length)];
}

function judgeKey(key: string, certificate: string): string[] {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? [] : ["holds another key"];
  } catch {
    return ["holds no private key"];
  }
}

/** Whether a list is still good for those who read the file. */
function judgeEnd(now: Date): (part: Part) => string[] {
  return ({ name, pem }) => {
    const read = readList(pem);
    return read === undefined ? [] : judgeTime(read, now).map((each) => `${name} ${each}`);
  };
}
