/** A small certificate authority in a folder, without a lab. */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { periodOf, validityOf } from "../../../provider/pki/validity.ts";
import type { Context } from "../../context.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { askedByNames, askedByRequest } from "./asked.ts";
import { readRoot, rootFiles } from "./root.ts";

const day = 86_400;

/** Makes a root in a folder: `ca.pem`, and `ca.key` that its owner alone can read. */
export async function initPki(context: Context, directory: string): Promise<number> {
  const { certificate, key } = rootFiles(directory);
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new CommandError(`${directory} is no folder.`, "Take another one.", exitCodes.failed);
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

export interface IssueOptions {
  /** File with a certificate request; names and key are its own. */
  readonly request?: string;
}

/**
 * Issues a certificate for a server and client by the root in a folder: NAME.pem and NAME.key, of its first name. Of a
 * request NAME.pem alone, as its key is elsewhere.
 */
export async function issuePki(
  context: Context,
  directory: string,
  given: readonly string[],
  options: IssueOptions,
): Promise<number> {
  if (options.request !== undefined && given.length > 0)
    throw new CommandError(
      `${given.join(", ")}: a request has names of its own.`,
      "Leave out either the names or `--request`.",
      exitCodes.failed,
    );
  const asked = options.request === undefined ? askedByNames(given) : await askedByRequest(options.request);
  const { subject, names, inOrder, publicKey } = asked;
  const first = inOrder[0] ?? "";
  const file = first.replace(/^\*/, "_").replaceAll(/[^A-Za-z0-9._-]/g, "_");
  const [certificate, key] = [join(directory, `${file}.pem`), join(directory, `${file}.key`)];
  const now = new Date();
  const issuer = readRoot(directory, now);
  refuseExisting(publicKey === undefined ? [certificate, key] : [certificate]);
  const privateKey = publicKey === undefined ? await generateKey("ecdsa-p256") : undefined;
  const pem = await issue(
    {
      subject,
      ...validityOf(90 * day, undefined, now, periodOf(issuer.read)),
      digest: "sha256",
      profile: { kind: "end", names, usages: ["serverAuth", "clientAuth"] },
    },
    privateKey ?? publicKey ?? "",
    issuer,
  );
  if (privateKey !== undefined) write(key, privateKey, 0o600);
  write(certificate, pem, 0o644);
  const made = privateKey === undefined ? `${certificate} is` : `${certificate} and ${key} are`;
  context.output.result(`${made} for ${inOrder.join(", ")}.`);
  context.output.json({ certificate, ...(privateKey === undefined ? {} : { key }), names: inOrder });
  return exitCodes.good;
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
