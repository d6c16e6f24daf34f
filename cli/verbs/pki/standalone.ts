/** A small certificate authority in a folder, without a lab. */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { periodOf, validityOf } from "../../../provider/pki/validity.ts";
import { parseAddress } from "../../../topology/addressing/address.ts";
import { isDnsName, isMailAddress, isUri } from "../../../topology/pki/names.ts";
import type { AlternativeNames } from "../../../topology/pki/pki.ts";
import type { Context } from "../../context.ts";
import { CommandError, exitCodes } from "../../errors.ts";

const day = 86_400;

/** Makes a root in a folder: `ca.pem`, and `ca.key` that its owner alone can read. */
export async function initPki(context: Context, directory: string): Promise<number> {
  const [certificate, key] = [join(directory, "ca.pem"), join(directory, "ca.key")];
  refuseExisting([certificate, key]);
  const privateKey = await generateKey("ecdsa-p256");
  const pem = await issue(
    {
      subject: [["CN", "Root of a small PKI"]],
      ...validityOf(3650 * day, undefined, new Date()),
      digest: "sha256",
      profile: { kind: "authority", pathLength: 0 },
    },
    privateKey,
  );
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  write(key, privateKey, 0o600);
  write(certificate, pem, 0o644);
  context.output.result(`${certificate} and its key are made.\n\`lab pki issue ${directory} localhost\` issues by it.`);
  context.output.json({ certificate, key });
  return exitCodes.good;
}

/** Issues a certificate for a server and client by the root in a folder: NAME.pem and NAME.key, of its first name. */
export async function issuePki(context: Context, directory: string, names: readonly string[]): Promise<number> {
  const sorted = alternativeNames(names);
  const first = names[0] ?? "";
  const file = first.replace(/^\*/, "_").replaceAll(/[^A-Za-z0-9._-]/g, "_");
  const [certificate, key] = [join(directory, `${file}.pem`), join(directory, `${file}.key`)];
  const root = join(directory, "ca.pem");
  if (!existsSync(root))
    throw new CommandError(`There is no ${root}.`, `\`lab pki init ${directory}\` makes it.`, exitCodes.failed);
  refuseExisting([certificate, key]);
  const issuer = { certificate: readFileSync(root, "utf8"), key: readFileSync(join(directory, "ca.key"), "utf8") };
  const privateKey = await generateKey("ecdsa-p256");
  const pem = await issue(
    {
      // A common name has 64 characters at most (RFC 5280, appendix A).
      subject: first.length <= 64 ? [["CN", first]] : [],
      ...validityOf(90 * day, undefined, new Date(), periodOf(new X509Certificate(issuer.certificate))),
      digest: "sha256",
      profile: { kind: "end", names: sorted, usages: ["serverAuth", "clientAuth"] },
    },
    privateKey,
    issuer,
  );
  write(key, privateKey, 0o600);
  write(certificate, pem, 0o644);
  context.output.result(`${certificate} and ${key} are for ${names.join(", ")}.`);
  context.output.json({ certificate, key, names });
  return exitCodes.good;
}

/** @throws CommandError that names all that are of no kind. */
function alternativeNames(names: readonly string[]): AlternativeNames {
  const addresses = names.filter((name) => parseAddress(name) !== undefined);
  const dns = names.filter(isDnsName);
  const uris = names.filter(isUri);
  const emails = names.filter(isMailAddress);
  const bad = names.filter((name) => ![addresses, dns, uris, emails].some((kind) => kind.includes(name)));
  if (bad.length > 0)
    throw new CommandError(
      `No DNS name, address, URI or mail address: ${bad.map((name) => JSON.stringify(name)).join(", ")}.`,
      "Such as `server.local`, `10.0.0.1`, `spiffe://lab.example/server` or `admin@server.local`.",
      exitCodes.failed,
    );
  return { dns, addresses, uris, emails };
}

function refuseExisting(files: readonly string[]): void {
  const found = files.filter((file) => existsSync(file));
  if (found.length > 0)
    throw new CommandError(
      `There is already ${found.join(" and ")}.`,
      "Take another folder or name.",
      exitCodes.failed,
    );
}

function write(file: string, text: string, mode: number): void {
  writeFileSync(file, text, { mode, flag: "wx" });
}
