import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuthorityOutputs, CertificatesOutputs } from "../../../provider/pki/schema.ts";
import type { Context } from "../../context.ts";
import { exitCodes } from "../../errors.ts";
import { isRecord } from "../../stacks/project.ts";
import { openPki } from "./inspect.ts";

/** Writes a PKI's certificates, chains, lists and private keys into a folder that its owner alone can read. */
export async function exportPki(context: Context, lab: string, directory: string): Promise<number> {
  const { inventory } = await openPki(context, lab);
  const keys = await keysOf(context, lab);
  const files = new Map<string, string>();
  const above = (name: string): string => {
    const authority = inventory.authorities.find((each) => each.name === name);
    return authority?.issuer === undefined ? "" : authority.pem + above(authority.issuer);
  };
  for (const { name, pem, generations, trusted, list } of inventory.authorities) {
    files.set(`authorities/${name}.pem`, pem);
    files.set(`authorities/${name}-bundle.pem`, trusted.map((generation) => generations[generation] ?? "").join(""));
    if (list !== undefined) files.set(`authorities/${name}-crl.pem`, list.pem);
  }
  for (const { name, pem, issuer } of inventory.certificates)
    files.set(`certificates/${name}.pem`, pem + above(issuer));
  for (const [name, key] of keys.authorities) files.set(`authorities/${name}.key`, key);
  for (const [name, key] of keys.certificates) files.set(`certificates/${name}.key`, key);
  for (const folder of ["", "authorities", "certificates"])
    mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
  // A folder of before may be open to others, and so may a file: it keeps its mode when it is written over.
  chmodSync(directory, 0o700);
  for (const [path, text] of files) {
    rmSync(join(directory, path), { force: true });
    writeFileSync(join(directory, path), text, { mode: 0o600, flag: "wx" });
  }
  context.output.result(`${files.size} files are in ${directory}, private keys among them; yours alone to read.`);
  context.output.json({ stack: lab, directory, files: [...files.keys()].sort() });
  return exitCodes.good;
}

async function keysOf(
  context: Context,
  lab: string,
): Promise<Record<"authorities" | "certificates", ReadonlyMap<string, string>>> {
  const resources = await (await context.engine()).resourcesWithSecrets(lab);
  const authorities = new Map<string, string>();
  const certificates = new Map<string, string>();
  for (const { type, outputs } of resources) {
    if (type === "labwright:pki:Authority") {
      const { name, privateKey } = outputs as unknown as AuthorityOutputs;
      authorities.set(name, String(plain(privateKey)));
    } else if (type === "labwright:pki:Certificates") {
      const keys = plain((outputs as unknown as CertificatesOutputs).privateKeys);
      for (const [name, key] of Object.entries(isRecord(keys) ? keys : {})) certificates.set(name, String(key));
    }
  }
  return { authorities, certificates };
}

/** An exported secret: its text is JSON. */
function plain(value: unknown): unknown {
  return isRecord(value) && typeof value["plaintext"] === "string" ? JSON.parse(value["plaintext"]) : value;
}
