/** What a router still lacks. Pure: from what BIRD says to texts for people. */
import type { ObservedNode } from "../kernel/observe.ts";
import { parseProtocols } from "../../topology/bird/protocols.ts";
import { routesDigest, type ChosenRoute } from "../../topology/routes/index.ts";
import { roasDigest } from "../../topology/rpki/digest.ts";
import type { RouterReadiness } from "../schema.ts";

/** `protocols` is the reply to `show protocols`. */
export function missingSessions(router: RouterReadiness, protocols: string): string[] {
  const states = sessionStates(router, protocols);
  return Object.keys(router.sessions).flatMap((name) => {
    const state = states.get(name);
    if (state === undefined) return [`${router.node}: session ${name} is not configured`];
    return state === "Established" ? [] : [`${router.node}: session ${name} is ${state}`];
  });
}

/** Sessions that are up though they must be shut by their limit. `protocols` is the reply to `show protocols`. */
export function notShut(router: RouterReadiness, protocols: string): string[] {
  const states = sessionStates(router, protocols);
  return (router.shut ?? []).flatMap((name) =>
    states.get(name) === "Established"
      ? [`${router.node}: session ${name} is up, though more prefixes come over it than it takes`]
      : [],
  );
}

/** By protocol: `Established`, or what BIRD says instead; `disabled` when somebody turned it off. */
export function sessionStates(router: RouterReadiness, protocols: string): Map<string, string> {
  const states = new Map<string, string>();
  for (const { name, state, info } of parseProtocols(protocols)) {
    if (!(name in router.sessions) && router.shut?.includes(name) !== true) continue;
    if (state === "up" && info.startsWith("Established")) states.set(name, "Established");
    else states.set(name, state === "down" && info === "" ? "disabled" : info || state);
  }
  return states;
}

/**
 * What to tell BIRDs so that sessions come back soon: `enable` for those that somebody disabled, `restart` for a far
 * end that still holds a session which this end has lost, and would hold it until its hold timer ends; and for one
 * that was up when its limit was set, which BIRD holds against new routes only. Each is `[node, command]`. `states`: by
 * node.
 */
export function sessionRepairs(
  routers: readonly RouterReadiness[],
  states: ReadonlyMap<string, ReadonlyMap<string, string>>,
): [string, string][] {
  return routers.flatMap((router) => [
    ...(router.shut ?? [])
      .filter((name) => states.get(router.node)?.get(name) === "Established")
      .map((name): [string, string] => [router.node, `restart ${name}`]),
    ...Object.entries(router.sessions).flatMap(([name, far]): [string, string][] => {
      const state = states.get(router.node)?.get(name);
      if (state === "Established") return [];
      if (state === "disabled") return [[router.node, `enable ${name}`]];
      const [farNode = "", farName = ""] = far.split("/");
      return states.get(farNode)?.get(farName) === "Established" ? [[farNode, `restart ${farName}`]] : [];
    }),
  ]);
}

/** RTR sessions that aren't there yet. `protocols` is the reply to `show protocols`. */
export function missingRtrSessions(router: RouterReadiness, protocols: string): string[] {
  const states = new Map(parseProtocols(protocols).map(({ name, info, state }) => [name, info || state]));
  return (router.rpki?.protocols ?? []).flatMap((name) => {
    const state = states.get(name) ?? "not configured";
    return state.startsWith("Established") ? [] : [`${router.node}: RTR session ${name} is ${state}`];
  });
}

/** What a health check holds back. `protocols` is the reply to `show protocols`. */
export function withdrawn(router: RouterReadiness, protocols: string): string[] {
  const states = new Map(parseProtocols(protocols).map(({ name, state }) => [name, state]));
  return (router.announces ?? []).flatMap((name) =>
    states.get(name) === "up" ? [] : [`${router.node}: its health check doesn't let it announce ${name}`],
  );
}

/** `digest` is of the ROAs that it must hold, `routes` the reply to `show route table TABLE`. */
export function otherRoas(router: RouterReadiness, table: string, digest: string, routes: string): string[] {
  const held = [...routes.matchAll(/^([0-9a-f][0-9a-f.:]*\/\d+)-(\d+) AS(\d+) /gm)].map(
    ([, prefix = "", maxLength, asn]) => ({ prefix, maxLength: Number(maxLength), asn: Number(asn) }),
  );
  if (roasDigest(held) === digest) return [];
  const wanted = Number(digest.split("-")[0]);
  return [
    held.length === wanted
      ? `${router.node}: some of the ${wanted} ROAs in ${table} are others`
      : `${router.node}: ${held.length} of ${wanted} ROAs in ${table}`,
  ];
}

/**
 * Whether the routes in use came by the protocols that they must come by, and there are no others. `protocols` and
 * `routes` are the replies to `show protocols` and `show route primary`.
 */
export function otherRoutes(router: RouterReadiness, protocols: string, routes: string): string[] {
  if (router.routes === undefined) return [];
  const names = new Set(parseProtocols(protocols).flatMap(({ name, type }) => (type === "BGP" ? [name] : [])));
  const chosen: ChosenRoute[] = [];
  for (const [, prefix = "", protocol = ""] of routes.matchAll(/^([0-9a-f][0-9a-f.:]*\/\d+)\s+\w+ \[(\S+) /gm))
    if (names.has(protocol)) chosen.push([prefix, protocol]);
  const digest = routesDigest(chosen);
  if (digest === router.routes) return [];
  const wanted = Number(router.routes.split("-")[0]);
  return [
    chosen.length === wanted
      ? `${router.node}: some of its ${wanted} BGP routes don't come from the neighbour that they should`
      : `${router.node}: ${chosen.length} BGP routes and not ${wanted}`,
  ];
}

/** Interfaces that are up and have no carrier yet: the kernel would drop what is sent there. */
export function withoutCarrier(hosts: readonly string[], observed: ReadonlyMap<string, ObservedNode>): string[] {
  return hosts.flatMap((host) =>
    [...(observed.get(host)?.interfaces.values() ?? [])]
      .filter((one) => one.up && !one.carrier)
      .map((one) => `${host}: ${one.name} has no carrier`),
  );
}

/** `networks` is the reply to `show route count`; false while there can't be enough. */
export function hasEnoughNetworks(wanted: number, count: string): boolean {
  let networks = 0;
  for (const match of count.matchAll(/routes? for (\d+) networks? in table/g)) networks += Number(match[1]);
  return networks >= wanted;
}

/** `routes` is the reply to `show route primary`. */
export function missingPrefixes(router: RouterReadiness, prefixes: readonly string[], routes: string): string[] {
  const present = new Set<string>();
  for (const match of routes.matchAll(/^([0-9a-f][0-9a-f.:]*\/\d+) /gm)) present.add(match[1] ?? "");
  const missing = prefixes.filter((prefix) => !present.has(prefix));
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5).join(", ");
  return [`${router.node}: no route to ${shown}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`];
}
