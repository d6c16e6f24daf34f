/** Addresses that machines give their interfaces, as far as their set-up and their daemons' files say so plainly. */
import { formatAddress } from "../addressing/address.ts";
import { parseInterfaceAddress, type InterfaceAddress } from "../addressing/prefix.ts";
import type { Machine } from "../topology.ts";
import { routingFiles } from "./routing-files.ts";

/** By interface. Those that links declare come first. */
export function addressesOfMachine(machine: Machine): ReadonlyMap<string, readonly InterfaceAddress[]> {
  const addresses = new Map<string, InterfaceAddress[]>();
  const add = (name: string, text: string): void => {
    const address = parseInterfaceAddress(text);
    const own = addresses.get(name) ?? [];
    if (address === undefined || own.some((each) => sameAddress(each, address))) return;
    addresses.set(name, [...own, address]);
  };
  for (const { name, addresses: declared } of machine.interfaces) for (const text of declared) add(name, text);
  for (const line of setupLines(machine)) {
    const words = line.trim().split(/\s+/);
    const change = ipAddress(words) ?? ifconfig(words);
    if (change?.kind === "add") add(change.interface, change.address);
    if (change?.kind === "remove") addresses.delete(change.interface);
  }
  for (const { interface: name, line } of routingFiles(machine).flatMap(interfaceLines)) {
    const [, text] = /^\s+(?:ip|ipv6) address (\S+)/.exec(line) ?? [];
    if (text !== undefined) add(name, text);
  }
  return addresses;
}

/** Its commands, line by line, without comments. */
export function setupLines({ setup, files }: Machine): string[] {
  return setup.flatMap((text) => {
    const [, file] = /^(?:(?:ba)?sh )?(\/[\w./-]+)$/.exec(text.trim()) ?? [];
    const script = file === undefined ? text : (files[file] ?? text);
    return script.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  });
}

type Change =
  | { readonly kind: "add"; readonly interface: string; readonly address: string }
  | { readonly kind: "remove"; readonly interface: string };

/** `ip address add ADDRESS dev INTERFACE` in its spellings; `del` and `flush` take away what was known. */
function ipAddress(words: readonly string[]): Change | undefined {
  const [command, ...rest] = words;
  const plain = rest.filter((word) => !/^-[46]$/.test(word));
  if (command !== "ip" || !/^a(d(d(r(e(ss?)?)?)?)?)?$/.test(plain[0] ?? "")) return undefined;
  const device = plain[plain.indexOf("dev") + 1];
  if (!plain.includes("dev") || device === undefined) return undefined;
  if (/^(del|delete|flush)$/.test(plain[1] ?? "")) return { kind: "remove", interface: device };
  const address = plain.slice(2).find((word) => /^[0-9a-fA-F.:]+(\/\d+)?$/.test(word) && /[.:]/.test(word));
  if (!/^a(dd)?$/.test(plain[1] ?? "") || address === undefined || device === address) return undefined;
  return { kind: "add", interface: device, address: withLength(address) };
}

/** `ifconfig INTERFACE ADDRESS[/LENGTH] [netmask MASK] [up]`. */
function ifconfig(words: readonly string[]): Change | undefined {
  const [command, device, address] = words;
  if (command !== "ifconfig" || device === undefined || address === undefined || !/^\d+(\.\d+){3}/.test(address))
    return undefined;
  const mask = words[words.indexOf("netmask") + 1];
  const length = words.includes("netmask") && mask !== undefined ? maskLength(mask) : classLength(address);
  return { kind: "add", interface: device, address: address.includes("/") ? address : `${address}/${length}` };
}

function withLength(address: string): string {
  return address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
}

function maskLength(mask: string): number {
  return mask.split(".").reduce((sum, octet) => sum + Number(octet).toString(2).replaceAll("0", "").length, 0);
}

/** As before CIDR, which ifconfig still goes by. */
function classLength(address: string): number {
  const first = Number(address.split(".")[0]);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/** Lines of a routing daemon's file inside each `interface` block. */
function interfaceLines(text: string): { interface: string; line: string }[] {
  let current = "";
  return text.split("\n").flatMap((line) => {
    const [, name] = /^interface (\S+)/.exec(line) ?? [];
    if (name !== undefined) current = name;
    else if (/^\S/.test(line)) current = "";
    return current === "" || name !== undefined ? [] : [{ interface: current, line }];
  });
}

function sameAddress(one: InterfaceAddress, other: InterfaceAddress): boolean {
  return one.length === other.length && formatAddress(one.address) === formatAddress(other.address);
}
