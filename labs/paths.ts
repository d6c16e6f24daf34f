/** What a router's table must hold, whichever daemon prints it. */
import { announcedPrefixes, expectedRoutes, possibleRoutes } from "../topology/routes/index.ts";
import type { Family } from "../topology/spec.ts";
import type { Topology } from "../topology/topology.ts";
import { expectation, seen } from "./expect.ts";
import type { CommandResult, Expectation } from "./lab.ts";

/** The route in use to a prefix, as printed. */
export interface HeldPath {
  /** ASNs, the nearest first; empty for the AS's own; undefined for a route that isn't BGP's. */
  readonly asPath: readonly number[] | undefined;
  /** Only the beginning of the path was printed. */
  readonly asPathCut?: boolean;
}

/**
 * For each prefix that somebody in the lab announces, the route in use has the AS path that it must have, and there are no
 * others by BGP. `read`: from what was printed to the routes in use, by prefix. `families`: those that are printed.
 */
export function holdsPaths(
  topology: Topology,
  router: string,
  read: (text: string) => ReadonlyMap<string, HeldPath>,
  families: readonly Family[] = topology.families,
): Expectation {
  const isPrinted = (prefix: string): boolean => families.includes(prefix.includes(":") ? "ipv6" : "ipv4");
  const expected = expectedRoutes(topology);
  const wanted = [...(expected.routes.get(router)?.keys() ?? [])].filter(isPrinted).length;
  const announced = new Set(announcedPrefixes(topology).filter(isPrinted));
  return expectation(
    `routes to ${count(wanted, "prefix", "prefixes")} with the AS paths that policy gives`,
    (result) => {
      const held = parsed(result, read);
      if (held === undefined || (held.size === 0 && wanted > 0)) return seen(result);
      const failures = [...announced].flatMap((prefix) => {
        const route = held.get(prefix);
        const possible = possibleRoutes(expected, router, prefix);
        if (possible.some((each) => (each === undefined ? route === undefined : isAlong(each.path, route)))) return [];
        const right = [...new Set(possible.flatMap((each) => (each === undefined ? [] : [pathText(each.path)])))].join(
          " or ",
        );
        if (route === undefined) return [`no route to ${prefix} on ${router}, expected by ${right}`];
        const found = `${prefix} on ${router} by ${pathText(route.asPath ?? [])}`;
        return [right === "" ? `${found}, which policy keeps from here` : `${found} and not ${right}`];
      });
      for (const [prefix, { asPath }] of held)
        if (asPath !== undefined && !announced.has(prefix))
          failures.push(`${prefix} on ${router} by ${pathText(asPath)}, which nobody is to announce`);
      return failures.length === 0 ? undefined : listed(failures);
    },
  );
}

/** What a command printed, read; undefined where it failed or printed something else. */
export function parsed<T>({ exitCode, stdout }: CommandResult, read: (text: string) => T): T | undefined {
  if (exitCode !== 0) return undefined;
  try {
    return read(stdout);
  } catch {
    return undefined;
  }
}

/** Whether a route has this AS path, as far as it was printed. */
function isAlong(path: readonly number[], route: HeldPath | undefined): boolean {
  if (route === undefined) return false;
  const { asPath = [], asPathCut = false } = route;
  const compared = asPathCut ? path.slice(0, asPath.length) : path;
  return compared.length === asPath.length && compared.every((asn, index) => asn === asPath[index]);
}

export function pathText(path: readonly number[] | undefined): string {
  if (path === undefined) return "a path without ASNs";
  return path.length === 0 ? "the AS itself" : `AS path ${path.join(" ")}`;
}

/** The first few, and how many more. */
export function listed(texts: readonly string[], most = 5): string {
  const rest = texts.length - most;
  return texts.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
