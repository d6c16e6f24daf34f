/** Kinds of nodes: what becomes of each. */
import type { MachineSpec } from "../../spec.ts";
import type { Findings } from "../lab/lab.ts";
import { quoteWord } from "../lab/words.ts";
import type { NodeDefinition } from "./inherit.ts";
import type { EndNode, Wires } from "./links.ts";

/** Kinds of nodes that run here. */
const kinds = ["linux", "bridge", "host", "ext-container"];

const containers = ["linux", "ext-container"];

/** What a node becomes; `inside`: a bridge inside a machine. Undefined where it can't run here. */
export function kindOf(
  definition: NodeDefinition,
  node: string,
  all: readonly NodeDefinition[],
  findings: Findings,
): "machine" | "bridge" | "inside" | "host" | undefined {
  const { kind, line } = definition;
  const place = `topology.nodes.${definition.name}`;
  const mode = definition.text("network-mode");
  const shared = mode?.text.startsWith("container:") === true;
  const other = all.find(({ name }) => name === mode?.text.replace(/^container:/, ""));
  if (shared && kind?.text === "bridge" && containers.includes(other?.kind?.text ?? "")) return "inside";
  if (shared && (kind?.text === "linux" || kind?.text === "bridge")) {
    const hint = "Every node here has a network namespace of its own.";
    const at = { line: mode.line, place: `${place}.network-mode`, node, found: mode.text };
    findings.refuse({ ...at, code: "shared-network", expected: "a network of its own", hint });
    return undefined;
  }
  switch (kind?.text) {
    case "ext-container": {
      const at = { line: kind.line, place: `${place}.kind`, node, found: kind.text };
      const hint = "What somebody else has started is not of the lab: a machine of that name is in its place.";
      findings.note({ ...at, code: "ext-container", expected: "a container of the lab's own", hint });
      return "machine";
    }
    case "linux":
      return "machine";
    case "bridge":
      return "bridge";
    case "host":
      return "host";
    default: {
      const found = kind?.text;
      const at = { line: kind?.line ?? line, place: `${place}.kind`, node, ...(found === undefined ? {} : { found }) };
      findings.refuse({ ...at, code: "kind", expected: `one of ${kinds.join(", ")}`, hint: reasonAgainst(found) });
      return undefined;
    }
  }
}

function reasonAgainst(kind: string | undefined): string {
  if (kind === undefined) return "Every node has a kind, of its own or by its group or the defaults.";
  if (kind === "ovs-bridge") return "It needs Open vSwitch; a node of kind bridge is a switch as well.";
  if (kind === "k8s-kind") return "It makes a Kubernetes cluster in containers of the host.";
  return "Its operating system is in a container image or a virtual machine of its maker, and no package has it.";
}

/** The bridge's name is before the bar, if one tells it from others of that name. */
export function insideOf(definition: NodeDefinition, names: ReadonlyMap<string, string>): EndNode {
  const machine = definition.text("network-mode")?.text.replace(/^container:/, "") ?? "";
  return { kind: "inside", machine: names.get(machine) ?? "", bridge: definition.name.split("|")[0] ?? "" };
}

/** Gives the machine the commands that make the bridge, before its own. */
export function makeBridge(
  { machine: name, bridge }: Extract<EndNode, { readonly kind: "inside" }>,
  ports: Wires["ports"],
  machines: Record<string, MachineSpec>,
): void {
  const machine = machines[name];
  if (machine === undefined) return;
  const own = ports.filter((port) => port.machine === name && port.bridge === bridge);
  const commands = [
    `ip link add ${quoteWord(bridge)} type bridge`,
    `ip link set ${quoteWord(bridge)} up`,
    ...own.map((port) => `ip link set ${port.interface} master ${quoteWord(bridge)}`),
  ];
  machines[name] = { ...machine, setup: [...commands, ...(machine.setup ?? [])] };
}
