/** A small certificate authority in a folder, without a lab. */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { readRequest, type Request } from "../../../certs/request.ts";
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
  const asked = options.request === undefined ? undefined : await readAsked(options.request, given);
  const { dns = [], addresses = [], uris = [], emails = [] } = asked?.names ?? {};
  const names = asked === undefined ? given : [...dns, ...addresses, ...uris, ...emails];
  if (names.length === 0)
    throw new CommandError(
      asked === undefined ? "There is no name to issue a certificate for." : `${options.request} asks for no name.`,
      "Such as `lab pki issue my-ca server.local`; a request needs a subject alternative name.",
      exitCodes.failed,
    );
  const sorted = alternativeNames(names);
  const first = names[0] ?? "";
  const file = first.replace(/^\*/, "_").replaceAll(/[^A-Za-z0-9._-]/g, "_");
  const [certificate, key] = [join(directory, `${file}.pem`), join(directory, `${file}.key`)];
  const root = join(directory, "ca.pem");
  if (!existsSync(root))
    throw new CommandError(`There is no ${root}.`, `\`lab pki init ${directory}\` makes it.`, exitCodes.failed);
  refuseExisting(asked === undefined ? [certificate, key] : [certificate]);
  const issuer = { certificate: readFileSync(root, "utf8"), key: readFileSync(join(directory, "ca.key"), "utf8") };
  const privateKey = asked === undefined ? await generateKey("ecdsa-p256") : undefined;
  const pem = await issue(
    {
      // A common name has 64 characters at most (RFC 5280, appendix A).
      subject: asked?.subject ?? (first.length <= 64 ? [["CN", first]] : []),
      ...validityOf(90 * day, undefined, new Date(), periodOf(new X509Certificate(issuer.certificate))),
      digest: "sha256",
      profile: { kind: "end", names: sorted, usages: ["serverAuth", "clientAuth"] },
    },
    privateKey ?? asked?.publicKey ?? "",
    issuer,
  );
  if (privateKey !== undefined) write(key, privateKey, 0o600);
  write(certificate, pem, 0o644);
  const made = privateKey === undefined ? `${certificate} is` : `${certificate} and ${key} are`;
  context.output.result(`${made} for ${names.join(", ")}.`);
  context.output.json({ certificate, ...(privateKey === undefined ? {} : { key }), names });
  return exitCodes.good;
}

async function readAsked(file: string, given: readonly string[]): Promise<Request> {
  if (given.length > 0)
    throw new CommandError(
      `${given.join(", ")}: a request has names of its own.`,
      "Leave out either the names or `--request`.",
      exitCodes.failed,
    );
  try {
    return await readRequest(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandError(
      `${file} is no certificate request: ${(error as Error).message}.`,
      "`openssl req -new -key KEY -subj /CN=NAME -addext subjectAltName=DNS:NAME` makes one.",
      exitCodes.failed,
    );
  }
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
