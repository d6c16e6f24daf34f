/**
 * What a lab declares: settings, a topology, checks. Plain data and pure functions; nothing of Pulumi.
 */
import type { Runtime, TopologySpec } from "../topology/spec.ts";
import type { Topology } from "../topology/topology.ts";

/** A setting of a lab, set by `pulumi config set NAME VALUE` on its stack. */
export type SettingSpec =
  | {
      readonly type: "integer";
      readonly default: number;
      readonly minimum: number;
      readonly maximum: number;
      readonly description: string;
    }
  | { readonly type: "boolean"; readonly default: boolean; readonly description: string }
  | {
      readonly type: "choice";
      readonly default: string;
      readonly choices: readonly string[];
      readonly description: string;
    }
  | { readonly type: "text"; readonly default: string; readonly description: string };

export type SettingsSpec = Readonly<Record<string, SettingSpec>>;

export type SettingValue<S extends SettingSpec> = S extends { type: "integer" }
  ? number
  : S extends { type: "boolean" }
    ? boolean
    : string;

/** The values that a lab gets: one for each of its settings, validated, defaults filled in. */
export type Settings<S extends SettingsSpec> = { readonly [K in keyof S]: SettingValue<S[K]> };

export interface Lab<S extends SettingsSpec = SettingsSpec> {
  /** Also the name of its folder and of its stack in `stacks/`. */
  readonly name: string;
  readonly title: string;
  /** A sentence or two: what it shows. */
  readonly summary: string;
  /** Where all of its nodes can run: what a stack's setting `runtime` may be. */
  readonly runtimes: readonly Runtime[];
  readonly settings: S;
  topology(settings: Settings<S>): TopologySpec;
  /** What must hold. `topology`: the lab as it should be, i.e. without its fault, or with the fault's solution. */
  checks(topology: Topology, settings: Settings<S>): readonly Check[];
  /** What may be broken in it, for exercises. */
  readonly faults?: readonly Fault<NoInfer<S>>[];
  /** Where `check --ruleset` tries rule sets, and the probes that it sends in any case. */
  readonly rulesets?: RulesetTrials;
  /** Commands that its nodes and checks need; those that every lab needs (ip, ping and so on) go without saying. */
  readonly requires?: readonly string[];
  /** Commands that checks run in the sandbox itself, so are needed also where all nodes are containers. */
  readonly requiresInSandbox?: readonly string[];
  /** Seconds within which the lab converges. Default 60. */
  readonly convergesWithin?: number;
  /** Three commands worth trying, without the leading `lab`. */
  readonly tryNext: readonly string[];
}

export interface RulesetTrials {
  /** Node that gets the rule set. Nodes of probes are on its links and segments. */
  readonly node: string;
  /** As `check --probe` takes them, without expectations. */
  readonly probes: readonly string[];
}

/** Something that goes wrong in a lab, declared: `lab break LAB FAULT` brings it about, `lab solve LAB` mends it. */
export interface Fault<S extends SettingsSpec = SettingsSpec> {
  /** Unique in the lab, kebab-case. It tells what shows rather than the cause, as whoever solves it may see it. */
  readonly name: string;
  /** What is wrong, a sentence. It gives the exercise away. */
  readonly title: string;
  /** Where to look, without the answer. Several go from vague to plain. */
  readonly hints: readonly string[];
  /** The topology with the fault in it. */
  breaks(healthy: TopologySpec, settings: Settings<S>): TopologySpec;
  /** What shows it: these hold while the lab is broken, and not otherwise. `topology`: the broken one. */
  symptoms(topology: Topology, settings: Settings<S>): readonly Check[];
  /** Names of the lab's checks that fail while it is broken; all others pass. */
  readonly fails: readonly string[];
  /** Ways to mend it, the preferred one first. */
  readonly solutions: readonly [Solution<S>, ...Solution<S>[]];
}

export interface Solution<S extends SettingsSpec = SettingsSpec> {
  /** Unique in the fault, kebab-case. */
  readonly name: string;
  /** What is done, a sentence. */
  readonly title: string;
  /** The broken topology with the solution in it. `healthy`: the one before it broke. */
  solves(broken: TopologySpec, settings: Settings<S>, healthy: TopologySpec): TopologySpec;
}

/** Keeps a lab's settings types while it goes into a list of labs. */
export function defineLab<const S extends SettingsSpec>(lab: Lab<S>): Lab<S> {
  return lab;
}

/** Something that must hold on the running lab: a command as an engineer types it, and what must come of it. */
export interface Check {
  /** Unique in the lab, kebab-case. */
  readonly name: string;
  /** What holds when it passes, a sentence. */
  readonly title: string;
  /** Ids of docs/coverage.md that it proves. */
  readonly proves: readonly string[];
  readonly steps: readonly CheckStep[];
  /** Seconds in which it must come to hold; it is tried again until then. Default 10. */
  readonly within?: number;
}

export interface CheckStep {
  /** Node on which the command runs; `sandbox` for the sandbox itself. */
  readonly on: string;
  /** Run by `sh -c` on the node, so that it can be typed there word for word. */
  readonly command: string;
  readonly expect: Expectation;
  /** What is worth showing of a result that is as expected, beneath the check's own line. */
  show?(result: CommandResult): string;
  /** A step that undoes what an earlier step of the check did; runs even when one fails. */
  readonly always?: boolean;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Expectation {
  /** What is expected, as the end of "expected …". */
  readonly description: string;
  /** Undefined when it holds, otherwise what was seen instead, as the end of "saw …". */
  evaluate(result: CommandResult): string | undefined;
}
