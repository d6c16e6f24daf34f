import type { Lab } from "../../labs/lab.ts";
import { formatSummary } from "../checks/report.ts";
import { requireName, type Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { forgetHints } from "../exercises/hints.ts";
import { previewExercise, showPreview } from "../exercises/preview.ts";
import { seconds, table } from "../output/table.ts";
import { writeExercise, type Stack } from "../stacks/stack.ts";
import { bringUp } from "./bring-up.ts";
import { runStackChecks } from "./check.ts";
import { changesText } from "./up.ts";

export interface BreakOptions {
  readonly titles?: boolean;
  readonly preview?: boolean;
}

/** Puts a fault into a lab and shows its symptoms; without a fault's name, lists those that there are. */
export async function breakLab(
  context: Context,
  lab: string,
  name: string | undefined,
  options: BreakOptions,
): Promise<number> {
  // What its settings name now may be unknown; it is replaced.
  const healthy = await context.stack(lab, {});
  if (name === undefined) return listFaults(context, healthy, options.titles === true);
  const { output, project } = context;
  const names = (healthy.lab.faults ?? []).map((each) => each.name);
  const exercise = { fault: requireName(name, names, "fault", `The lab ${healthy.lab.name}`) };
  const stack = await context.stack(lab, exercise);
  if (options.preview === true) {
    showPreview(context, stack, await previewExercise(context, await context.stack(lab), stack, exercise), `break`);
    return exitCodes.good;
  }
  await writeExercise(project, lab, exercise);
  forgetHints(project, lab);
  const { changes, seconds: took } = await bringUp(context, stack, { title: `Breaking ${lab}`, thorough: true });
  output.result(`${output.paint("warn", `${lab} is broken`)} after ${seconds(took)}; ${changesText(changes)}.`);
  output.note("What shows:");
  const { sandbox } = await context.running(lab);
  const { results, interrupted } = await runStackChecks(context, stack, sandbox, stack.symptoms);
  const all = results.every(({ status }) => status === "passed");
  output.result(
    [
      ...(all ? [] : [`The symptoms don't all show: ${formatSummary(results)}`]),
      "Go on with:",
      `  npx lab check ${lab}   what holds, and what doesn't`,
      `  npx lab hint ${lab}    where to look`,
      `  npx lab solve ${lab}   mend it, and tell what was wrong`,
      `  npx lab reset ${lab}   back to the lab as it was`,
    ].join("\n"),
  );
  output.json({
    stack: lab,
    lab: stack.lab.name,
    ...exercise,
    seconds: took,
    changes,
    symptoms: results,
  });
  if (interrupted) return exitCodes.interrupted;
  return all ? exitCodes.good : exitCodes.failed;
}

/** Titles say what is wrong, so they are for those who set the exercise. */
function listFaults({ output }: Context, { name, lab }: Stack, titles: boolean): number {
  const faults = lab.faults ?? [];
  if (faults.length === 0) output.result(`The lab ${lab.name} has no faults.`);
  else output.result([faultTable(faults, titles), "", `\`lab break ${name} FAULT\` puts one in.`].join("\n"));
  output.json({
    stack: name,
    lab: lab.name,
    faults: faults.map((fault) => ({
      name: fault.name,
      ...(titles ? { title: fault.title } : {}),
      hints: fault.hints.length,
      solutions: titles
        ? fault.solutions.map((solution) => ({ name: solution.name, title: solution.title }))
        : fault.solutions.length,
    })),
  });
  return exitCodes.good;
}

function faultTable(faults: NonNullable<Lab["faults"]>, titles: boolean): string {
  return table(
    ["FAULT", "HINTS", "SOLUTIONS", ...(titles ? ["WHAT IS WRONG"] : [])],
    faults.map(({ name, title, hints, solutions }) => [
      name,
      String(hints.length),
      titles ? solutions.map((solution) => solution.name).join(" ") : String(solutions.length),
      ...(titles ? [title] : []),
    ]),
  );
}
