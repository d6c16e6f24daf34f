/** A key and a certificate for the names of the server's node, which programs in the sandbox trust. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The sandbox's own copy of the system's CA certificates, which lies over it there; on the host there is no such file. */
const bundle = "/run/labwright/ca-certificates.crt";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes both anew, signed by itself, in the folder; the key is readable by its owner only. */
export function makeCertificate(folder: string, names: readonly string[]): Certificate {
  const [keyPath, certPath] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = `/O=Labwright/CN=${(names[0] ?? "").slice(0, 63)}`;
  process.umask(0o077);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"],
      ...["-keyout", keyPath, "-out", certPath, "-subj", subject],
      ...["-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  return { key: readFileSync(keyPath, "utf8"), cert: readFileSync(certPath, "utf8") };
}

/** Puts the certificate among those that the sandbox trusts, instead of the server's earlier one. `owner` tells servers apart. */
export function trust(owner: string, cert: string): void {
  if (!existsSync(bundle)) return;
  const [begin, end] = [`# ${owner}\n`, `# end of ${owner}\n`];
  const [before = "", rest = ""] = readFileSync(bundle, "utf8").split(begin);
  const after = rest.split(end)[1] ?? "";
  writeFileSync(bundle, `${before}${after}${begin}${cert}${end}`);
}
