/** Links of a topology file, in their short and long forms, as links and members of segments. */
import type { EndSpec, LinkSpec } from "../../spec.ts";
import type { Findings } from "../lab/lab.ts";
import { nodeName } from "../lab/names.ts";
import type { Located, LocatedMap } from "./document.ts";
import { textIn, textsOf, type Text } from "./inherit.ts";

/** What a name at the end of a link stands for. */
export type EndNode =
  | { readonly kind: "machine"; readonly name: string }
  | { readonly kind: "segment"; readonly name: string }
  /** A bridge inside a machine: what joins it is an interface of the machine, put into the bridge by its set-up. */
  | { readonly kind: "inside"; readonly machine: string; readonly bridge: string }
  /** A node that isn't taken over; why was said where it is declared. */
  | { readonly kind: "absent" };

export interface Wires {
  readonly links: readonly LinkSpec[];
  /** Members of segments, by segment. */
  readonly members: ReadonlyMap<string, readonly EndSpec[]>;
  readonly mtus: ReadonlyMap<string, number>;
  /** Interfaces that are ports of bridges inside machines. */
  readonly ports: readonly { readonly machine: string; readonly bridge: string; readonly interface: string }[];
  /** Whether something is joined to the host, which a machine of that name plays. */
  readonly usesHost: boolean;
}

/** Names that stand for no node at the end of a short link. */
const special = ["host", "mgmt-net", "macvlan"] as const;

interface End {
  readonly node: Exclude<EndNode, { readonly kind: "inside" }>;
  readonly interface: string;
  readonly mac: string | undefined;
}

/** @param managed names of nodes that have the management network's interface eth0. */
export function readLinks(
  links: Located | undefined,
  nodes: ReadonlyMap<string, EndNode>,
  managed: ReadonlySet<string>,
  hostName: string,
  findings: Findings,
): Wires {
  const reader = new LinkReader(nodes, managed, hostName, findings);
  for (const [index, link] of (links?.kind === "list" ? links.items : []).entries())
    if (link.kind === "map") reader.read(link, index);
  return reader;
}

class LinkReader implements Wires {
  readonly links: LinkSpec[] = [];
  readonly members = new Map<string, EndSpec[]>();
  readonly mtus = new Map<string, number>();
  readonly ports: { machine: string; bridge: string; interface: string }[] = [];
  usesHost = false;
  readonly #nodes: ReadonlyMap<string, EndNode>;
  readonly #hostName: string;
  readonly #findings: Findings;
  /** `node interface`. */
  readonly #taken: Set<string>;

  constructor(nodes: ReadonlyMap<string, EndNode>, managed: ReadonlySet<string>, hostName: string, findings: Findings) {
    this.#nodes = nodes;
    this.#hostName = hostName;
    this.#findings = findings;
    this.#taken = new Set([...managed].map((name) => `${name} eth0`));
  }

