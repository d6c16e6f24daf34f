/** The root that a small certificate authority has in its folder. */
import { createPrivateKey, type X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Issuer } from "../../../certs/certificate.ts";
import { kindOf } from "../../../certs/keys.ts";
import { readCertificate } from "../../../provider/pki/judge.ts";
import { dateText } from "../../../provider/pki/validity.ts";
import { keyKinds } from "../../../topology/pki/spec.ts";
import { CommandError, exitCodes } from "../../errors.ts";

/** Paths of its certificate and of its key. */
export function rootFiles(directory: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(directory, "ca.pem"), key: join(directory, "ca.key") };
}

/** @throws CommandError where nothing that it signs would be valid. */
export function readRoot(directory: string, now: Date): Issuer & { readonly read: X509Certificate } {
  const files = rootFiles(directory);
  const missing = Object.values(files).filter((file) => !existsSync(file));
  if (missing.length === 2)
    throw new CommandError(
      `There is no ${missing.join(" and no ")}.`,
      `\`lab pki init ${directory}\` makes them.`,
      exitCodes.failed,
    );
  if (missing.length > 0) throw unusable(`There is no ${missing.join("")}.`);
  const [certificate, key] = [readFileSync(files.certificate, "utf8"), readFileSync(files.key, "utf8")];
  const read = readCertificate(certificate);
  if (read === undefined) throw unusable(`${files.certificate} is no certificate.`);
  if (!read.ca) throw unusable(`${files.certificate} isn't the certificate of an authority.`);
  if (!isPrivateKey(key)) throw unusable(`${files.key} is no private key that can be read without a password.`);
  if (!read.checkPrivateKey(createPrivateKey(key)))
    throw unusable(`${files.key} isn't the private key of ${files.certificate}.`);
  if (kindOf(key) === undefined) throw unusable(`${files.key} is of no kind that signs here: ${keyKinds.join(", ")}.`);
  if (now >= read.validToDate)
    throw new CommandError(
      `${files.certificate} ended ${dateText(read.validToDate)}: nothing that it signs would be valid.`,
      "`lab pki init` makes a new one in another folder; those who trust this one are to trust that one then.",
      exitCodes.failed,
    );
  if (now < read.validFromDate)
    throw new CommandError(
      `${files.certificate} begins ${dateText(read.validFromDate)}: nothing that it signs would be valid yet.`,
      `Is the clock right? It is ${dateText(now)} by it.`,
      exitCodes.failed,
    );
  return { certificate, key, read };
}

function isPrivateKey(text: string): boolean {
  try {
    createPrivateKey(text);
    return true;
  } catch {
    return false;
  }
}

function unusable(message: string): CommandError {
  return new CommandError(
    message,
    "Put back what `lab pki init` made, or let it make a new one in another folder.",
    exitCodes.failed,
  );
}
