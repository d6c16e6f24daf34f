/** How a node differs from its declaration. Pure. */
import { fileDifferences, lostInterfaces, type ObservedFiles, type ObservedNode } from "../kernel/observe.ts";
import { missingFrom } from "../kernel/wire.ts";
import { sameValue } from "../resource.ts";
import type { NodeInputs } from "../schema.ts";
import { declaredRules } from "../kernel/rules.ts";

export function nodeDifferences(inputs: NodeInputs, observed: ObservedNode, files: ObservedFiles): string[] {
  const loopback = observed.interfaces.get("lo");
  const addresses = loopback?.addresses ?? [];
  return [
    ...(loopback?.up === true ? [] : ["lo: down"]),
    ...missingFrom(addresses, inputs.loopbacks).map((address) => `lo: address ${address} missing`),
    ...missingFrom(inputs.loopbacks, addresses).map((address) => `lo: address ${address} not declared`),
    ...Object.entries(inputs.sysctls)
      .filter(([name, value]) => observed.sysctls[name] !== value)
      .map(([name, value]) => `sysctl ${name}: ${observed.sysctls[name] ?? "missing"}, declared ${value}`),
    ...observed.deadRoutes.map((route) => `route ${route} not declared`),
    ...(observed.rulesetChanged && inputs.ownRules !== true
      ? ["rule set: changed"]
      : files.ruleset === declaredRules(inputs)
        ? []
        : ["rule set: not loaded"]),
    ...Object.entries(inputs.files).flatMap(([name, content]) =>
      fileDifferences(content, files.files[name]).map((difference) => `file ${name}: ${difference}`),
    ),
    ...inputs.daemons
      .filter((daemon) => daemon.endsAtStart !== true && !files.running.has(daemon.name))
      .map((daemon) => `daemon ${daemon.name}: not running`),
    ...files.undeclared.map((name) => `daemon ${name}: not declared`),
    ...inputs.daemons
      .filter((daemon) => files.running.has(daemon.name))
      .flatMap((daemon) =>
        lostInterfaces(daemon, observed, files).map(
          (name) => `daemon ${daemon.name}: ${name} isn't what it was at its start`,
        ),
      ),
  ];
}

/** Daemons whose declaration changed in a way that only a restart brings about. */
export function daemonsToRestart(previous: NodeInputs | undefined, next: NodeInputs): string[] {
  return next.daemons
    .filter((daemon) => {
      const before = previous?.daemons.find((other) => other.name === daemon.name);
      if (before === undefined) return false;
      const again = previous?.clock !== next.clock || before.endsAtStart !== daemon.endsAtStart;
      return again || !sameValue(before.command, daemon.command);
    })
    .map((daemon) => daemon.name);
}
