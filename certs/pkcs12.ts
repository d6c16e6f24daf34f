/** PKCS #12 files (RFC 7292), for keys of every kind: node-forge's own writer takes RSA alone, so its ASN.1 is put together here. */
import { createHash, createHmac, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import forge from "node-forge";

const { asn1, pkcs12 } = forge;

const oids = {
  data: "1.2.840.113549.1.7.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  x509Certificate: "1.2.840.113549.1.9.22.1",
  friendlyName: "1.2.840.113549.1.9.20",
  localKeyId: "1.2.840.113549.1.9.21",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const;

/** As OpenSSL 3 has it. */
const iterations = 2048;

/** The purpose of a key that is derived from the password: a MAC's (RFC 7292, B.3). */
const macPurpose = 3;

/**
 * @param key private key, PEM.
 * @param chain certificates, PEM, the key's own first.
 * @param name by which programs show it.
 * @param password of any characters of the Basic Multilingual Plane, at least one. The key is encrypted with AES-256
 * (PBKDF2 with SHA-256), and the whole authenticated with SHA-256.
 */
export function pkcs12File(key: string, chain: readonly string[], name: string, password: string): Buffer {
  const ders = chain.map((pem) => new X509Certificate(pem).raw);
  const [own] = ders;
  if (own === undefined) throw new Error("A PKCS #12 file needs the key's certificate.");
  const id = createHash("sha1").update(own).digest();
  const attributes = set(
    attribute(oids.friendlyName, value(asn1.Type.BMPSTRING, name)),
    attribute(oids.localKeyId, octets(id)),
  );
  const encrypted = createPrivateKey(key).export({
    type: "pkcs8",
    format: "der",
    cipher: "aes-256-cbc",
    passphrase: password,
  });
  const certificates = ders.map((der, index) =>
    sequence(
      object(oids.certificateBag),
      tagged(sequence(object(oids.x509Certificate), tagged(octets(der)))),
      ...(index === 0 ? [attributes] : []),
    ),
  );
  const keyBag = sequence(object(oids.shroudedKeyBag), tagged(parsed(encrypted)), attributes);
  const safe = sequence(content(sequence(...certificates)), content(sequence(keyBag)));
  const salt = randomBytes(16);
  const macKey = pkcs12.generateKey(
    password,
    forge.util.createBuffer(binary(salt)),
    macPurpose,
    iterations,
    32,
    forge.md.sha256.create(),
  );
  const mac = createHmac("sha256", Buffer.from(macKey.getBytes(), "binary")).update(der(safe)).digest();
  const digest = sequence(sequence(object(oids.sha256), value(asn1.Type.NULL, "")), octets(mac));
  return der(sequence(integer(3), content(safe), sequence(digest, octets(salt), integer(iterations))));
}

/** ContentInfo of type data: what it holds as octets. */
function content(inner: forge.asn1.Asn1): forge.asn1.Asn1 {
  return sequence(object(oids.data), tagged(octets(der(inner))));
}

function attribute(type: string, inner: forge.asn1.Asn1): forge.asn1.Asn1 {
  return sequence(object(type), set(inner));
}

function value(type: forge.asn1.Type, bytes: string): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, bytes);
}

function sequence(...inner: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, inner);
}

function set(...inner: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, inner);
}

function tagged(inner: forge.asn1.Asn1): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0 as forge.asn1.Type, true, [inner]);
}

function octets(bytes: Buffer): forge.asn1.Asn1 {
  return value(asn1.Type.OCTETSTRING, binary(bytes));
}

function object(id: string): forge.asn1.Asn1 {
  return value(asn1.Type.OID, asn1.oidToDer(id).getBytes());
}

function integer(number: number): forge.asn1.Asn1 {
  return value(asn1.Type.INTEGER, asn1.integerToDer(number).getBytes());
}

function parsed(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.fromDer(forge.util.createBuffer(binary(bytes)));
}

function der(inner: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(inner).getBytes(), "binary");
}

/** Forge's bytes: a character each. */
function binary(bytes: Buffer): string {
  return bytes.toString("binary");
}
