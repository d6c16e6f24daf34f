/** smcroute: joins multicast groups and routes them statically. */
import { parseAddress, type Address } from "../addressing/address.ts";
import type { Topology } from "../topology.ts";
import type { Report } from "../validation/report.ts";
import type { Daemon, Place } from "./render.ts";
import type { MulticastSpec } from "./spec.ts";

export function renderMulticast({ families }: Topology, { name, directory }: Place, spec: MulticastSpec): Daemon {
  const used = (group: string): boolean => families.includes(group.includes(":") ? "ipv6" : "ipv4");
  const joins = (spec.joins ?? []).filter(({ group }) => used(group));
  const routes = (spec.routes ?? []).filter(({ group }) => used(group));
  const interfaces = [...new Set(multicastInterfaces({ kind: "multicast", joins, routes }, "").values())];
  const lines = [
    ...interfaces.map((each) => `phyint ${each} enable`),
    ...joins.map((join) => `mgroup from ${join.interface} group ${join.group}`),
    ...routes.map(({ group, from, to }) => `mroute from ${from} group ${group} to ${to.join(" ")}`),
  ];
  return {
    command: [
      // In the foreground, on the interfaces named and no others.
      ...["smcrouted", "-n", "-N", "-l", "info", "-f", `${directory}/smcroute.conf`],
      ...["-P", `${directory}/smcroute.pid`, "-u", `${directory}/smcroute.sock`],
    ],
    files: { [`${name}/smcroute.conf`]: lines.map((line) => `${line}\n`).join("") },
    reload: "HUP",
    interfaces,
  };
}

/** What only this kind can have wrong. `path`: of the service. */
export function checkMulticast({ joins = [], routes = [] }: MulticastSpec, path: string, report: Report): void {
  for (const [index, { group }] of joins.entries()) checkGroup(group, `${path}.joins[${index}].group`, report);
  for (const [index, { group, to }] of routes.entries()) {
    const at = `${path}.routes[${index}]`;
    const address = checkGroup(group, `${at}.group`, report);
    if (address !== undefined && staysOnLink(address)) {
      const hint = "Routers never pass it on: choose a group of a wider scope.";
      report.add("link-local-group", `${at}.group`, group, "a group that may leave its link", hint);
    }
    if (to.length === 0) report.add("no-interfaces", `${at}.to`, undefined, "an interface or more", "Name one.");
  }
}

/** The interfaces that it names, each with its place. `path`: of the service. */
export function multicastInterfaces({ joins = [], routes = [] }: MulticastSpec, path: string): Map<string, string> {
  return new Map([
    ...joins.map((join, index) => [`${path}.joins[${index}].interface`, join.interface] as const),
    ...routes.flatMap(({ from, to }, index) => [
      [`${path}.routes[${index}].from`, from] as const,
      ...to.map((each, position) => [`${path}.routes[${index}].to[${position}]`, each] as const),
    ]),
  ]);
}

function checkGroup(text: string, path: string, report: Report): Address | undefined {
  const address = parseAddress(text);
  if (address !== undefined && isMulticast(address)) return address;
  const expected = "a multicast address: of 224.0.0.0/4, or of ff00::/8";
  report.add("bad-group", path, text, expected, "For documentation there are 233.252.0.0/24 and ff05::db8:0:0/96.");
  return undefined;
}

function isMulticast({ family, value }: Address): boolean {
  return family === "ipv4" ? value >> 28n === 0xen : value >> 120n === 0xffn;
}

/** RFC 5771, 224.0.0.0/24; RFC 4291, scopes interface-local and link-local. */
function staysOnLink({ family, value }: Address): boolean {
  if (family === "ipv4") return value >> 8n === 0xe00000n;
  return [1n, 2n].includes((value >> 112n) & 0xfn);
}
