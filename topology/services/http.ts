/** nginx, with the same answer to every request. */
import { block } from "../bird/text.ts";
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";
import type { HttpSpec } from "./spec.ts";

export function renderHttp({ families }: Topology, { name, directory }: Place, spec: HttpSpec): Daemon {
  const { port = 80, answer } = spec;
  const server = [
    ...(families.includes("ipv4") ? [`listen ${port};`] : []),
    ...(families.includes("ipv6") ? [`listen [::]:${port};`] : []),
    ...block("location /", [`return 200 ${quoted(`${answer}\n`)};`]),
  ];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const lines = [
    "daemon off;",
    // One process; it keeps the user that it has, as a sandbox may know no other.
    "master_process off;",
    "user root;",
    `pid ${directory}/nginx.pid;`,
    "error_log stderr notice;",
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
  };
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("$", "${dollar}")}"`;
}
