/** What a router still lacks. Pure: from what its daemon says to texts for people. */
import type { ObservedNode } from "../kernel/observe.ts";
import { routesDigest, type ChosenRoute } from "../../topology/routes/index.ts";
import type { RouterReadiness } from "../schema.ts";

/** `states`: by session, as its daemon says them. */
export function missingSessions(router: RouterReadiness, states: ReadonlyMap<string, string>): string[] {
  return Object.keys(router.sessions).flatMap((name) => {
    const state = states.get(name);
    if (state === undefined) return [`${router.node}: session ${name} is not configured`];
    return state === "Established" ? [] : [`${router.node}: session ${name} is ${state}`];
  });
}

/** Sessions that are up though they must be shut by their limit. */
export function notShut(router: RouterReadiness, states: ReadonlyMap<string, string>): string[] {
  return (router.shut ?? []).flatMap((name) =>
    states.get(name) === "Established"
      ? [`${router.node}: session ${name} is up, though more prefixes come over it than it takes`]
      : [],
  );
}

/** What to tell a daemon of a session. */
export interface SessionRepair {
  readonly node: string;
  readonly session: string;
  readonly action: "enable" | "restart";
}

/**
 * What makes sessions come back soon: `enable` for those that somebody or their limit turned off, `restart` for a far end that still
 * holds a session which this end has lost, and would hold it until its hold timer ends; and for one that was up when its
 * limit was set, which BIRD holds against new routes only. `states`: by node.
 */
export function sessionRepairs(
  routers: readonly RouterReadiness[],
  states: ReadonlyMap<string, ReadonlyMap<string, string>>,
): SessionRepair[] {
  return routers.flatMap((router) => [
    ...(router.shut ?? [])
      .filter((session) => states.get(router.node)?.get(session) === "Established")
      .map((session): SessionRepair => ({ node: router.node, session, action: "restart" })),
    ...Object.entries(router.sessions).flatMap(([session, far]): SessionRepair[] => {
      const state = states.get(router.node)?.get(session);
      if (state === "Established") return [];
      if (state !== undefined && waits(router, state)) return [{ node: router.node, session, action: "enable" }];
      // It is about to come up.
      if (state === undefined || /^Open(Sent|Confirm)/i.test(state)) return [];
      const [farNode = "", farName = ""] = far.split("/");
      return states.get(farNode)?.get(farName) === "Established"
        ? [{ node: farNode, session: farName, action: "restart" }]
        : [];
    }),
  ]);
}

/**
 * Turned off by somebody or by a limit of prefixes, as BIRD, FRR and this project say it; or idle, with OpenBGPD, which
 * waits for half a minute and more before it tries again.
 */
function waits({ daemon }: RouterReadiness, state: string): boolean {
  if (state === "Idle" && daemon === "openbgpd") return true;
  return state === "disabled" || /^(Automatic shutdown|Idle \(PfxCt\)|Idle \(too many prefixes\))/.test(state);
}

/** Whether the routes in use came by the sessions that they must come by, and there are no others. */
export function otherRoutes(router: RouterReadiness, routes: ReadonlyMap<string, string>): string[] {
  if (router.routes === undefined) return [];
  const chosen: ChosenRoute[] = [...routes].filter(([, session]) => session !== "");
  const digest = routesDigest(chosen);
  if (digest === router.routes) return [];
  const wanted = Number(router.routes.split("-")[0]);
  return [
    chosen.length === wanted
      ? `${router.node}: some of its ${wanted} BGP routes don't come from the neighbour that they should`
      : `${router.node}: ${chosen.length} BGP routes and not ${wanted}`,
  ];
}

/** `routes`: as for otherRoutes. */
export function missingPrefixes(
  router: RouterReadiness,
  prefixes: readonly string[],
  routes: ReadonlyMap<string, string>,
): string[] {
  const missing = prefixes.filter((prefix) => !routes.has(prefix));
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5).join(", ");
  return [`${router.node}: no route to ${shown}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`];
}

/** Interfaces that are up and have no carrier yet: the kernel would drop what is sent there. */
export function withoutCarrier(hosts: readonly string[], observed: ReadonlyMap<string, ObservedNode>): string[] {
  return hosts.flatMap((host) =>
    [...(observed.get(host)?.interfaces.values() ?? [])]
      .filter((one) => one.up && !one.carrier)
      .map((one) => `${host}: ${one.name} has no carrier`),
  );
}
