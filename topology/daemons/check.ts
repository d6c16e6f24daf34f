/** Whether each router's daemon can do what the topology asks of it. */
import { sessionsOf } from "../bird/bgp.ts";
import { announcedPrefixes } from "../routes/expected.ts";
import { igpOf } from "../routes/igp.ts";
import type { AutonomousSystem, Router, Topology } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";
import { daemonNames, featureNames, features, routerDaemons, whyLacking, type FeatureName } from "./features.ts";

/** Notes every feature that a router is to have and its daemon hasn't. */
export function checkDaemons(topology: Topology, report: Report): void {
  for (const router of topology.nodes) {
    if (router.kind !== "router" || featureNames.every((each) => whyLacking(router.daemon, each) === undefined))
      continue;
    for (const [feature, cause] of asked(topology, router)) {
      const why = whyLacking(router.daemon, feature);
      if (why === undefined) continue;
      const others = routerDaemons.filter((daemon) => whyLacking(daemon, feature) === undefined);
      report.add(
        "unsupported-by-daemon",
        `${member("nodes", router.name)}.daemon`,
        router.daemon,
        `a daemon for ${features[feature].title}: ${others.join(", ")}`,
        `${cause} asks for it, and ${daemonNames[router.daemon]} can't: ${why}. Choose another daemon, or do without.`,
      );
    }
  }
}

/** What a router is to do, and the property that asks for it. */
function* asked(topology: Topology, router: Router): Generator<readonly [FeatureName, cause: string]> {
  const system = topology.autonomousSystems.find(({ name }) => name === router.as);
  if (system === undefined) return;
  const { policy } = system;
  const at = member("autonomousSystems", system.name);
  const node = member("nodes", router.name);
  if (router.routeServer) yield ["routeServer", `${node}.routeServer`];
  else if (system.ibgp !== "none") yield ["interior", at];
  else if (system.igp === "ospf") yield ["ospf", `${at}.igp`];
  if (system.igp === "ospf" && !router.routeServer) {
    for (const attached of sharedNetworks(topology, router)) yield ["sharedOspf", attached];
    for (const prefix of hiddenPrefixes(topology, system)) yield ["igpBeforeBgp", `${prefix} in ${at}`];
  }
  if (policy.roles) yield ["roles", `${at}.policy.roles`];
  if (policy.originValidation) yield ["originValidation", `${at}.policy.originValidation`];
  if (policy.pathEnd.length > 0) yield ["pathEnd", `${at}.policy.pathEnd`];
  if (policy.maximumPrefixes !== undefined) yield ["maximumPrefixes", `${at}.policy.maximumPrefixes`];
  if (policy.multipath) yield ["multipath", `${at}.policy.multipath`];
  if (router.hijacks.some(({ behind }) => behind !== undefined)) yield ["forgedOrigin", `${node}.hijacks`];
  const servers = sessionsOf(topology, router).filter(({ near }) => near.neighbour === "route-server");
  for (const server of new Set(servers.map(({ far }) => far.router)))
    if (networksOf(topology, server).size > 1) yield ["foreignNextHops", member("nodes", server)];
  for (const { name, spec } of router.services)
    if (spec.kind === "health-check") yield ["healthCheck", member(`${node}.services`, name)];
  if (sessionsOf(topology, router).length === 0) return;
  const { hold, keepalive } = topology.timers;
  if (hold === 0) yield ["noHoldTime", "timers.hold"];
  else if (keepalive !== Math.floor(hold / 3)) yield ["keepalive", "timers.keepalive"];
}

/** Names of the links and segments that a router has external sessions over. */
function networksOf({ sessions }: Topology, router: string): ReadonlySet<string | undefined> {
  const own = sessions.filter(({ ends, kind }) => kind === "external" && ends.some((end) => end.router === router));
  return new Set(own.map(({ over }) => over));
}

/** Networks that the router shares with another of its AS and with two of a second one. */
function sharedNetworks({ links, segments, nodes }: Topology, { name, as }: Router): string[] {
  const asOf = new Map(nodes.map((node) => [node.name, node.kind === "router" ? node.as : undefined]));
  return [...links.map((link) => ({ name: link.name, members: link.ends })), ...segments].flatMap((network) => {
    const ases = network.members.map(({ node }) => asOf.get(node)).filter((each) => each !== undefined);
    const several = new Set(ases.filter((each, index) => ases.indexOf(each) !== index));
    const isOn = network.members.some(({ node }) => node === name);
    return isOn && several.has(as) && several.size > 1 ? [network.name] : [];
  });
}

/** Prefixes that BGP announces and that the AS's OSPF has routes of its own to. */
function hiddenPrefixes(topology: Topology, { name }: AutonomousSystem): string[] {
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const announced = announcedPrefixes(topology);
  return topology.families.flatMap((family) => {
    const networks = igpOf(topology, family, routers).networks.get(name);
    return announced.filter((prefix) => networks?.has(prefix) === true);
  });
}
