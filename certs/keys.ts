/** Private keys, made by Node's native crypto off the main thread. As PEM: PKCS#8 (RFC 5958). */
import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { KeyKind } from "../topology/pki/spec.ts";

const generate = promisify(generateKeyPair);

/** A new private key. */
export async function generateKey(kind: KeyKind): Promise<string> {
  const { privateKey } = await pair(kind);
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function pair(kind: KeyKind): Promise<{ privateKey: KeyObject }> {
  switch (kind) {
    case "ecdsa-p256":
      return generate("ec", { namedCurve: "P-256" });
    case "ecdsa-p384":
      return generate("ec", { namedCurve: "P-384" });
    case "ed25519":
      return generate("ed25519");
    case "rsa-2048":
    case "rsa-3072":
    case "rsa-4096":
      return generate("rsa", { modulusLength: Number(kind.slice("rsa-".length)) });
  }
}

/** Of a private or public key; undefined for one of none of these kinds. */
export function kindOf(key: string): KeyKind | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(key);
  switch (asymmetricKeyType) {
    case "ed25519":
      return "ed25519";
    case "ec":
      return ({ prime256v1: "ecdsa-p256", secp384r1: "ecdsa-p384" } as const)[
        asymmetricKeyDetails?.namedCurve as "prime256v1"
      ];
    case "rsa":
      return ({ 2048: "rsa-2048", 3072: "rsa-3072", 4096: "rsa-4096" } as const)[
        asymmetricKeyDetails?.modulusLength as 2048
      ];
    default:
      return undefined;
  }
}

/** In words, one of none of these kinds too: `rsa 1024`, `ec secp521r1`. */
export function describeKey(key: string): string {
  const { asymmetricKeyType = "unknown", asymmetricKeyDetails = {} } = createPublicKey(key);
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  return [asymmetricKeyType, modulusLength ?? namedCurve ?? ""].join(" ").trim();
}

/** The public key of a private one, or the same one: DER of its SubjectPublicKeyInfo. */
export function publicKeyOf(key: string): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}
