/** Certificates for tests of daemons, by openssl: independent of the project's own PKI. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  readonly certificate: string;
  /** `extensions`: such as `subjectAltName=DNS:db`. */
  issue(commonName: string, ...extensions: readonly string[]): Credentials;
  /** The list of what is revoked: these. */
  revocations(...revoked: readonly Credentials[]): string;
}

export function openssl(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** A root that signs everything itself. Its files are gone when `issue` has been called for the last time. */
export function authority(commonName: string): Authority & { remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "labwright-openssl-"));
  const read = (name: string): string => readFileSync(join(directory, name), "utf8");
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    directory,
    ...["req", "-x509", "-days", "2", "-subj", `/CN=${commonName}`, "-keyout", "ca.key", "-out", "ca.pem", ...newKey],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  write("index.txt", "");
  write("crlnumber", "01\n");
  write(
    "ca.conf",
    "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=crlnumber\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\ndefault_crl_days=2\n",
  );
  let serial = 1;
  return {
    certificate: read("ca.pem"),
    issue(name, ...extensions) {
      write("leaf.ext", ["basicConstraints=CA:FALSE", ...extensions, ""].join("\n"));
      openssl(directory, "req", "-subj", `/CN=${name}`, "-keyout", "leaf.key", "-out", "leaf.csr", ...newKey);
      serial += 1;
      openssl(
        directory,
        ...["x509", "-req", "-days", "1", "-set_serial", String(serial), "-in", "leaf.csr", "-extfile", "leaf.ext"],
        ...["-CA", "ca.pem", "-CAkey", "ca.key", "-out", "leaf.pem"],
      );
      return { certificate: read("leaf.pem"), key: read("leaf.key") };
    },
    revocations(...revoked) {
      for (const { certificate } of revoked) {
        write("revoked.pem", certificate);
        openssl(directory, "ca", "-config", "ca.conf", "-revoke", "revoked.pem");
      }
      return openssl(directory, "ca", "-config", "ca.conf", "-gencrl");
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
