/** What putting a fault or a solution in would change. Nothing is changed, the settings file included. */
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import type { Context } from "../context.ts";
import { settingsWith, type Exercise, type Stack } from "../stacks/stack.ts";
import { programOf } from "../verbs/bring-up.ts";
import { declarationChanges, PlannedChanges, type ResourceChange } from "./changes.ts";
import { formatChanges } from "./patch.ts";

export interface Preview {
  /** Where the lab isn't up, two declarations are compared; the engine would make all of it. */
  readonly up: boolean;
  readonly changes: readonly ResourceChange[];
}

/** `stack`: as it is now; `next`: with the exercise. */
export async function previewExercise(
  context: Context,
  stack: Stack,
  next: Stack,
  exercise: Exercise,
): Promise<Preview> {
  const engine = await context.engine();
  if ((await findSandbox(stack.key)) === undefined || !(await engine.has(stack.name))) {
    const { declare } = await import("../../components/declarations.ts");
    const within = stack.lab.convergesWithin ?? 60;
    return { up: false, changes: declarationChanges(declare(stack.topology, within), declare(next.topology, within)) };
  }
  const planned = new PlannedChanges(stack.lab.name);
  await engine.preview(stack.name, programOf(stack), {
    lab: stack.lab.name,
    settings: settingsWith(context.project, stack.name, exercise),
    thorough: true,
    say: (line) => context.output.note(line),
    onEvent: (event) => planned.take(event),
  });
  return { up: true, changes: planned.all() };
}

/** Prints it; `verb` is the command that would do it. */
export function showPreview(context: Context, stack: Stack, { up, changes }: Preview, verb: string): void {
  const { output } = context;
  const text = formatChanges(changes, output);
  const nothing = `\`lab ${verb} ${stack.name}\` would change nothing.`;
  if (up) output.result(text === "" ? nothing : text);
  else
    output.result(
      [
        `${stack.name} isn't up: \`lab ${verb} ${stack.name}\` would make all of it.`,
        text === "" ? "It would be as it is declared now." : `What would differ from how it is declared now:\n${text}`,
      ].join("\n"),
    );
  output.json({ stack: stack.name, lab: stack.lab.name, preview: true, up, changes });
}
