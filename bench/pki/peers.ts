/** Other programs that issue certificates, called once or more for each, as scripts do. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { collect } from "../../provider/sandbox/run.ts";
import type { KeyKind } from "../../topology/pki/spec.ts";
import type { Leftovers } from "../leftovers.ts";
import { output } from "../peers/programs.ts";

export interface PkiPeer {
  readonly name: string;
  /** Shell: an authority in the current folder. */
  authority(kind: KeyKind): string;
  /** Shell: a key and a certificate for the name `$name`, signed by that authority. */
  leaf(kind: KeyKind): string;
  /** Shell: a key for the name `$name`, and nothing else. */
  key?(kind: KeyKind): string;
}

const isRsa = (kind: KeyKind): boolean => kind.startsWith("rsa-");
const generate = (kind: KeyKind): string =>
  isRsa(kind)
    ? `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${kind.slice(4)}`
    : "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const cfsslKey = (kind: KeyKind): object =>
  isRsa(kind) ? { algo: "rsa", size: Number(kind.slice(4)) } : { algo: "ecdsa", size: 256 };
const stepKey = (kind: KeyKind): string =>
  isRsa(kind) ? `--kty RSA --size ${kind.slice(4)}` : "--kty EC --curve P-256";

const peers: readonly (PkiPeer & { readonly version: readonly string[] })[] = [
  {
    name: "openssl",
    version: ["version"],
    authority: (kind) =>
      `${generate(kind)} -out ca.key && openssl req -x509 -new -key ca.key -sha256 -days 1 -subj /CN=Authority -out ca.pem`,
    leaf: (kind) =>
      [
        `${generate(kind)} -out $name.key`,
        "openssl req -new -key $name.key -subj /CN=$name -out $name.csr",
        'printf "basicConstraints=critical,CA:FALSE\\nkeyUsage=critical,digitalSignature\\nextendedKeyUsage=serverAuth,clientAuth\\nsubjectAltName=DNS:%s\\n" $name >$name.ext',
        "openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -sha256 -days 1 -extfile $name.ext -out $name.pem",
      ].join(" && "),
    key: (kind) => `${generate(kind)} -out $name.key`,
  },
  {
    name: "cfssl",
    version: ["version"],
    authority: (kind) =>
      `echo '${JSON.stringify({ CN: "Authority", key: cfsslKey(kind) })}' | cfssl genkey -initca - >ca.json && ${member("cert", "ca.pem")} && ${member("key", "ca.key")}`,
    leaf: (kind) =>
      `echo '${JSON.stringify({ CN: "NAME", hosts: ["NAME"], key: cfsslKey(kind) })}' | sed "s/NAME/$name/g" | cfssl gencert -ca ca.pem -ca-key ca.key - >$name.json`,
  },
  {
    name: "step",
    version: ["version"],
    authority: (kind) =>
      `step certificate create Authority ca.pem ca.key --profile root-ca --no-password --insecure ${stepKey(kind)}`,
    leaf: (kind) =>
      `step certificate create $name $name.pem $name.key --ca ca.pem --ca-key ca.key --no-password --insecure ${stepKey(kind)}`,
  },
];

/** Writes a member of ca.json, a text, into a file. */
function member(name: string, file: string): string {
  return `node -p 'JSON.parse(require("fs").readFileSync("ca.json", "utf8"))["${name}"]' >${file}`;
}

/** Those that are on PATH, and the names of the others. */
export async function findPkiPeers(): Promise<{ found: readonly PkiPeer[]; absent: readonly string[] }> {
  const there = await Promise.all(peers.map(async ({ name, version }) => (await output(name, version)) !== undefined));
  return {
    found: peers.filter((_, index) => there[index]),
    absent: peers.filter((_, index) => !there[index]).map(({ name }) => name),
  };
}

/** Seconds for the leaves, without the authority; and for as many keys alone, where it makes them by themselves. */
export async function measurePkiPeer(
  peer: PkiPeer,
  kind: KeyKind,
  leaves: number,
  directory: string,
  leftovers: Leftovers,
): Promise<{ readonly all: number; readonly keys: number | undefined }> {
  const run = async (script: string): Promise<number> => {
    await writeFile(join(directory, "run.sh"), script);
    const started = performance.now();
    const child = spawn("sh", ["-e", "run.sh"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    leftovers.child(child);
    const { exitCode, stderr } = await collect(child, { timeout: 900_000 });
    if (exitCode !== 0) throw new Error(`${peer.name}: ${stderr.trim().split("\n").pop() ?? ""}`);
    return (performance.now() - started) / 1000;
  };
  const each = (command: string): string =>
    `n=0; while [ $n -lt ${leaves} ]; do name=server$n.local; { ${command}; } 2>err || { cat err >&2; exit 1; }; n=$((n+1)); done`;
  await run(peer.authority(kind));
  const all = await run(each(peer.leaf(kind)));
  return { all, keys: peer.key === undefined ? undefined : await run(each(peer.key(kind))) };
}
