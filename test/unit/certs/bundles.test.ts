import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundle, bundleKinds, bundleOf, pems, type Material } from "../../../certs/bundles.ts";
import { needs } from "../../requirements.ts";
import { chain, kinds } from "./chains.ts";

const directory = mkdtempSync(join(tmpdir(), "labwright-bundles-"));
afterAll(() => rmSync(directory, { recursive: true }));

const materials = await Promise.all(
  kinds.map(async (kind): Promise<Material> => {
    const { root, issuing, leaf, key, list } = await chain(kind);
    return { name: kind, certificate: leaf, chain: [leaf, issuing], key, roots: root, lists: list };
  }),
);
const [first] = materials as [Material];

describe.each(materials)("PKCS #12 of $name", (material) => {
  const files = bundle("pkcs12", [material], "päss word");
  const openssl = (...options: readonly string[]): string => {
    const path = join(directory, `${material.name}.p12`);
    writeFileSync(path, files[`${material.name}.p12`] ?? "");
    return execFileSync("openssl", ["pkcs12", "-in", path, "-passin", "env:SECRET", ...options], {
      encoding: "utf8",
      env: { ...process.env, SECRET: "päss word", LC_ALL: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  };

  test("OpenSSL finds in it the same key and chain, its own certificate first", needs("openssl"), () => {
    const [key = ""] =
      /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/.exec(openssl("-nodes", "-nocerts")) ?? [];
    expect(createPrivateKey(key).equals(createPrivateKey(material.key))).toBe(true);
    const found = pems(openssl("-nokeys")).map((pem) => new X509Certificate(pem).fingerprint256);
    const wanted = [...material.chain, material.roots].map((pem) => new X509Certificate(pem).fingerprint256);
    expect(found).toEqual(wanted);
    expect(openssl("-nokeys", "-clcerts")).toContain(`friendlyName: ${material.name}`);
  });

  test("key and MAC are of today's algorithms", needs("openssl"), () => {
    const path = join(directory, `${material.name}.p12`);
    writeFileSync(path, files[`${material.name}.p12`] ?? "");
    const info = execFileSync("sh", ["-c", `openssl pkcs12 -in ${path} -passin env:SECRET -info -noout 2>&1`], {
      encoding: "utf8",
      env: { ...process.env, SECRET: "päss word", LC_ALL: "C.UTF-8" },
    });
    expect(info).toContain("MAC: sha256, Iteration 2048");
    expect(info).toContain("PBES2, PBKDF2, AES-256-CBC");
  });

  test("a wrong password opens nothing", needs("openssl"), () => {
    expect(() => openssl("-nokeys", "-passin", "pass:another")).toThrow(/Mac verify error|invalid password/);
  });
});

test("a Secret holds what kubernetes.io/tls asks for", () => {
  const secret = JSON.parse(String(bundle("kubernetes", [first], "")["secret.json"])) as {
    type: string;
    data: Record<string, string>;
  };
  const of = (name: string): string => Buffer.from(secret.data[name] ?? "", "base64").toString();
  expect(secret.type).toBe("kubernetes.io/tls");
  expect([of("tls.crt"), of("tls.key"), of("ca.crt")]).toEqual([first.chain.join(""), first.key, first.roots]);
});

test("every kind has the files by the names that its programs look for", () => {
  const others = [1, 2].map((index) => ({ ...first, name: `other${index}` }));
  const names = (kind: (typeof bundleKinds)[number]): string[] =>
    Object.keys(bundle(kind, [first, ...others].slice(0, bundleOf(kind).of.length), "secret")).sort();
  expect(Object.fromEntries(bundleKinds.map((kind) => [kind, names(kind)]))).toEqual({
    pkcs12: ["ecdsa-p256.p12", "ecdsa-p256.p12.password"],
    combined: ["ca.pem", "ecdsa-p256.pem"],
    kubernetes: ["secret.json"],
    postgresql: ["postgresql.crt", "postgresql.key", "root.crl", "root.crt", "server.crt", "server.key"],
    mongodb: ["ca.pem", "mongodb.pem"],
    istio: ["ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"],
    linkerd: ["ca.crt", "issuer.crt", "issuer.key"],
    kubeadm: [...["ca.crt", "ca.key", "etcd/ca.crt", "etcd/ca.key"], ...["front-proxy-ca.crt", "front-proxy-ca.key"]],
  });
});

test("Linkerd's issuer has a P-256 key, kubeadm's authorities are three", () => {
  const rsa = materials.find(({ name }) => name === "rsa-2048");
  expect(bundleOf("linkerd").refuse?.([first])).toBeUndefined();
  expect(bundleOf("linkerd").refuse?.([rsa ?? first])).toBe(
    "Linkerd takes keys of kind ecdsa-p256 only, and rsa-2048 has another",
  );
  expect(bundleOf("kubeadm").refuse?.([first, first, first])).toMatch(/^one authority for two purposes/);
});
