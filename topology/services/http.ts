/** nginx, with the same answer to every request. */
import type { Topology } from "../topology.ts";
import { block } from "../bird/text.ts";
import type { Daemon } from "./render.ts";
import type { HttpSpec } from "./spec.ts";

export function renderHttp({ families }: Topology, name: string, { port = 80, answer }: HttpSpec): Daemon {
  const listen = [
    ...(families.includes("ipv4") ? [`listen ${port};`] : []),
    ...(families.includes("ipv6") ? [`listen [::]:${port};`] : []),
  ];
  const server = [
    ...listen,
    "access_log access.log;",
    "default_type text/plain;",
    ...block("location /", [`return 200 ${quoted(`${answer}\n`)};`]),
  ];
  // Everything that it writes is in its own folder; it runs as who it is, for a sandbox may know one user only.
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path tmp-${kind};`,
  );
  return {
    command: ["nginx", "-p", `${name}/`, "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"],
    files: {
      [`${name}/nginx.conf`]: `${[
        "user root;",
        "worker_processes 1;",
        "pid nginx.pid;",
        "error_log stderr;",
        ...block("events", ["worker_connections 256;"]),
        ...block("http", [...temporary, ...block("server", server)]),
      ].join("\n")}\n`,
    },
    reload: "HUP",
  };
}

/** nginx has variables in every string. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "${dollar}")}"`;
}
