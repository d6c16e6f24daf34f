/** Autonomous systems with their defaults filled in. */
import type { Draft } from "../draft.ts";
import type { AutonomousSystem, Policy } from "../topology.ts";

/** iBGP and an IGP only where there are two routers to share routes; route servers don't take part (RFC 7947). */
export function resolveSystems(
  { spec, routersOf }: Draft,
  policies: ReadonlyMap<string, Policy>,
): readonly AutonomousSystem[] {
  return Object.entries(spec.autonomousSystems ?? {}).map(([name, system]) => {
    const routers = routersOf.get(name) ?? [];
    const isMeshed = routers.filter((router) => router.spec.routeServer !== true).length >= 2;
    return {
      name,
      asn: system.asn,
      title: system.title ?? name,
      routers: routers.map((router) => router.name),
      ibgp: isMeshed ? (system.ibgp?.kind ?? "full-mesh") : "none",
      reflectors: isMeshed && system.ibgp?.kind === "route-reflectors" ? system.ibgp.reflectors : [],
      igp: system.igp ?? (isMeshed ? "ospf" : "none"),
      policy: policies.get(name) ?? ordinaryPolicy,
    };
  });
}

const ordinaryPolicy: Policy = {
  roles: true,
  originValidation: false,
  pathEnd: [],
  customerPrefixes: false,
  leaks: false,
  localPreferences: {},
  multipath: false,
};
