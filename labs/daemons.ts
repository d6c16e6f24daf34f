/** What is typed on a router, whichever daemon it runs, and what must come of it. */
import type { BgpRoute } from "../topology/daemons/route.ts";
import { frrTable, parseFrrAdvertised, parseFrrRoutes, parseFrrSummary } from "../topology/frr/show.ts";
import { parseGobgpNeighbours, parseGobgpRoutes } from "../topology/gobgp/show.ts";
import { parseOpenbgpdNeighbours, parseOpenbgpdRoutes } from "../topology/openbgpd/show.ts";
import { establishedSessions } from "../topology/routes/index.ts";
import type { Family } from "../topology/spec.ts";
import type { Router, Topology } from "../topology/topology.ts";
import { gives, holdsRoutes, parseRoutes, sessionsEstablished } from "./birdc.ts";
import { expectation, seen } from "./expect.ts";
import type { CheckStep, Expectation } from "./lab.ts";
import { count, holdsPaths, listed, parsed, type HeldPath } from "./paths.ts";

/** Every session of the router that is to come up is Established, as its own daemon says it. */
export function sessionSteps(topology: Topology, router: Router): readonly CheckStep[] {
  const own = establishedSessions(topology).flatMap(({ ends: [a, b] }) =>
    a.router === router.name ? [{ near: a, far: b }] : b.router === router.name ? [{ near: b, far: a }] : [],
  );
  const addresses = own.map(({ far }) => far.address);
  const on = router.name;
  switch (router.daemon) {
    case "bird":
      return [
        { on, command: "birdc show protocols", expect: sessionsEstablished(own.map(({ near }) => near.protocol)) },
      ];
    case "frr":
      return [{ on, command: "vtysh -c 'show bgp summary json'", expect: established(addresses, parseFrrSummary) }];
    case "gobgp":
      return [{ on, command: "gobgp -j neighbor", expect: established(addresses, parseGobgpNeighbours) }];
    case "openbgpd":
      return [{ on, command: "bgpctl -j show neighbor", expect: established(addresses, parseOpenbgpdNeighbours) }];
  }
}

/** The router's table holds the routes that were worked out, and no others, as its own daemon prints it. */
export function tableSteps(topology: Topology, router: Router): readonly CheckStep[] {
  const on = router.name;
  switch (router.daemon) {
    case "bird":
      return [{ on, command: "birdc show route primary all", expect: holdsRoutes(topology, on) }];
    case "frr":
      return topology.families.map((family) => ({
        on,
        command: `vtysh -c '${frrTable(family)}'`,
        expect: holdsPaths(topology, on, read(parseFrrRoutes), [family]),
      }));
    case "gobgp":
      // Its route server has a table for each client, and none that is all of theirs.
      if (router.routeServer) return [];
      return topology.families.map((family) => ({
        on,
        command: `gobgp -j global rib -a ${family}`,
        expect: holdsPaths(topology, on, read(parseGobgpRoutes), [family]),
      }));
    case "openbgpd":
      return [
        {
          on,
          command: "bgpctl -j show rib selected",
          expect: holdsPaths(topology, on, read(parseOpenbgpdRoutes)),
        },
      ];
  }
}

/** Whatever the paths, the router's table has a route to each of these prefixes, of those in use. */
export function holdsAllSteps(topology: Topology, router: Router, prefixes: readonly string[]): readonly CheckStep[] {
  return tableSteps(topology, router).map(({ on, command }) => {
    const families = topology.families.filter((family) => !/ipv[46]/.test(command) || command.includes(family));
    const wanted = prefixes.filter((prefix) => families.includes(prefix.includes(":") ? "ipv6" : "ipv4"));
    return {
      on,
      command,
      expect: expectation(`routes to ${wanted.join(", ")}`, (result) => {
        const held = parsed(result, heldBy(router));
        if (held === undefined) return seen(result);
        const missing = wanted.filter((prefix) => !held.has(prefix));
        return missing.length === 0 ? undefined : `no route to ${listed(missing)}`;
      }),
    };
  });
}

/**
 * Exactly these prefixes are given to a neighbour, by the session's name and the neighbour's address. `own`: those that
 * came from there, which FRR gives back.
 */
export function givingSteps(
  { name: on, daemon }: Router,
  session: string,
  neighbour: string,
  family: Family,
  prefixes: readonly string[],
  own: readonly string[],
): readonly CheckStep[] {
  switch (daemon) {
    case "bird":
      return [{ on, command: `birdc show route primary export ${session}`, expect: gives(prefixes) }];
    case "frr":
      return [
        {
          on,
          command: `vtysh -c 'show bgp ${family} unicast neighbors ${neighbour} advertised-routes json'`,
          expect: givesExactly(prefixes, (text) => parseFrrAdvertised(text).filter((prefix) => !own.includes(prefix))),
        },
      ];
    case "gobgp":
      return [
        {
          on,
          command: `gobgp -j neighbor ${neighbour} adj-out -a ${family}`,
          expect: givesExactly(prefixes, (text) => parseGobgpRoutes(text).map(({ prefix }) => prefix)),
        },
      ];
    case "openbgpd":
      return [
        {
          on,
          command: `bgpctl -j show rib neighbor ${neighbour} out`,
          expect: givesExactly(prefixes, (text) => parseOpenbgpdRoutes(text).map(({ prefix }) => prefix)),
        },
      ];
  }
}

function givesExactly(prefixes: readonly string[], parse: (text: string) => readonly string[]): Expectation {
  return expectation(`exactly ${listed(prefixes)}`, (result) => {
    const given = parsed(result, parse);
    if (given === undefined) return seen(result);
    const failures = [
      ...prefixes.filter((prefix) => !given.includes(prefix)).map((prefix) => `no ${prefix}`),
      ...given.filter((prefix) => !prefixes.includes(prefix)).map((prefix) => `${prefix} as well`),
    ];
    return failures.length === 0 ? undefined : listed(failures);
  });
}

/** Reads the router's table as `tableSteps` has it printed. */
function heldBy({ daemon }: Router): (text: string) => ReadonlyMap<string, HeldPath> {
  switch (daemon) {
    case "bird":
      return (text) => new Map(parseRoutes(text).flatMap((route) => (route.primary ? [[route.prefix, route]] : [])));
    case "frr":
      return read(parseFrrRoutes);
    case "gobgp":
      return read(parseGobgpRoutes);
    case "openbgpd":
      return read(parseOpenbgpdRoutes);
  }
}

function read(parse: (text: string) => readonly BgpRoute[]): (text: string) => ReadonlyMap<string, HeldPath> {
  return (text) => new Map(parse(text).flatMap((route) => (route.best ? [[route.prefix, route]] : [])));
}

function established(addresses: readonly string[], parse: (text: string) => ReadonlyMap<string, string>): Expectation {
  return expectation(`${count(addresses.length, "session")} Established: ${addresses.join(", ")}`, (result) => {
    const states = parsed(result, parse);
    if (states === undefined) return seen(result);
    const failures = addresses.flatMap((address) => {
      const state = states.get(address) ?? "not there";
      return state === "Established" ? [] : [`${address} ${state}`];
    });
    return failures.length === 0 ? undefined : listed(failures);
  });
}
