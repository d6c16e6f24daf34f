import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundle, bundleKinds, bundleOf, pems, type Material } from "../../../certs/bundles.ts";
import { issue } from "../../../certs/certificate.ts";
import { kindOf } from "../../../certs/keys.ts";
import { needs } from "../../requirements.ts";
import { chain, deepChain, kinds, leafOf } from "./chains.ts";

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

/** The certificate's own material, and that of the authority that has issued it. */
const deep = await deepChain();

function filesOf(kind: (typeof bundleKinds)[number]): Readonly<Record<string, string>> {
  const { authority, of } = bundleOf(kind);
  const material = authority ? deep.authority : deep.certificate;
  const made = bundle(kind, [material, deep.middle, deep.root].slice(0, of.length), "secret");
  return Object.fromEntries(Object.entries(made).map(([path, content]) => [path, String(content)]));
}

/** What OpenSSL says of a certificate. */
function verified(certificate: string, files: Readonly<Record<string, string>>, ...flags: readonly string[]): string {
  const options = Object.entries({ ...files, "": certificate }).flatMap(([option, text], index) => {
    const path = join(directory, `verified-${index}`);
    writeFileSync(path, text);
    return option === "" ? [path] : [`-${option}`, path];
  });
  const { stdout, stderr } = spawnSync("openssl", ["verify", "-x509_strict", ...flags, ...options], {
    encoding: "utf8",
  });
  return (stdout + stderr).replaceAll(`${directory}/`, "").trim();
}

const keyOf = (text = "") =>
  createPrivateKey(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(text)?.[0] ?? "");
const certificatesOf = (text = "") =>
  pems(text)
    .filter((pem) => pem.startsWith("-----BEGIN CERTIFICATE-----"))
    .map((pem) => new X509Certificate(pem));

describe.each([
  { kind: "combined", certificate: "web.pem", key: "web.pem", chain: "web.pem", roots: "ca.pem" },
  {
    kind: "postgresql",
    certificate: "server.crt",
    key: "server.key",
    chain: "server.crt",
    roots: "root.crt",
    lists: "root.crl",
  },
  {
    kind: "postgresql",
    certificate: "postgresql.crt",
    key: "postgresql.key",
    chain: "postgresql.crt",
    roots: "root.crt",
    lists: "root.crl",
  },
  { kind: "mongodb", certificate: "mongodb.pem", key: "mongodb.pem", chain: "mongodb.pem", roots: "ca.pem" },
  {
    kind: "istio",
    certificate: "ca-cert.pem",
    key: "ca-key.pem",
    chain: "cert-chain.pem",
    roots: "root-cert.pem",
  },
  { kind: "linkerd", certificate: "issuer.crt", key: "issuer.key", chain: "issuer.crt", roots: "ca.crt" },
] as const)("$kind, three authorities deep: $certificate", ({ kind, certificate, key, chain, roots, ...more }) => {
  const files = filesOf(kind);

  test("the key is the certificate's", () => {
    expect(certificatesOf(files[certificate])[0]?.checkPrivateKey(keyOf(files[key]))).toBe(true);
  });

  test("the chain goes from the certificate up to the roots, which are all self-signed", () => {
    const path = certificatesOf(files[chain]);
    expect(path[0]?.fingerprint256).toBe(certificatesOf(files[certificate])[0]?.fingerprint256);
    const trusted = certificatesOf(files[roots]);
    expect(trusted.map((root) => root.ca && root.checkIssued(root) && root.verify(root.publicKey))).toEqual([true]);
    for (const [index, each] of path.entries()) {
      const above = path[index + 1] ?? trusted[0];
      expect(above !== undefined && each.checkIssued(above) && each.verify(above.publicKey)).toBe(true);
    }
  });

  test("OpenSSL verifies it by what is in the bundle, and not without the chain", needs("openssl"), () => {
    const by = { CAfile: files[roots] ?? "" };
    const lists = "lists" in more ? { CRLfile: files[more.lists] ?? "" } : {};
    const flags = "lists" in more ? ["-crl_check_all"] : [];
    expect(verified(files[certificate] ?? "", { ...by, ...lists, untrusted: files[chain] ?? "" }, ...flags)).toMatch(
      /^verified-\d: OK$/,
    );
    expect(verified(files[certificate] ?? "", by)).toMatch(/error 20 .*unable to get local issuer certificate/);
  });
});

describe("an authority's bundle is one to issue by", needs("openssl"), () => {
  const issuedBy = (certificate = "", key = ""): Promise<string> =>
    issue(leafOf("workload"), deep.certificate.key, { certificate: pems(certificate)[0] ?? "", key });

  test("Istio's: what it issues is verified by cert-chain.pem and root-cert.pem", async () => {
    const files = filesOf("istio");
    expect(certificatesOf(files["ca-cert.pem"]).map(({ ca }) => ca)).toEqual([true]);
    const workload = await issuedBy(files["ca-cert.pem"], files["ca-key.pem"]);
    expect(
      verified(workload, { CAfile: files["root-cert.pem"] ?? "", untrusted: files["cert-chain.pem"] ?? "" }),
    ).toMatch(/: OK$/);
  });

  test("Linkerd's: an authority of P-256, with those between it and the trust anchor behind it", async () => {
    const files = filesOf("linkerd");
    expect(certificatesOf(files["issuer.crt"]).map(({ ca, subject }) => [ca, subject])).toEqual([
      [true, "CN=Issuing"],
      [true, "CN=Middle"],
    ]);
    expect(kindOf(files["issuer.key"] ?? "")).toBe("ecdsa-p256");
    const workload = await issuedBy(files["issuer.crt"], files["issuer.key"]);
    expect(verified(workload, { CAfile: files["ca.crt"] ?? "", untrusted: files["issuer.crt"] ?? "" })).toMatch(
      /: OK$/,
    );
  });

  test("a root may be it: Istio's and Linkerd's files are not empty then", () => {
    expect(
      certificatesOf(String(bundle("linkerd", [deep.root], "")["issuer.crt"])).map(({ subject }) => subject),
    ).toEqual(["CN=Root"]);
    expect(
      certificatesOf(String(bundle("istio", [deep.root], "")["cert-chain.pem"])).map(({ subject }) => subject),
    ).toEqual(["CN=Root"]);
  });

  test.each(["ca", "etcd/ca", "front-proxy-ca"])(
    "kubeadm's %s: its key is its own, and it is trusted by itself",
    async (path) => {
      const { [`${path}.crt`]: certificate = "", [`${path}.key`]: key = "" } = filesOf("kubeadm");
      const [read, ...others] = certificatesOf(certificate);
      expect([read?.ca, read?.checkPrivateKey(keyOf(key)), others]).toEqual([true, true, []]);
      // Kubernetes takes whatever is in its files for a trust anchor, an intermediate authority too.
      expect(verified(await issuedBy(certificate, key), { CAfile: certificate }, "-partial_chain")).toMatch(/: OK$/);
    },
  );
});

test("Linkerd's issuer has a P-256 key, kubeadm's authorities are three", () => {
  const rsa = materials.find(({ name }) => name === "rsa-2048");
  expect(bundleOf("linkerd").refuse?.([first])).toBeUndefined();
  expect(bundleOf("linkerd").refuse?.([rsa ?? first])).toBe(
    "Linkerd takes keys of kind ecdsa-p256 only, and rsa-2048 has another",
  );
  expect(bundleOf("kubeadm").refuse?.([first, first, first])).toMatch(/^one authority for two purposes/);
});
