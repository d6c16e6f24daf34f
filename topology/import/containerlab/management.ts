/** The management network: a segment that every container is on with eth0. */
import { formatAddress } from "../../addressing/address.ts";
import {
  formatPrefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  type Prefix,
} from "../../addressing/prefix.ts";
import type { EndSpec, Family, SegmentSpec } from "../../spec.ts";
import type { Findings } from "../lab/lab.ts";
import type { LocatedMap } from "./document.ts";
import { textIn, type NodeDefinition } from "./inherit.ts";

/** containerlab's own. */
const defaults: Readonly<Record<Family, string>> = { ipv4: "172.20.20.0/24", ipv6: "3fff:172:20:20::/64" };

/** @param nodes those that are on it, by name here. `further`: what links join to it besides. */
export function managementNetwork(
  management: LocatedMap | undefined,
  nodes: ReadonlyMap<string, NodeDefinition>,
  further: readonly EndSpec[],
  findings: Findings,
): SegmentSpec | undefined {
  if (nodes.size + further.length === 0) return undefined;
  const plans = (["ipv4", "ipv6"] as const).map((family) => addressesOf(family, management, nodes, findings));
  const members = [...nodes.keys()].map((name): EndSpec => {
    const [ipv4, ipv6] = plans.map((plan) => plan.addresses.get(name));
    return {
      node: name,
      interface: "eth0",
      ...(ipv4 === undefined ? {} : { ipv4 }),
      ...(ipv6 === undefined ? {} : { ipv6 }),
    };
  });
  return { ipv4: plans[0]?.prefix ?? false, ipv6: plans[1]?.prefix ?? false, members: [...members, ...further] };
}

interface Plan {
  readonly prefix: string;
  readonly addresses: ReadonlyMap<string, string>;
}

function addressesOf(
  family: Family,
  management: LocatedMap | undefined,
  nodes: ReadonlyMap<string, NodeDefinition>,
  findings: Findings,
): Plan {
  const declared = textIn(management, `${family}-subnet`);
  const wanted = declared === undefined || declared.text === "auto" ? defaults[family] : declared.text;
  const prefix = read(wanted, family) ?? read(defaults[family], family);
  if (prefix === undefined) return { prefix: "", addresses: new Map() };
  if (declared !== undefined && declared.text !== "auto" && read(declared.text, family) === undefined) {
    const expected = "a prefix such as 172.20.20.0/24";
    const place = `mgmt.${family}-subnet`;
    findings.refuse({
      line: declared.line,
      place,
      code: "bad-prefix",
      found: declared.text,
      expected,
      hint: "Correct it.",
    });
  }
  const addresses = new Map<string, string>();
  const taken = new Set<bigint>();
  for (const [name, definition] of nodes) {
    const text = definition.text(`mgmt-${family}`);
    if (text === undefined) continue;
    const address = parseInterfaceAddress(`${text.text}/${prefix.length}`);
    if (address !== undefined && prefixContains(prefix, address.address) && !taken.has(address.address.value)) {
      taken.add(address.address.value);
      addresses.set(name, `${formatAddress(address.address)}/${prefix.length}`);
    } else {
      const hint = "Another one is given out.";
      const expected = `an address of its own in ${formatPrefix(prefix)}`;
      const at = { line: text.line, place: `mgmt-${family}`, node: name, found: text.text };
      findings.note({ ...at, code: "bad-address", expected, hint });
    }
  }
  // The first is the host's, as it is with Docker.
  let next = prefix.value + 2n;
  for (const name of nodes.keys()) {
    if (addresses.has(name)) continue;
    while (taken.has(next)) next += 1n;
    if (!prefixContains(prefix, { family, value: next })) break;
    taken.add(next);
    addresses.set(name, `${formatAddress({ family, value: next })}/${prefix.length}`);
  }
  return { prefix: formatPrefix(prefix), addresses };
}

function read(text: string, family: Family): Prefix | undefined {
  const prefix = parsePrefix(text);
  return prefix?.family === family ? prefix : undefined;
}
