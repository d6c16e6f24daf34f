/** What a router still lacks. Pure: from what BIRD says to texts for people. */
import { parseProtocols } from "../sandbox/bird.ts";
import type { RouterReadiness } from "../schema.ts";

/** `protocols` is the reply to `show protocols`. */
export function missingSessions(router: RouterReadiness, protocols: string): string[] {
  const states = new Map(parseProtocols(protocols).map((protocol) => [protocol.name, protocol]));
  return router.protocols.flatMap((name) => {
    const found = states.get(name);
    if (found === undefined) return [`${router.node}: session ${name} is not configured`];
    if (found.state === "up" && found.info.startsWith("Established")) return [];
    return [`${router.node}: session ${name} is ${found.info || found.state}`];
  });
}

/** Names of BGP protocols that somebody disabled. `protocols` is the reply to `show protocols`. */
export function disabledSessions(router: RouterReadiness, protocols: string): string[] {
  return parseProtocols(protocols)
    .filter((protocol) => router.protocols.includes(protocol.name) && protocol.state === "down")
    .map((protocol) => protocol.name);
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