  read(link: LocatedMap, index: number): void {
    const place = `topology.links[${index}]`;
    for (const property of ["ipv4", "ipv6"]) {
      const value = link.entries.get(property);
      if (value === undefined) continue;
      const hint = "containerlab gives addresses to some router kinds only, and to none that runs here.";
      this.#findings.note({
        line: value.line,
        place: `${place}.${property}`,
        code: "left-out",
        expected: "no address",
        hint,
      });
    }
    const type = textIn(link, "type")?.text.trim().toLowerCase() ?? "brief";
    switch (type) {
      case "brief":
        return this.#brief(link, place);
      case "veth":
        return this.#veth(link, place);
      case "host": {
        const device = textIn(link, "host-interface");
        return this.#pair(link, place, this.#endpoint(link, place), device && this.#hostEnd(device, place));
      }
      case "mgmt-net":
        return this.#pair(link, place, this.#endpoint(link, place), {
          node: { kind: "segment", name: "mgmt" },
          interface: "",
          mac: undefined,
        });
      case "dummy":
        return this.#dummy(link, place);
      default: {
        const hint = "It leads out of the lab, to the host's interfaces or to another host: nothing of a lab does.";
        const known = ["macvlan", "vxlan", "vxlan-stitch", "veth-stitch"].includes(type);
        return this.#refuse(link.line, place, "link-type", type, known ? hint : "containerlab has no such type.");
      }
    }
  }

  #brief(link: LocatedMap, place: string): void {
    const texts = textsOf(link.entries.get("endpoints"));
    if (texts.length !== 2)
      return this.#refuse(link.line, place, "bad-link", undefined, "Name two ends.", "two endpoints");
    const ends = texts.map((text) => this.#shortEnd(text, link, place));
    this.#pair(link, place, ends[0], ends[1]);
  }

  #shortEnd({ text }: Text, link: LocatedMap, place: string): End | undefined {
    const colon = text.indexOf(":");
    const [name, device] = colon === -1 ? [text, ""] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
    // Aliases and quoted texts may begin on other lines; the link's own is where one looks.
    const line = link.line;
    switch (special.find((each) => each === name && !this.#isMachine(name))) {
      case "host":
        return this.#hostEnd({ text: device, line }, place);
      case "mgmt-net":
        return { node: { kind: "segment", name: "mgmt" }, interface: "", mac: undefined };
      case "macvlan":
        this.#refuse(
          line,
          place,
          "link-type",
          "macvlan",
          "It leads to an interface of the host: nothing of a lab does.",
        );
        return undefined;
      case undefined:
        return this.#end(name, { text: device, line }, undefined, place);
    }
  }

  #isMachine(name: string): boolean {
    return this.#nodes.get(name)?.kind === "machine";
  }

  #veth(link: LocatedMap, place: string): void {
    const value = link.entries.get("endpoints");
    const ends = (value?.kind === "list" ? value.items : []).map((item) =>
      item.kind === "map"
        ? this.#longEnd(item, place)
        : item.kind === "scalar"
          ? this.#shortEnd({ text: item.text, line: item.line }, link, place)
          : undefined,
    );
    if (ends.length !== 2)
      return this.#refuse(link.line, place, "bad-link", undefined, "Name two ends.", "two endpoints");
    this.#pair(link, place, ends[0], ends[1]);
  }

  #endpoint(link: LocatedMap, place: string): End | undefined {
    const endpoint = link.entries.get("endpoint");
    if (endpoint?.kind === "map") return this.#longEnd(endpoint, place);
    this.#refuse(link.line, place, "bad-link", undefined, "Name its node and interface.", "an endpoint");
    return undefined;
  }

  #longEnd(end: LocatedMap, place: string): End | undefined {
    const node = textIn(end, "node");
    const device = textIn(end, "interface");
    return this.#end(node?.text ?? "", device ?? { text: "", line: end.line }, textIn(end, "mac")?.text, place);
  }

  #hostEnd(device: Text, place: string): End | undefined {
    this.usesHost = true;
    return this.#checked(
      { node: { kind: "machine", name: this.#hostName }, interface: device.text, mac: undefined },
      device.line,
      place,
    );
  }

  #end(name: string, device: Text, mac: string | undefined, place: string): End | undefined {
    const node = this.#nodes.get(name);
    if (node === undefined) {
      this.#refuse(
        device.line,
        place,
        "unknown-reference",
        name,
        "Declare it, or correct the name.",
        "the name of a node",
      );
      return undefined;
    }
    if (node.kind !== "inside") return this.#checked({ node, interface: device.text, mac }, device.line, place);
    const inner = { node: { kind: "machine", name: node.machine } as const, interface: device.text, mac };
    const end = this.#checked(inner, device.line, place);
    if (end !== undefined) this.ports.push({ ...node, interface: device.text });
    return end;
  }

  #checked(end: End, line: number, place: string): End | undefined {
    if (end.node.kind !== "machine") return end;
    const name = end.interface;
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)) {
      const expected = "1 to 15 letters, digits and _.-";
      this.#refuse(
        line,
        place,
        "bad-interface-name",
        name,
        "A Linux interface has such a name.",
        expected,
        end.node.name,
      );
      return undefined;
    }
    const key = `${end.node.name} ${name}`;
    if (this.#taken.has(key)) {
      const hint =
        name === "eth0" ? "eth0 is its interface on the management network." : "Another link has it already.";
      this.#refuse(line, place, "duplicate-interface", name, hint, "an interface of its own", end.node.name);
      return undefined;
    }
    this.#taken.add(key);
    return end;
  }

  #pair(link: LocatedMap, place: string, one: End | undefined, other: End | undefined): void {
    if (one === undefined || other === undefined) return;
    if (one.node.kind === "absent" || other.node.kind === "absent") {
      const hint = "One of its nodes isn't taken over; the other's interface has nobody at its end.";
      this.#refuse(link.line, place, "link-without-node", undefined, hint, "two nodes that run here");
      for (const end of [one, other]) if (end.node.kind === "machine") this.#alone(end, this.#mtu(link, place));
      return;
    }
    const mtu = this.#mtu(link, place);
    if (one.node.kind === "machine" && other.node.kind === "machine") {
      if (one.node.name === other.node.name) {
        const hint = "A link between two interfaces of one node is made by its own commands.";
        return this.#refuse(link.line, place, "self-link", one.node.name, hint, "two different nodes");
      }
      this.links.push({ ends: [endSpec(one), endSpec(other)], ...(mtu === undefined ? {} : { mtu }) });
    } else if (one.node.kind === "machine") this.#join(other.node.name, one, mtu);
    else if (other.node.kind === "machine") this.#join(one.node.name, other, mtu);
    else {
      const hint = "Join all their members to one bridge.";
      this.#refuse(
        link.line,
        place,
        "bridge-to-bridge",
        `${one.node.name}, ${other.node.name}`,
        hint,
        "a node at one end",
      );
    }
  }

  #join(segment: string, member: End, mtu: number | undefined): void {
    this.members.set(segment, [...(this.members.get(segment) ?? []), endSpec(member)]);
    if (mtu !== undefined) this.mtus.set(segment, Math.max(mtu, this.mtus.get(segment) ?? 0));
  }

  #dummy(link: LocatedMap, place: string): void {
    const end = this.#endpoint(link, place);
    if (end?.node.kind === "machine") this.#alone(end, this.#mtu(link, place));
  }

  /** An interface with nobody at the other end: a segment with one member. */
  #alone(end: End, mtu: number | undefined): void {
    const node = end.node.kind === "absent" ? "" : end.node.name;
    this.#join(nodeName(`${node}-${end.interface}`), end, mtu);
  }

  #mtu(link: LocatedMap, place: string): number | undefined {
    const text = textIn(link, "mtu");
    if (text === undefined) return undefined;
    const mtu = Number(text.text);
    if (Number.isInteger(mtu) && mtu >= 1280 && mtu <= 65535) return mtu;
    this.#refuse(
      text.line,
      `${place}.mtu`,
      "mtu-out-of-range",
      text.text,
      "1280 is the least that IPv6 works with (RFC 8200).",
      "1280 to 65535 bytes",
    );
    return undefined;
  }

  #refuse(
    line: number,
    place: string,
    code: string,
    found: string | undefined,
    hint: string,
    expected = "a link of type veth, host, mgmt-net or dummy",
    node?: string,
  ): void {
    const at = { line, place, code, expected, hint };
    this.#findings.refuse({
      ...at,
      ...(found === undefined ? {} : { found }),
      ...(node === undefined ? {} : { node }),
    });
  }
}

function endSpec({ node, interface: device, mac }: End): EndSpec {
  const name = node.kind === "absent" ? "" : node.name;
  return { node: name, interface: device, ...(mac === undefined ? {} : { mac: mac.toLowerCase() }) };
}
