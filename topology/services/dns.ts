/** Knot DNS, an authoritative name server, with zone files (RFC 1035) out of the topology. */
import { hashText } from "../addressing/hash.ts";
import { cymruRecords, cymruZone } from "../names/cymru.ts";
import { hostRecords } from "../names/hosts.ts";
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";
import type { DnsSpec, RecordSpec } from "./spec.ts";

export function renderDns(topology: Topology, { node, name, directory }: Place, spec: DnsSpec): Daemon {
  const zones = { ...(spec.lookups === true ? lookupZones(topology, node) : {}), ...spec.zones };
  return {
    command: ["knotd", "-c", `${directory}/knot.conf`],
    files: {
      [`${name}/knot.conf`]: configuration(node, directory, topology.families, Object.keys(zones)),
      ...Object.fromEntries(
        Object.entries(zones).map(([zone, records]) => [`${name}/${fileName(zone)}`, zoneFile(zone, records)]),
      ),
    },
    reload: "HUP",
  };
}

function lookupZones(topology: Topology, node: string): DnsSpec["zones"] {
  const server: RecordSpec = { name: "@", type: "NS", value: `${node}.` };
  return { ".": [server, ...hostRecords(topology)], [cymruZone]: [server, ...cymruRecords(topology)] };
}

function fileName(zone: string): string {
  return zone === "." ? "root.zone" : `${zone}.zone`;
}

function configuration(
  node: string,
  directory: string,
  families: Topology["families"],
  zones: readonly string[],
): string {
  const addresses = [
    ...(families.includes("ipv4") ? ["0.0.0.0@53"] : []),
    ...(families.includes("ipv6") ? ['"::@53"'] : []),
  ];
  return `${[
    "server:",
    // Which server answers, for those who ask (RFC 4892, RFC 5001).
    `  identity: "${node}"`,
    `  nsid: "${node}"`,
    `  rundir: "${directory}"`,
    `  pidfile: "${directory}/knot.pid"`,
    `  listen: [ ${addresses.join(", ")} ]`,
    "  udp-workers: 1",
    "  tcp-workers: 1",
    "  background-workers: 1",
    "control:",
    `  listen: "${directory}/knot.sock"`,
    "log:",
    "  - target: stderr",
    "    any: info",
    "database:",
    `  storage: "${directory}"`,
    "template:",
    "  - id: default",
    `    storage: "${directory}"`,
    "    journal-content: none",
    "    zonefile-load: whole",
    "zone:",
    ...zones.flatMap((zone) => [`  - domain: "${zone}"`, `    file: "${fileName(zone)}"`]),
  ].join("\n")}\n`;
}

function zoneFile(zone: string, records: readonly RecordSpec[]): string {
  const below = zone === "." ? "." : `.${zone}.`;
  const declared = records.find(({ name, type }) => name === "@" && type === "NS");
  const server = declared?.value ?? `ns${below}`;
  const lines = records.map(({ name, type, value }) => `${name} ${type} ${type === "TXT" ? quoted(value) : value}`);
  const all = [...(declared === undefined ? [`@ NS ${server}`] : []), ...lines];
  // A serial that changes with the zone, so that whoever compares sees it.
  const serial = hashText(all.join("\n")) % 2 ** 31;
  const authority = `@ SOA ${server} hostmaster${below} ${serial} 3600 600 86400 60`;
  return `${[`$ORIGIN ${zone === "." ? zone : `${zone}.`}`, "$TTL 60", authority, ...all].join("\n")}\n`;
}

/** Strings of a TXT record have 255 characters at most. */
function quoted(text: string): string {
  const parts = text.match(/[\s\S]{1,255}/g) ?? [""];
  return parts.map((part) => `"${part.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(" ");
}
