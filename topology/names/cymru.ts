/** The zone asn.cymru.com as Team Cymru's IP to ASN mapping service has it: who announces an address in BGP. */
import { parsePrefix } from "../addressing/prefix.ts";
import { announcements, type Announcement } from "../registry/announcements.ts";
import { allocation } from "../registry/allocation.ts";
import type { RecordSpec } from "../services/spec.ts";
import type { Family } from "../spec.ts";
import type { Topology } from "../topology.ts";
import { prefixWildcards } from "./wildcards.ts";

export const cymruZone = "asn.cymru.com";

/**
 * Its records: `AS65001` (number, country, registry, date, name); below `origin` and `origin6`, by reversed address, the
 * origins of the longest prefix announced around it; below `peer` (IPv4 only, as there) its origins' neighbours.
 */
export function cymruRecords(topology: Topology): RecordSpec[] {
  const { country, registry, date } = allocation;
  const announced = announcements(topology);
  return [
    ...topology.autonomousSystems.map(({ asn, title }) =>
      text(`AS${asn}`, `${asn} | ${country} | ${registry} | ${date} | ${title}, ${country}`),
    ),
    ...addressRecords("origin", announced, "ipv4", ({ origins }) => origins),
    ...addressRecords("origin6", announced, "ipv6", ({ origins }) => origins),
    ...addressRecords("peer", announced, "ipv4", ({ peers }) => peers),
  ];
}

function addressRecords(
  below: string,
  announced: readonly Announcement[],
  family: Family,
  numbers: (announcement: Announcement) => readonly number[],
): RecordSpec[] {
  const { country, registry, date } = allocation;
  const values = announced.flatMap((announcement) => {
    const prefix = parsePrefix(announcement.prefix);
    if (prefix?.family !== family) return [];
    const fields = [numbers(announcement).join(" "), announcement.prefix, country, registry, date];
    return [{ prefix, value: fields.join(" | ") }];
  });
  return [...prefixWildcards(values)].map(([name, value]) => text(`${name}.${below}`, value));
}

function text(name: string, value: string): RecordSpec {
  return { name, type: "TXT", value };
}
