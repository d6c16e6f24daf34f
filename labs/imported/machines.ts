/** Labs of machines: somebody else's, imported. */
import type { TopologySpec } from "../../topology/spec.ts";
import { defineLab } from "../lab.ts";
import type { Lab } from "../lab.ts";
import { machineChecks } from "./machine-checks.ts";

export interface MachineLab {
  /** Also of its folder and stack. */
  readonly name: string;
  readonly title: string;
  readonly topology: TopologySpec;
}

/** Programs by which a daemon's package is known, by the daemon's name in commands. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\b(service|systemctl start|init\.d\/) ?(frr|quagga|zebra)\b/, "vtysh"],
  [/\b(service|systemctl start|init\.d\/) ?apache2\b/, "apache2"],
  [/\b(service|systemctl start|init\.d\/) ?nginx\b/, "nginx"],
  [/\b(service|systemctl start|init\.d\/) ?(named|bind9?)\b/, "named"],
  [/\b(service|systemctl start|init\.d\/) ?radvd\b/, "radvd"],
  [/\b(service|systemctl start|init\.d\/) ?bird\b/, "bird"],
];

/**
 * A lab whose checks are that its interfaces are there, its set-up went without an error, neighbours on a link reach each
 * other, and routing daemons have the sessions that their files name, as far as the files say plainly what is to be.
 */
export function machineLab({ name, title, topology }: MachineLab): Lab<Record<never, never>> {
  const [first = "NODE"] = Object.keys(topology.nodes);
  const commands = Object.values(topology.nodes).flatMap((node) =>
    node.kind === "machine" ? [...(node.setup ?? []), ...Object.values(node.files ?? {})] : [],
  );
  return defineLab({
    name,
    title,
    summary: "Somebody else's lab, imported: machines with files of their own and a set-up by commands.",
    runtimes: ["namespace"],
    settings: {},
    topology: () => topology,
    checks: machineChecks,
    requires: programs.filter(([pattern]) => commands.some((text) => pattern.test(text))).map(([, program]) => program),
    tryNext: [`exec ${first} ip address`, `shell ${first}`, "graph"],
  });
}
