import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { sandboxKey } from "../../components/sandbox-key.ts";
import { endCopy } from "../../provider/copy.ts";
import { ProblemsError, type Problem } from "../../topology/problem.ts";
import type { Node } from "../../topology/topology.ts";
import { junit } from "../checks/junit.ts";
import type { Context } from "../context.ts";
import { CommandError, exitCodes, InterruptedError } from "../errors.ts";
import { count } from "../output/table.ts";
import { readInterfaceNames, renameInterfaces } from "../rulesets/interfaces.ts";
import { probeLines, readProbes, type PlacedText, type Probe } from "../rulesets/probes.ts";
import { formatTrial, passes, trialCase } from "../rulesets/report.ts";
import { formatOf, formats, type Format, type Source } from "../rulesets/source.ts";
import { tryRules, type Trial, type TrialResult } from "../rulesets/trial.ts";
import type { Stack } from "../stacks/stack.ts";

export interface RulesOptions {
  /** Files of rules; absent: the lab's own rules. */
  readonly ruleset?: readonly string[];
  readonly rulesetFormat?: string;
  readonly probe?: readonly string[];
  readonly probes?: string;
  readonly interface?: readonly string[];
  readonly junit?: string;
}

/** Tries rules on a throw-away copy of a lab: what becomes of packets, by which rule. */
export async function checkRules(context: Context, lab: string, options: RulesOptions): Promise<number> {
  const { output } = context;
  const stack = await context.stack(lab);
  const trials = stack.lab.rulesets;
  if (trials === undefined)
    throw new CommandError(
      `The lab ${stack.lab.name} has no firewall to try rules on.`,
      "`lab check firewall` has one.",
    );
  const firewall = stack.topology.nodes.find(({ name }) => name === trials.node);
  if (firewall === undefined) throw new Error(`no node ${trials.node}`);
  const sources = options.ruleset?.map((file) => readSource(file, options.rulesetFormat)) ?? sourcesOf(stack, firewall);
  const problems: Problem[] = [];
  const names = readInterfaceNames(
    options.interface ?? [],
    firewall.interfaces.map(({ name }) => name),
    problems,
  );
  const own = readProbes(
    [
      ...(options.probe ?? []).map((text): PlacedText => ({ place: "--probe", text })),
      ...(options.probes === undefined ? [] : probeLines(options.probes, readText(options.probes))),
    ],
    stack.topology,
    problems,
  );
  if (problems.length > 0) throw new ProblemsError("what is to be tried", problems);
  const probes = withDefaults(
    own,
    readProbes(
      trials.probes.map((text) => ({ place: "", text })),
      stack.topology,
      [],
    ),
  );
  output.note(`Trying ${sources.map(({ name }) => name).join(" and ")} in a throw-away copy of ${stack.name}.`);
  const key = sandboxKey(stack.project.directory, `${stack.name}-trial-${process.pid}`);
  const result = await interruptible({
    key,
    lab: stack.lab.name,
    topology: renameInterfaces(stack.topology, firewall.name, names),
    firewall: firewall.name,
    sources,
    probes,
  });
  output.result(formatTrial(result, output));
  if (result.strangeInterfaces.length > 0) {
    const here = firewall.interfaces.map(({ name }) => names.get(name) ?? name);
    const [first = ""] = result.strangeInterfaces;
    output.note(
      `The rules name ${result.strangeInterfaces.join(", ")}, which the firewall hasn't: it has ${here.join(", ")}. ` +
        `\`--interface ${first}=${here[0] ?? ""}\` gives one that name.`,
    );
  }
  if (result.discoveryDropped)
    output.note(
      "IPv6's neighbour discovery is dropped, so no IPv6 passes: accept `icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }` in input.",
    );
  const judged = result.attempts.filter((attempt) => passes(attempt) !== undefined);
  const failed = judged.filter((attempt) => passes(attempt) === false);
  if (judged.length > 0)
    output.result(`${judged.length - failed.length} of ${count(judged.length, "expectation")} met.`);
  if (options.junit !== undefined)
    writeFileSync(options.junit, junit([{ name: `${stack.name} rules`, cases: judged.map(trialCase) }]));
  output.json({
    stack: stack.name,
    lab: stack.lab.name,
    rulesets: sources.map(({ name, format }) => ({ name, format })),
    probes: result.attempts.map(({ probe, family, verdict, detail, decidedBy, ...rest }) => ({
      probe: probe.text,
      family,
      verdict,
      detail,
      decidedBy,
      expected: probe.expected,
      passed: passes({ probe, family, verdict, ...rest }),
    })),
    unused: result.unused,
    strangeInterfaces: result.strangeInterfaces,
  });
  return failed.length === 0 ? exitCodes.good : exitCodes.failed;
}

/** Ctrl-C ends the copy, and with it what is done in it. */
async function interruptible(trial: Trial): Promise<TrialResult> {
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    void endCopy(trial.key);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await tryRules(trial);
  } catch (error) {
    if (interrupted) throw new InterruptedError("Interrupted. The copy is gone; nothing was changed.");
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** A probe of somebody's own takes the place of the same one among those that are sent anyway. */
function withDefaults(own: readonly Probe[], defaults: readonly Probe[]): Probe[] {
  const asked = new Set(own.map(({ text }) => text));
  return [...own, ...defaults.filter(({ text }) => !asked.has(text))];
}

function readSource(file: string, format: string | undefined): Source {
  if (format !== undefined && !formats.some((each) => each === format))
    throw new CommandError(`--ruleset-format ${format}: expected one of ${formats.join(", ")}.`);
  const text = readText(file);
  return {
    name: file,
    directory: dirname(resolve(file)),
    text,
    format: (format as Format | undefined) ?? formatOf(text),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}

/** The rules that the lab declares. */
function sourcesOf(stack: Stack, { ruleset, iptables, ip6tables }: Node): Source[] {
  const own: readonly (readonly [Format, string])[] = [
    ["nft", ruleset],
    ["iptables", iptables],
    ["ip6tables", ip6tables],
  ];
  return own.flatMap(([format, text]) =>
    text === "" ? [] : [{ name: `${stack.name}'s own rules (${format})`, text, format }],
  );
}
