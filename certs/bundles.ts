/** Certificates and keys in the files, and under the names, in which programs look for them. Pure. */
import { kindOf } from "./keys.ts";
import { pkcs12File } from "./pkcs12.ts";

/** Of a certificate or an authority. All PEM. */
export interface Material {
  readonly name: string;
  readonly certificate: string;
  /** With the intermediate authorities above it, without the root. Empty for a root. */
  readonly chain: readonly string[];
  readonly key: string;
  /** What those trust who are to accept it: root certificates, one or, in a rotation, more. */
  readonly roots: string;
  /** Revocation lists of its issuer and of those above; empty where there are none. */
  readonly lists: string;
}

type Files = Readonly<Record<string, string | Buffer>>;

interface BundleDefinition {
  /** Of what it is made, in this order. */
  readonly of: readonly string[];
  readonly authority: boolean;
  readonly purpose: string;
  files(materials: readonly Material[], password: string): Files;
  /** What is wrong with what it is to be made of. */
  refuse?(materials: readonly Material[]): string | undefined;
}

const only = (materials: readonly Material[]): Material => {
  const [first] = materials;
  if (first === undefined) throw new Error("a bundle of nothing");
  return first;
};

const definitions = {
  pkcs12: {
    of: ["certificate"],
    authority: false,
    purpose: "key and chain in one encrypted file, with its password beside it: Java, Windows, browsers",
    files: (materials, password) => {
      const { name, key, chain, roots } = only(materials);
      const all = [...chain, ...pems(roots)];
      return { [`${name}.p12`]: pkcs12File(key, all, name, password), [`${name}.p12.password`]: `${password}\n` };
    },
  },
  combined: {
    of: ["certificate"],
    authority: false,
    purpose: "key and chain in one PEM file, such as HAProxy reads",
    files: (materials) => {
      const { name, key, chain, roots } = only(materials);
      return { [`${name}.pem`]: key + chain.join(""), "ca.pem": roots };
    },
  },
  kubernetes: {
    of: ["certificate"],
    authority: false,
    purpose: "a Secret of type kubernetes.io/tls, with ca.crt as cert-manager has it",
    files: (materials) => {
      const { name, key, chain, roots } = only(materials);
      const data = { "ca.crt": base64(roots), "tls.crt": base64(chain.join("")), "tls.key": base64(key) };
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "kubernetes.io/tls", data };
      // JSON is YAML.
      return { "secret.json": `${JSON.stringify(secret, undefined, 2)}\n` };
    },
  },
  postgresql: {
    of: ["certificate"],
    authority: false,
    purpose: "server.crt, server.key, root.crt and root.crl of a server; libpq's postgresql.crt and postgresql.key",
    files: (materials) => {
      const { key, chain, roots, lists } = only(materials);
      const crt = chain.join("");
      return {
        ...{ "server.crt": crt, "server.key": key, "postgresql.crt": crt, "postgresql.key": key, "root.crt": roots },
        ...(lists === "" ? {} : { "root.crl": lists }),
      };
    },
  },
  mongodb: {
    of: ["certificate"],
    authority: false,
    purpose: "certificateKeyFile and CAFile of net.tls, of a member or a client",
    files: (materials) => {
      const { key, chain, roots } = only(materials);
      return { "mongodb.pem": key + chain.join(""), "ca.pem": roots };
    },
  },
  istio: {
    of: ["authority"],
    authority: true,
    purpose: "the files of the secret cacerts: istiod issues by this authority",
    files: (materials) => {
      const { certificate, key, chain, roots } = only(materials);
      return {
        ...{ "ca-cert.pem": certificate, "ca-key.pem": key, "root-cert.pem": roots },
        "cert-chain.pem": chain.join("") + roots,
      };
    },
  },
  linkerd: {
    of: ["authority"],
    authority: true,
    purpose: "trust anchor and issuer of Linkerd's identity",
    files: (materials) => {
      const { certificate, key, chain, roots } = only(materials);
      // Proxies are given what is behind the first certificate, as they know the trust anchor alone. A root has no chain.
      return { "ca.crt": roots, "issuer.crt": chain.join("") || certificate, "issuer.key": key };
    },
    refuse: (materials) =>
      kindOf(only(materials).key) === "ecdsa-p256"
        ? undefined
        : `Linkerd takes keys of kind ecdsa-p256 only, and ${only(materials).name} has another`,
  },
  kubeadm: {
    of: ["cluster authority", "etcd authority", "front proxy authority"],
    authority: true,
    purpose: "/etc/kubernetes/pki: kubeadm issues everything else by these three",
    files: (materials) =>
      Object.fromEntries(
        ["ca", "etcd/ca", "front-proxy-ca"].flatMap((path, index) => {
          const material = materials[index];
          return material === undefined
            ? []
            : [
                [`${path}.crt`, material.certificate],
                [`${path}.key`, material.key],
              ];
        }),
      ) as Files,
    refuse: (materials) =>
      new Set(materials.map(({ name }) => name)).size === materials.length
        ? undefined
        : "one authority for two purposes would let certificates of the one pass for the other",
  },
} as const satisfies Readonly<Record<string, BundleDefinition>>;

export type BundleKind = keyof typeof definitions;

export const bundleKinds = Object.keys(definitions) as readonly BundleKind[];

/** What a kind is made of, in this order, and for what it is. */
export function bundleOf(kind: BundleKind): Omit<BundleDefinition, "files"> {
  return definitions[kind];
}

/**
 * The files of a bundle by path.
 *
 * @param password of encrypted files.
 */
export function bundle(kind: BundleKind, materials: readonly Material[], password: string): Files {
  return definitions[kind].files(materials, password);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Its certificates one by one. */
export function pems(text: string): string[] {
  return text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
}
