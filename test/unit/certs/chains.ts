/** A root, an issuing authority, a leaf and a revocation list of one kind of key. */
import { X509Certificate } from "node:crypto";
import type { Material } from "../../../certs/bundles.ts";
import { issue, type Template } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { revocationList } from "../../../certs/revocation-list.ts";
import type { AlternativeNames, NameConstraints } from "../../../topology/pki/pki.ts";
import type { KeyKind } from "../../../topology/pki/spec.ts";

export const kinds: readonly KeyKind[] = ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048"];

export const names: AlternativeNames = {
  dns: ["server.local", "*.sub.server.local"],
  addresses: ["10.0.0.1", "2001:db8::1"],
  uris: ["spiffe://lab.example/server"],
  emails: ["admin@server.local"],
};

const nobody = { names: [], addresses: [], uris: [], emails: [] };
const constraints: NameConstraints = {
  permitted: { names: ["server.local"], addresses: ["10.0.0.0/8", "2001:db8::/32"], uris: [], emails: [] },
  excluded: { ...nobody, names: ["www.server.local"] },
};

export interface Chain {
  readonly root: string;
  readonly issuing: string;
  readonly leaf: string;
  readonly key: string;
  readonly list: string;
}

export async function chain(kind: KeyKind, changed: Partial<Template> = {}): Promise<Chain> {
  const now = Date.now();
  const period = {
    notBefore: new Date(now - 300_000),
    notAfter: new Date(now + 86_400_000),
    digest: "sha256",
  } as const;
  const [rootKey, issuingKey, key] = await Promise.all([generateKey(kind), generateKey(kind), generateKey(kind)]);
  const root = await issue(
    {
      ...period,
      subject: [
        ["O", "Lab"],
        ["CN", "Root"],
      ],
      profile: { kind: "authority", pathLength: 1 },
    },
    rootKey,
  );
  const issuing = await issue(
    {
      ...period,
      subject: [
        ["C", "DE"],
        ["O", "Lab"],
        ["CN", "Issuing ü"],
      ],
      profile: { kind: "authority", pathLength: 0, nameConstraints: constraints },
    },
    issuingKey,
    { certificate: root, key: rootKey },
  );
  const issuer = { certificate: issuing, key: issuingKey };
  const profile = { kind: "end", names, usages: ["serverAuth", "clientAuth"] } as const;
  const leaf = await issue({ ...period, subject: [["CN", "server.local"]], profile, ...changed }, key, issuer);
  const list = await revocationList(
    {
      number: 7,
      thisUpdate: new Date(now),
      nextUpdate: new Date(now + 86_400_000),
      revoked: [
        { serialNumber: new X509Certificate(leaf).serialNumber, reason: "keyCompromise", date: new Date(now) },
        { serialNumber: "4bcd", reason: "unspecified", date: new Date(now) },
      ],
    },
    issuer,
  );
  return { root, issuing, leaf, key, list };
}

/** Of a certificate that nobody but its issuer restricts; a day long. */
export function leafOf(commonName: string, dns: readonly string[] = []): Template {
  const none = { addresses: [], uris: [], emails: [] };
  return { ...today(), subject: [["CN", commonName]], profile: { kind: "end", names: { dns, ...none }, usages: [] } };
}

function today(): Pick<Template, "notBefore" | "notAfter" | "digest"> {
  const now = Date.now();
  return { notBefore: new Date(now - 300_000), notAfter: new Date(now + 86_400_000), digest: "sha256" };
}

/** A root, an authority below it, one that issues below that, and a certificate. As bundles are made of them; P-256. */
export async function deepChain(): Promise<Record<"root" | "middle" | "authority" | "certificate", Material>> {
  const below = async (name: string, template: Template, issuer?: Material): Promise<Material> => {
    const key = await generateKey("ecdsa-p256");
    const certificate = await issue(template, key, issuer);
    if (issuer === undefined) return { name, certificate, chain: [], key, roots: certificate, lists: "" };
    const dates = { thisUpdate: template.notBefore, nextUpdate: template.notAfter };
    const list = await revocationList({ number: 1, ...dates, revoked: [] }, issuer);
    const { chain: above, roots, lists } = issuer;
    return { name, certificate, chain: [certificate, ...above], key, roots, lists: list + lists };
  };
  const authority = (commonName: string): Template => ({
    ...today(),
    subject: [["CN", commonName]],
    profile: { kind: "authority" },
  });
  const root = await below("root", authority("Root"));
  const middle = await below("middle", authority("Middle"), root);
  const issuing = await below("issuing", authority("Issuing"), middle);
  return { root, middle, authority: issuing, certificate: await below("web", leafOf("web", ["web.local"]), issuing) };
}
