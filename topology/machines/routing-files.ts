/** What machines' FRR (or Quagga) is told: its BGP neighbours and its OSPF networks, as far as the files say so plainly. */
import { parsePrefix, type Prefix } from "../addressing/prefix.ts";
import type { Machine } from "../topology.ts";
import { setupLines } from "./addresses.ts";

const folders = ["/etc/frr/", "/etc/quagga/", "/etc/zebra/"];

/** Texts of the files, where the set-up starts the daemons. */
export function routingFiles(machine: Machine): readonly string[] {
  if (!setupLines(machine).some((line) => /\b(frr|quagga|zebra)\b/.test(line))) return [];
  return Object.entries(machine.files).flatMap(([path, text]) =>
    folders.some((folder) => path.startsWith(folder)) && path.endsWith(".conf") ? [text] : [],
  );
}

/** Addresses, or interfaces, of its BGP neighbours. Those of a peer group too. */
export function bgpNeighbours(machine: Machine): readonly string[] {
  const names = new Set<string>();
  const groups = new Set<string>();
  for (const line of routingFiles(machine).flatMap((text) => text.split("\n"))) {
    const [, name, what] = /^\s*neighbor (\S+) (.+?)\s*$/.exec(line) ?? [];
    if (name === undefined || what === undefined) continue;
    if (what === "peer-group") groups.add(name);
    else if (/^(interface )?(remote-as|peer-group) /.test(what)) names.add(name);
    else if (what === "shutdown") names.delete(name);
  }
  return [...names].filter((name) => !groups.has(name));
}

export interface OspfArea {
  readonly prefix: Prefix;
  readonly area: string;
}

/** `network PREFIX area AREA` of OSPF for IPv4. */
export function ospfNetworks(machine: Machine): readonly OspfArea[] {
  return sectionLines(machine, /^router ospf\b/).flatMap((line) => {
    const [, text, area] = /^\s*network (\S+) area (\S+)/.exec(line) ?? [];
    const prefix = text === undefined ? undefined : parsePrefix(text);
    return prefix === undefined || area === undefined ? [] : [{ prefix, area: areaNumber(area) }];
  });
}

export function ospfPassive(machine: Machine): ReadonlySet<string> {
  return new Set(
    sectionLines(machine, /^router ospf\b/).flatMap((line) => /^\s*passive-interface (\S+)/.exec(line)?.[1] ?? []),
  );
}

/** An area is written as a number or as an address. */
function areaNumber(area: string): string {
  return area.includes(".") ? String(area.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0)) : area;
}

function sectionLines(machine: Machine, heading: RegExp): string[] {
  let inside = false;
  return routingFiles(machine)
    .flatMap((text) => text.split("\n"))
    .filter((line) => {
      if (heading.test(line)) inside = true;
      else if (/^(router|interface|line|route-map|!\s*$)/.test(line) && !/^\s/.test(line))
        inside = /^!/.test(line) && inside;
      return inside;
    });
}
