/** How @peculiar/x509 signs: with a private key as PEM, by Node's WebCrypto. */
import { createPrivateKey, webcrypto } from "node:crypto";
import type { KeyKind } from "../topology/pki/spec.ts";
import { kindOf } from "./keys.ts";

export interface Signer {
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: webcrypto.EcdsaParams;
}

export async function signerOf(key: string, digest: "sha256" | "sha1"): Promise<Signer> {
  const kind = kindOf(key);
  if (kind === undefined) throw new Error("The issuer's private key is of no kind that the PKI signs with.");
  const hash = digest === "sha1" ? "SHA-1" : kind === "ecdsa-p384" ? "SHA-384" : "SHA-256";
  const der = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const signingKey = await webcrypto.subtle.importKey("pkcs8", der, importedAs(kind, hash), false, ["sign"]);
  return { signingKey, signingAlgorithm: { name: signingKey.algorithm.name, hash } };
}

function importedAs(kind: KeyKind, hash: string): webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams {
  switch (kind) {
    case "ecdsa-p256":
      return { name: "ECDSA", namedCurve: "P-256" };
    case "ecdsa-p384":
      return { name: "ECDSA", namedCurve: "P-384" };
    case "ed25519":
      return { name: "Ed25519" } as webcrypto.EcKeyImportParams;
    case "rsa-2048":
    case "rsa-3072":
    case "rsa-4096":
      return { name: "RSASSA-PKCS1-v1_5", hash };
  }
}
