/** NSD, an authoritative name server, with zone files (RFC 1035) out of the topology. */
import { hashText } from "../addressing/hash.ts";
import type { Topology } from "../topology.ts";
import type { Daemon } from "./render.ts";
import type { DnsSpec, RecordSpec } from "./spec.ts";

export function renderDns({ families }: Topology, name: string, { zones }: DnsSpec): Daemon {
  const file = (zone: string): string => `${name}/${zone}.zone`;
  return {
    command: ["nsd", "-d", "-c", `${name}/nsd.conf`],
    files: {
      [`${name}/nsd.conf`]: configuration(name, families, Object.keys(zones)),
      ...Object.fromEntries(Object.entries(zones).map(([zone, records]) => [file(zone), zoneFile(zone, records)])),
    },
    reload: "HUP",
  };
}

function configuration(name: string, families: Topology["families"], zones: readonly string[]): string {
  return `${[
    "server:",
    "  server-count: 1",
    ...(families.includes("ipv4") ? ["  ip-address: 0.0.0.0"] : []),
    ...(families.includes("ipv6") ? ["  ip-address: ::0"] : []),
    // Anycast: an answer must come from the address that was asked.
    "  ip-transparent: no",
    '  username: ""',
    '  database: ""',
    '  pidfile: ""',
    `  zonesdir: "${name}"`,
    `  xfrdfile: "${name}/xfrd.state"`,
    `  zonelistfile: "${name}/zone.list"`,
    `  xfrdir: "${name}"`,
    `  cookie-secret-file: ""`,
    "  hide-version: yes",
    "  refuse-any: yes",
    "remote-control:",
    "  control-enable: no",
    ...zones.flatMap((zone) => ["zone:", `  name: "${zone}"`, `  zonefile: "${zone}.zone"`]),
  ].join("\n")}\n`;
}

function zoneFile(zone: string, records: readonly RecordSpec[]): string {
  const lines = records.map(({ name, type, value }) => `${name} ${type} ${type === "TXT" ? quoted(value) : value}`);
  const hasNs = records.some(({ name, type }) => name === "@" && type === "NS");
  const all = [...(hasNs ? [] : [`@ NS ns.${zone}.`]), ...lines];
  // A serial that changes with the zone, so that whoever compares sees it.
  const serial = hashText(all.join("\n")) % 2 ** 31;
  return `${[`$ORIGIN ${zone}.`, "$TTL 60", `@ SOA ns.${zone}. hostmaster.${zone}. ${serial} 3600 600 86400 60`, ...all].join("\n")}\n`;
}

/** Strings of a TXT record have 255 characters at most. */
function quoted(text: string): string {
  const parts = text.match(/[\s\S]{1,255}/g) ?? [""];
  return parts.map((part) => `"${part.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(" ");
}
