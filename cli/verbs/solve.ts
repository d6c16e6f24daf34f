import type { Fault } from "../../labs/lab.ts";
import { formatSummary } from "../checks/report.ts";
import { requireName, type Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { forgetHints } from "../exercises/hints.ts";
import { previewExercise, showPreview } from "../exercises/preview.ts";
import { seconds, table } from "../output/table.ts";
import { writeExercise } from "../stacks/stack.ts";
import { bringUp } from "./bring-up.ts";
import { runStackChecks } from "./check.ts";
import { changesText } from "./up.ts";

export interface SolveOptions {
  readonly list?: boolean;
  readonly preview?: boolean;
}

/** Mends the fault that is in a lab, runs the lab's checks, and tells what was wrong and what was done. */
export async function solve(
  context: Context,
  lab: string,
  name: string | undefined,
  options: SolveOptions,
): Promise<number> {
  const { output, project } = context;
  const before = await context.stack(lab);
  const { fault } = before;
  if (fault === undefined)
    throw new CommandError(`Nothing is broken in ${lab}.`, `\`lab break ${lab}\` lists what may be.`);
  if (options.list === true) return listSolutions(context, lab, fault);
  const names = fault.solutions.map((each) => each.name);
  const chosen =
    name === undefined
      ? (before.solution ?? fault.solutions[0]).name
      : requireName(name, names, "solution", `The fault in ${lab}`);
  const exercise = { fault: fault.name, solution: chosen };
  const stack = await context.stack(lab, exercise);
  if (options.preview === true) {
    showPreview(context, stack, await previewExercise(context, before, stack, exercise), "solve");
    return exitCodes.good;
  }
  await writeExercise(project, lab, exercise);
  forgetHints(project, lab);
  const { changes, seconds: took } = await bringUp(context, stack, { title: `Solving ${lab}`, thorough: true });
  output.result(`${output.paint("good", `${lab} is solved`)} after ${seconds(took)}; ${changesText(changes)}.`);
  const { sandbox } = await context.running(lab);
  const { results, interrupted } = await runStackChecks(context, stack, sandbox, stack.checks);
  output.result(
    [
      formatSummary(results),
      `What was wrong: ${fault.title}`,
      `What was done:  ${stack.solution?.title ?? ""}`,
      ...(names.length === 1 ? [] : [`There are other ways: \`lab solve ${lab} --list\`.`]),
    ].join("\n"),
  );
  output.json({
    stack: lab,
    lab: stack.lab.name,
    ...exercise,
    wrong: fault.title,
    done: stack.solution?.title,
    seconds: took,
    changes,
    checks: results,
  });
  if (interrupted) return exitCodes.interrupted;
  return results.every(({ status }) => status === "passed") ? exitCodes.good : exitCodes.failed;
}

function listSolutions({ output }: Context, lab: string, { solutions }: Fault): number {
  output.result(
    table(
      ["SOLUTION", "WHAT IS DONE"],
      solutions.map(({ name, title }) => [name, title]),
    ),
  );
  output.json({ stack: lab, solutions: solutions.map(({ name, title }) => ({ name, title })) });
  return exitCodes.good;
}
