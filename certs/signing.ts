/** How @peculiar/x509 signs: with a private key as PEM, by Node's WebCrypto. */
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import type { KeyKind } from "../topology/pki/spec.ts";
import { kindOf } from "./keys.ts";

export interface Signer {
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: webcrypto.EcdsaParams;
}

export async function signerOf(key: string, digest: "sha256" | "sha1"): Promise<Signer> {
  const kind = kindOf(key);
  if (kind === undefined) throw new Error("The issuer's private key is of no kind that the PKI signs with.");
  const hash = hashOf(kind, digest);
  const der = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const signingKey = await webcrypto.subtle.importKey("pkcs8", der, importedAs(kind, hash), false, ["sign"]);
  return { signingKey, signingAlgorithm: { name: signingKey.algorithm.name, hash } };
}

/** What a key signs with; Ed25519, which has a digest of its own, takes no notice of it. */
export function hashOf(kind: KeyKind, digest: "sha256" | "sha1"): "SHA-1" | "SHA-256" | "SHA-384" {
  if (digest === "sha1") return "SHA-1";
  return kind === "ecdsa-p384" ? "SHA-384" : "SHA-256";
}

/** Both halves of a private key, with what it signs requests by. */
export async function keysOf(
  key: string,
): Promise<{ readonly keys: webcrypto.CryptoKeyPair; readonly signingAlgorithm: webcrypto.EcdsaParams }> {
  const { signingKey: privateKey, signingAlgorithm } = await signerOf(key, "sha256");
  const der = createPublicKey(key).export({ type: "spki", format: "der" });
  const algorithm = importedAs(kindOf(key) ?? "ecdsa-p256", signingAlgorithm.hash as string);
  const publicKey = await webcrypto.subtle.importKey("spki", der, algorithm, true, ["verify"]);
  return { keys: { privateKey, publicKey }, signingAlgorithm };
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
