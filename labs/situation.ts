/** A lab as its stack's configuration has it: its settings, and the fault and solution that are in it. */
import { resolve } from "../topology/resolve.ts";
import type { Topology } from "../topology/topology.ts";
import { readOperations, withOperations } from "../topology/pki/operations.ts";
import type { TopologySpec } from "../topology/spec.ts";
import { assertNoProblems, ProblemsError } from "../topology/problem.ts";
import { resolveSettings, type AnyLab } from "./index.ts";
import type { Check, Fault, Settings, SettingsSpec, Solution } from "./lab.ts";
import { nearest } from "./nearest.ts";

export interface Situation {
  readonly settings: Settings<SettingsSpec>;
  /** The fault that is in the lab, also when it is solved. */
  readonly fault: Fault | undefined;
  readonly solution: Solution | undefined;
  /** What runs. */
  readonly topology: Topology;
  /** What must hold: checks of the lab without its fault, or with the fault's solution. */
  readonly checks: readonly Check[];
  /** What shows the fault while it isn't solved; empty where there is none. */
  readonly symptoms: readonly Check[];
}

/**
 * Reads a stack's configuration: keys `runtime`, `fault` and `solution`, `generations` and `revocations` of the PKI
 * (topology/pki/operations.ts), every other one a setting of the lab.
 *
 * @throws ProblemsError with every unknown name and every value out of range, or what is wrong with the topology.
 */
export function situationOf(lab: AnyLab, configuration: Readonly<Record<string, string>>): Situation {
  const { runtime, fault: faultName, solution: solutionName, generations, revocations, ...raw } = configuration;
  const settings = resolveSettings(lab, raw);
  // Also where a fault or a solution makes its topology anew from the settings.
  const running = runtimeOf(lab, runtime);
  const healthy = operate(lab, { ...lab.topology(settings), ...running }, { generations, revocations });
  const faults = lab.faults ?? [];
  if (faultName === undefined) {
    if (solutionName !== undefined)
      throw problem(
        lab,
        "solution",
        solutionName,
        "a fault that it solves",
        "Take it away by `pulumi config rm solution`.",
      );
    const topology = resolve(healthy);
    return {
      settings,
      fault: undefined,
      solution: undefined,
      topology,
      checks: lab.checks(topology, settings),
      symptoms: [],
    };
  }
  const fault = find(lab, "fault", faultName, faults);
  const solution = solutionName === undefined ? undefined : find(lab, "solution", solutionName, fault.solutions);
  const broken = fault.breaks(healthy, settings);
  const spec = solution === undefined ? broken : solution.solves(broken, settings, healthy);
  const topology = resolve({ ...spec, ...running });
  return {
    settings,
    fault,
    solution,
    topology,
    checks: lab.checks(solution === undefined ? resolve(healthy) : topology, settings),
    symptoms: solution === undefined ? fault.symptoms(topology, settings) : [],
  };
}

/** A lab's topology with what was rotated and revoked in its PKI. */
function operate(
  lab: AnyLab,
  spec: TopologySpec,
  texts: { readonly generations: string | undefined; readonly revocations: string | undefined },
): TopologySpec {
  const { operations, problems } = readOperations(spec.pki ?? { authorities: {} }, texts);
  assertNoProblems(`the settings of ${lab.name}`, problems);
  return withOperations(spec, operations);
}

function runtimeOf(lab: AnyLab, name: string | undefined): Pick<TopologySpec, "runtime"> {
  if (name === undefined) return {};
  const runtime = lab.runtimes.find((each) => each === name);
  if (runtime !== undefined) return { runtime };
  const hint = "Take it away by `pulumi config rm runtime`.";
  throw problem(lab, "runtime", name, `one that ${lab.name} runs on: ${lab.runtimes.join(" or ")}`, hint);
}

function find<T extends { readonly name: string }>(lab: AnyLab, key: string, name: string, among: readonly T[]): T {
  const found = among.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = among.map((each) => each.name);
  const close = nearest(name, names);
  const expected = names.length === 0 ? `no ${key}: ${lab.name} has none` : `one of ${names.join(", ")}`;
  throw problem(
    lab,
    key,
    name,
    expected,
    close === undefined ? `Take it away by \`pulumi config rm ${key}\`.` : `Did you mean ${close}?`,
  );
}

function problem(lab: AnyLab, key: string, found: string, expected: string, hint: string): ProblemsError {
  return new ProblemsError(`the settings of ${lab.name}`, [
    { code: `unknown-${key}`, path: key, found, expected, hint },
  ]);
}
