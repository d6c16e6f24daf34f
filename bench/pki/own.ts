/** A root, three authorities below it and their certificates, as a lab's PKI is issued: keys first, then signatures. */
import { issue, type Issuer } from "../../certs/certificate.ts";
import { generateKey } from "../../certs/keys.ts";
import type { KeyKind } from "../../topology/pki/spec.ts";

/** Seconds. */
export interface PkiRun {
  readonly keys: number;
  readonly certificates: number;
}

export async function issueAll(kind: KeyKind, leaves: number): Promise<PkiRun> {
  const period = {
    notBefore: new Date(Date.now() - 300_000),
    notAfter: new Date(Date.now() + 86_400_000),
    digest: "sha256",
  } as const;
  const started = performance.now();
  const keys = await Promise.all(Array.from({ length: 4 + leaves }, () => generateKey(kind)));
  const made = performance.now();
  const authority = async (index: number, issuer?: Issuer): Promise<Issuer> => {
    const key = keyAt(keys, index);
    const profile = { kind: "authority", pathLength: issuer === undefined ? 1 : 0 } as const;
    const certificate = await issue({ ...period, subject: [["CN", `Authority ${index}`]], profile }, key, issuer);
    return { certificate, key };
  };
  const root = await authority(0);
  const issuers = [await authority(1, root), await authority(2, root), await authority(3, root)] as const;
  const names = { addresses: [], uris: [], emails: [] };
  for (let leaf = 0; leaf < leaves; leaf++) {
    const name = `server${leaf}.local`;
    const profile = { kind: "end", names: { ...names, dns: [name] }, usages: ["serverAuth", "clientAuth"] } as const;
    await issue(
      { ...period, subject: [["CN", name]], profile },
      keyAt(keys, 4 + leaf),
      issuers[(leaf % 3) as 0 | 1 | 2],
    );
  }
  return { keys: (made - started) / 1000, certificates: (performance.now() - made) / 1000 };
}

function keyAt(keys: readonly string[], index: number): string {
  const key = keys[index];
  if (key === undefined) throw new Error(`no key ${index}`);
  return key;
}
