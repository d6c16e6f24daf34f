/** Krill: certification authority and publication server of a lab's RPKI. */
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";

/** TCP port of its HTTPS server; it takes none below 1025. */
export const krillPort = 3000;

/** Handle of the CA that has the lab's ROAs. */
export const certificationAuthority = "lab";

/** Unix socket on which it takes orders from root, in the node's directory. */
export const krillSocket = "krill.sock";

/** Path, relative to the node's directory, of the certificate that has signed its server's; made before it starts. */
export function krillRoot(service: string): string {
  return `${service}/root.pem`;
}

/** The settings, without the token that Krill insists on: programs/krill/prepare.sh adds it on the node. */
export function renderKrill({ families }: Topology, { node, name, directory }: Place): Daemon {
  const uri = `https://${node}:${krillPort}`;
  const settings = [
    `storage_uri = "${directory}/storage/"`,
    `ip = "${families.includes("ipv6") ? "::" : "0.0.0.0"}"`,
    `port = ${krillPort}`,
    `service_uri = "${uri}/"`,
    'https_mode = "existing"',
    'log_type = "stderr"',
    `unix_socket = "/run/nodes/${node}/${krillSocket}"`,
    "# It would fetch what the Internet announces.",
    "bgp_riswhois_enabled = false",
    "",
    "# Trust anchor, publication server, and a CA with every resource, the parent of the lab's.",
    "[testbed]",
    `rrdp_base_uri = "${uri}/rrdp/"`,
    "# Nothing listens there: RRDP is enough, but a certificate names both.",
    `rsync_jail = "rsync://${node}/repo/"`,
    `ta_aia = "rsync://${node}/ta/ta.cer"`,
    `ta_uri = "${uri}/ta/ta.cer"`,
  ];
  return {
    prepare: ["labwright-krill-prepare", directory, node],
    command: ["krill", "-c", `${directory}/krill.conf`],
    files: { [`${name}/krill.toml`]: `${settings.join("\n")}\n` },
    // It makes RSA keys first.
    slow: true,
  };
}
