/** Reads what `birdc` prints, and expectations of it. */
import { parseProtocols } from "../topology/bird/protocols.ts";
import type { Topology } from "../topology/topology.ts";
import { expectation, seen } from "./expect.ts";
import type { Expectation } from "./lab.ts";
import { count, holdsPaths, listed, pathText } from "./paths.ts";

/** A route of `birdc show route`; attributes and AS path are there with `all` only. */
export interface BirdRoute {
  readonly table: string;
  readonly prefix: string;
  /** `unicast`, `unreachable`, `blackhole`, `prohibit`. */
  readonly destination: string;
  /** Name of the protocol that it came by. */
  readonly protocol: string;
  /** The one in use of those to its prefix. */
  readonly primary: boolean;
  /** By name as printed, such as `BGP.local_pref`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ASNs, the nearest first; empty for the AS's own; undefined for a route without the attribute. */
  readonly asPath: readonly number[] | undefined;
  /** BIRD prints no more than the first 79 or so ASNs: `asPath` is only the beginning. */
  readonly asPathCut: boolean;
}

/** Characters from which on a printed AS path may be cut; BIRD 2.0.12 stops at 475. */
const longestPrintedPath = 460;

interface Reading extends BirdRoute {
  readonly attributes: Record<string, string>;
  asPath: readonly number[] | undefined;
  asPathCut: boolean;
}

/** Reads `birdc show route`, with `all` or without. */
export function parseRoutes(text: string): BirdRoute[] {
  const routes: Reading[] = [];
  let table = "";
  let prefix = "";
  for (const line of text.split("\n")) {
    const heading = /^Table (\S+):/.exec(line);
    if (heading !== null) {
      table = heading[1] ?? "";
      continue;
    }
    const route = /^(\S*)\s+(unicast|unreachable|blackhole|prohibit)\s+\[(\S+)[^\]]*\](.*)$/.exec(line);
    if (route !== null) {
      const [, destination = "", type = "", protocol = "", rest = ""] = route;
      if (destination !== "") prefix = destination;
      routes.push({
        table,
        prefix,
        destination: type,
        protocol,
        primary: /^\s*\*/.test(rest),
        attributes: {},
        asPath: undefined,
        asPathCut: false,
      });
      continue;
    }
    const attribute = /^\s+([A-Za-z]+(?:\.[a-z0-9_]+)?): ?(.*)$/.exec(line);
    const last = routes.at(-1);
    if (attribute === null || last === undefined) continue;
    const [, name = "", value = ""] = attribute;
    last.attributes[name] = value.trim();
    if (name !== "BGP.as_path") continue;
    const path = (value.match(/\d+/g) ?? []).map(Number);
    last.asPathCut = value.length >= longestPrintedPath;
    // The last number may be cut in two.
    last.asPath = last.asPathCut ? path.slice(0, -1) : path;
  }
  return routes;
}

/** Of `birdc show protocols`: every one of these BGP protocols is Established. */
export function sessionsEstablished(names: readonly string[]): Expectation {
  return expectation(`${count(names.length, "session")} Established: ${names.join(", ")}`, (result) => {
    const protocols = new Map(parseProtocols(result.stdout).map((protocol) => [protocol.name, protocol]));
    if (protocols.size === 0) return seen(result);
    const failures = names.flatMap((name) => {
      const protocol = protocols.get(name);
      if (protocol === undefined) return [`no protocol ${name}`];
      return /^Established\b/.test(protocol.info) ? [] : [`${name} ${protocol.state} ${protocol.info}`.trim()];
    });
    return failures.length === 0 ? undefined : listed(failures);
  });
}

/**
 * Of `birdc show route primary all` on a router: for each prefix that somebody in the lab announces, the route in use
 * has the AS path that it must have, and there are no others by BGP.
 */
export function holdsRoutes(topology: Topology, router: string): Expectation {
  return holdsPaths(
    topology,
    router,
    (text) => new Map(parseRoutes(text).flatMap((route) => (route.primary ? [[route.prefix, route]] : []))),
  );
}

/** Of `birdc show route primary export PROTOCOL`: exactly these prefixes are given to that neighbour. */
export function gives(prefixes: readonly string[]): Expectation {
  return expectation(`exactly ${listed(prefixes)}`, (result) => {
    const given = new Set(parseRoutes(result.stdout).map(({ prefix }) => prefix));
    const missing = prefixes.filter((prefix) => !given.has(prefix)).map((prefix) => `no ${prefix}`);
    const surplus = [...given].filter((prefix) => !prefixes.includes(prefix)).map((prefix) => `${prefix} as well`);
    const failures = [...missing, ...surplus];
    return failures.length === 0 ? undefined : listed(failures);
  });
}

/** What decides between two routes. */
export type Reason = "local preference" | "path length";

/**
 * Of `birdc show route for PREFIX all`: the route in use has the AS path `path`, a route with the path `over` is there
 * too, and lost for the reason given.
 */
export function prefers(path: readonly number[], over: readonly number[], because: Reason): Expectation {
  const description = `${pathText(path)} preferred to ${pathText(over)} by ${because}`;
  return expectation(description, (result) => {
    const routes = parseRoutes(result.stdout);
    const best = routes.find(({ primary }) => primary);
    if (best === undefined) return seen(result);
    if (pathText(best.asPath) !== pathText(path)) return `${pathText(best.asPath)} in use`;
    const other = routes.find((route) => !route.primary && pathText(route.asPath) === pathText(over));
    if (other === undefined) return `no route by ${pathText(over)} beside it`;
    const [mine, theirs] = [best, other].map((route) => Number(route.attributes["BGP.local_pref"]));
    const decides = mine !== theirs ? "local preference" : path.length !== over.length ? "path length" : "neither";
    if (decides === because) return undefined;
    return `local preferences ${mine} and ${theirs}, path lengths ${path.length} and ${over.length}`;
  });
}
