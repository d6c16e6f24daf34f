/** lab.conf: which machine is on which collision domain, and what else it has. */
import type { Findings } from "../lab/lab.ts";

export interface Conf {
  readonly machines: ReadonlyMap<string, ConfMachine>;
  /** Of LAB_DESCRIPTION; empty where there is none. */
  readonly description: string;
}

export interface ConfMachine {
  /** Of its first mention. */
  readonly line: number;
  /** By number. */
  readonly interfaces: ReadonlyMap<number, ConfInterface>;
  readonly settings: readonly ConfSetting[];
}

export interface ConfInterface {
  readonly domain: string;
  readonly mac?: string;
  readonly line: number;
}

export interface ConfSetting {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** `machine[argument]=value`, the value in quotation marks or without, a comment behind it. */
const assignment = /^([a-z0-9_]{1,30})\[(\w+)\]=(?:"([^"']+)"|'([^"']+)'|([^"']+?))(?:\s+#.*)?$/;
const information = /^LAB_(NAME|DESCRIPTION|VERSION|AUTHOR|EMAIL|WEB)=(.*)$/;

export function readConf(text: string, findings: Findings): Conf {
  const machines = new Map<string, { line: number; interfaces: Map<number, ConfInterface>; settings: ConfSetting[] }>();
  let description = "";
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const told = information.exec(trimmed);
    if (told !== null) {
      if (told[1] === "DESCRIPTION") description = (told[2] ?? "").replaceAll(/["']/g, "").trim();
      continue;
    }
    const match = assignment.exec(trimmed);
    if (match === null) {
      const hint = 'Such as r1[0]="A" for an interface, or r1[image]="kathara/frr".';
      findings.refuse({ line, place: "", code: "bad-line", found: trimmed, expected: "machine[argument]=value", hint });
      continue;
    }
    const [, name = "", argument = "", ...values] = match;
    const value = values.find((each) => each !== undefined) ?? "";
    const machine = machines.get(name) ?? { line, interfaces: new Map<number, ConfInterface>(), settings: [] };
    machines.set(name, machine);
    if (/^\d+$/.test(argument)) readInterface(name, Number(argument), value.trim(), line, machine.interfaces, findings);
    else machine.settings.push({ name: argument, value: value.trim(), line });
  }
  return { machines, description };
}

function readInterface(
  machine: string,
  number: number,
  value: string,
  line: number,
  interfaces: Map<number, ConfInterface>,
  findings: Findings,
): void {
  const [, domain, mac] = /^(\w+)(?:\/([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}))?$/.exec(value) ?? [];
  const place = `${machine}[${number}]`;
  if (domain === undefined) {
    const hint = "Letters, digits and underscores name a domain; an Ethernet address may follow a slash.";
    findings.refuse({ line, place, code: "bad-domain", found: value, expected: "a collision domain", hint });
  } else if (interfaces.has(number)) {
    const hint = `Line ${interfaces.get(number)?.line} has it already.`;
    findings.refuse({ line, place, code: "duplicate-interface", found: value, expected: "each interface once", hint });
  } else interfaces.set(number, { domain, line, ...(mac === undefined ? {} : { mac }) });
}
