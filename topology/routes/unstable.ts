/** Topologies whose routes never settle, as mistakes for people. */
import { assertNoProblems, type Problem } from "../problem.ts";
import type { Topology } from "../topology.ts";
import { expectedRoutes, type UnstableRoutes } from "./expected.ts";

/** @throws ProblemsError with the prefixes to which BGP never settles, and the routers that go to and fro. */
export function assertSettles(topology: Topology): void {
  assertNoProblems("the topology's routes", expectedRoutes(topology).unstable.map(problem));
}

function problem({ prefixes, routers, exhaustive }: UnstableRoutes): Problem {
  const shown = routers
    .slice(0, 4)
    .map(({ router, paths }) => `${router} between ${paths.map(pathText).join(" and ")}`);
  const more = routers.length > shown.length ? [`${routers.length - shown.length} more`] : [];
  return {
    code: "unstable-routes",
    path: `routes to ${prefixes.join(", ")}`,
    found: `to and fro: ${[...shown, ...more].join("; ")}`,
    expected: "a state in which every router keeps its route",
    hint: `${
      exhaustive ? "There is no such state" : "None was found"
    }: each of these routers prefers a way through another one (a dispute wheel). Change a local preference of one of their ASes, or what it gives to whom.`,
  };
}

function pathText(path: readonly number[] | undefined): string {
  if (path === undefined) return "no route";
  return path.length === 0 ? "its own" : `AS path ${path.join(" ")}`;
}
