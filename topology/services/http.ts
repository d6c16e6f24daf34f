/** nginx, with the same answer to every request. */
import { block } from "../bird/text.ts";
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";
import type { HttpSpec, TlsSpec } from "./spec.ts";

/** TCP port. */
export function httpPort({ port, tls }: HttpSpec): number {
  return port ?? (tls === undefined ? 80 : 443);
}

export function renderHttp({ families }: Topology, { node, name, directory }: Place, spec: HttpSpec): Daemon {
  const { answer, tls, loopback = false, mistakes = {} } = spec;
  const port = `${httpPort(spec)}${tls === undefined ? "" : " ssl http2"}`;
  const server = [
    ...(families.includes("ipv4") ? [`listen ${loopback ? "127.0.0.1:" : ""}${port};`] : []),
    ...(families.includes("ipv6") ? [`listen [${loopback ? "::1" : "::"}]:${port};`] : []),
    ...(tls === undefined ? [] : tlsLines(tls, `/run/nodes/${node}`)),
    ...block("location /", [`return 200 ${quoted(`${answer}\n`)};`]),
  ];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const lines = [
    "daemon off;",
    // It keeps the user that it has, as a sandbox may know no other.
    "user root;",
    // One process; but a process of its own takes connections where a new certificate must not cost any.
    ...(tls === undefined ? ["master_process off;"] : ["worker_processes 1;"]),
    `pid ${directory}/nginx.pid;`,
    // Why a client's certificate is refused is told at this level.
    `error_log stderr ${tls === undefined ? "notice" : "info"};`,
    ...block("events", ["worker_connections 256;"]),
    ...block("http", [
      `access_log ${directory}/access.log;`,
      ...temporary,
      "default_type text/plain;",
      // A dollar sign begins a variable in every string of nginx.
      'geo $dollar { default "$"; }',
      ...block("server", server),
    ]),
  ];
  return {
    command: ["nginx", "-e", "stderr", "-p", directory, "-c", `${directory}/nginx.conf`],
    files: { [`${name}/nginx.conf`]: `${lines.join("\n")}\n` },
    ...(tls === undefined ? {} : { reload: "HUP", changesUser: true }),
    ...(mistakes.endsAtStart === true ? { endsAtStart: true } : {}),
  };
}

function tlsLines({ certificate, key, clients, versions = ["1.2", "1.3"] }: TlsSpec, directory: string): string[] {
  return [
    `ssl_certificate ${directory}/${certificate};`,
    `ssl_certificate_key ${directory}/${key};`,
    `ssl_protocols ${versions.map((version) => `TLSv${version}`).join(" ")};`,
    ...(clients === undefined
      ? []
      : [
          "ssl_verify_client on;",
          "ssl_verify_depth 5;",
          `ssl_client_certificate ${directory}/${clients.authorities};`,
          ...(clients.revocations === undefined ? [] : [`ssl_crl ${directory}/${clients.revocations};`]),
        ]),
  ];
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("$", "${dollar}")}"`;
}
