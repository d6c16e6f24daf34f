/** Topologies whose routes never settle, or can't be told, as mistakes for people. */
import { assertNoProblems, type Problem } from "../problem.ts";
import type { Topology } from "../topology.ts";
import { member } from "../validation/report.ts";
import { expectedRoutes, type UndecidedLimit, type UnstableRoutes } from "./expected.ts";

/**
 * @throws ProblemsError with the prefixes to which BGP never settles, and the routers that go to and fro; and with limits
 *   that are passed by so little that the daemon may shut the session or not.
 */
export function assertSettles(topology: Topology): void {
  const { unstable, undecided } = expectedRoutes(topology);
  assertNoProblems("the topology's routes", [...unstable.map(problem), ...undecided.map(limitProblem)]);
}

function limitProblem({ router, from, prefixes, atLeast, limit }: UndecidedLimit): Problem {
  const at = { code: "undecided-limit", path: `${member("nodes", router)}, session with ${from}` };
  if (atLeast < prefixes)
    return {
      ...at,
      found: `${atLeast} to ${prefixes} prefixes, with a limit of ${limit}`,
      expected: `a limit of ${prefixes} or more, or below ${atLeast}`,
      hint: `FRR gives a neighbour's routes back to it, or doesn't, as its sessions happen to come up, and they count. Change the AS's maximumPrefixes.`,
    };
  return {
    ...at,
    found: `${prefixes} prefixes`,
    expected: `at most ${limit} prefixes, or ${limit + 2} or more`,
    hint: "FRR 8.4 looks at the count before it adds to it: one more than the limit shuts the session with the next update only. Change the AS's maximumPrefixes by one.",
  };
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
