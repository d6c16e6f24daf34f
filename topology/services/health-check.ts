/** A shell program that has BIRD announce the router's anycast prefixes while a service answers. */
import { checkedProtocols } from "../bird/origins.ts";
import type { Topology } from "../topology.ts";
import type { NodeSpec } from "../spec.ts";
import { member, type Report } from "../validation/report.ts";
import type { Daemon, Place } from "./render.ts";
import type { HealthCheckSpec } from "./spec.ts";

/** Files beside the program: `command`, which it runs; `output` of the last run; `state`, what it made of it. */
export function renderHealthCheck(topology: Topology, { node, name, directory }: Place, spec: HealthCheckSpec): Daemon {
  const { command, interval = 1, timeout = 1, rise = 2, fall = 3 } = spec;
  const router = topology.nodes.find((each) => each.name === node);
  const protocols = router?.kind === "router" ? checkedProtocols(topology, router) : [];
  const lines = [
    `# Has BIRD announce ${protocols.join(" and ")} while ${directory}/command succeeds.`,
    `cd ${directory}`,
    "good=0",
    "bad=0",
    "state=",
    "become() {",
    '  [ "$state" = "$1" ] || { echo "$(date +%T) $1 after $2"; head -n 3 output; }',
    "  state=$1",
    '  echo "$state" >state',
    "}",
    "while :; do",
    `  if (cd .. && timeout ${timeout} sh ${name}/command) >output 2>&1 </dev/null; then`,
    "    good=$((good + 1)) bad=0",
    `    [ $good -lt ${rise} ] || become announced "$good good runs"`,
    "  else",
    "    bad=$((bad + 1)) good=0",
    `    [ $bad -lt ${fall} ] || become withdrawn "$bad failed runs"`,
    "  fi",
    "  # Each time anew: BIRD forgets it when it is restarted or gets another configuration.",
    "  case $state in",
    "    announced) action=enable ;;",
    "    withdrawn) action=disable ;;",
    "    *) action= ;;",
    "  esac",
    `  for protocol in \${action:+${protocols.join(" ")}}; do birdc -s ../bird.ctl "$action" "$protocol" >/dev/null 2>&1; done`,
    `  sleep ${interval}`,
    "done",
  ];
  return {
    command: ["sh", `${directory}/health-check.sh`],
    files: { [`${name}/command`]: `${command}\n`, [`${name}/health-check.sh`]: `${lines.join("\n")}\n` },
  };
}

export function checkHealthCheck(service: HealthCheckSpec, path: string, report: Report): void {
  if (service.command.trim() === "")
    report.add(
      "empty-command",
      `${path}.command`,
      service.command,
      "a command",
      "Such as `dig @192.0.2.1 example.com`.",
    );
  for (const name of ["interval", "timeout"] as const) {
    const value = service[name] ?? 1;
    if (value >= 0.1 && value <= 3600) continue;
    report.add("time-out-of-range", `${path}.${name}`, value, "0.1 to 3600 seconds", "Leave it out for 1 s.");
  }
  for (const name of ["rise", "fall"] as const) {
    const value = service[name] ?? 1;
    if (Number.isInteger(value) && value >= 1 && value <= 100) continue;
    report.add("count-out-of-range", `${path}.${name}`, value, "a whole number from 1 to 100", "Runs in a row.");
  }
}

/** What a health check announces must be there, and one check alone decides. */
export function checkAnnounced(node: NodeSpec, path: string, report: Report): void {
  const checks = Object.entries(node.services ?? {}).filter(([, { kind }]) => kind === "health-check");
  const [first, ...more] = checks.map(([name]) => member(path, name));
  if (first === undefined) return;
  if (node.kind !== "router" || (node.anycast ?? []).length === 0) {
    const hint = "It announces and withdraws the anycast prefixes of the router that it runs on.";
    report.add("nothing-to-announce", first, "health-check", "a router with anycast prefixes", hint);
  }
  for (const at of more) {
    const hint = `${first} is one already; join their commands by &&.`;
    report.add("duplicate-service", at, "health-check", "one health check a router", hint);
  }
}
