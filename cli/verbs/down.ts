import type { Context } from "../context.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { sandboxKey } from "../../components/sandbox-key.ts";
import { removeSandbox } from "../../provider/sandbox/sandbox.ts";
import { beginRun, endRun } from "../engine/unfinished.ts";
import { forgetHints } from "../exercises/hints.ts";
import { createDisplay } from "../progress/display.ts";
import { Progress } from "../progress/progress.ts";
import { seconds } from "../output/table.ts";
import { checkStackName, forgetCopy, settingsOf, writeExercise } from "../stacks/stack.ts";

export interface DownOptions {
  readonly all?: boolean;
}

/** Takes labs down: everything that runs, and their state. No error where there is nothing. */
export async function down(context: Context, labs: readonly string[], options: DownOptions): Promise<number> {
  const engine = await context.engine();
  const names = options.all === true ? await engine.stacks() : labs;
  if (names.length === 0 && options.all !== true)
    throw new CommandError("Which lab is to go down?", "Name one, such as `lab down bgp`, or use --all.");
  const results: object[] = [];
  for (const name of names) results.push(await takeDown(context, name));
  if (names.length === 0) context.output.result("No lab is up.");
  context.output.json(results);
  return exitCodes.good;
}

export interface TakeDownOptions {
  /** Keeps the settings file of a copy. */
  readonly keepSettings?: boolean;
  /** Says nothing when it is done. */
  readonly quiet?: boolean;
}

export async function takeDown(
  context: Context,
  name: string,
  options: TakeDownOptions = {},
): Promise<{ stack: string; wasUp: boolean; seconds: number }> {
  const { output, project } = context;
  checkStackName(name);
  const engine = await context.engine();
  const started = performance.now();
  const known = await engine.has(name);
  // A stack whose settings are broken or gone must come down all the same, so its lab is not looked at.
  if (!known && settingsOf(project, name) === undefined) await context.stack(name);
  const lab = labOf(context, name);
  const display = createDisplay(output, new Progress(lab, {}, false), `Taking down ${name}`);
  let wasUp = known && ((await engine.resources(name))?.length ?? 0) > 0;
  beginRun(project, { stack: name, verb: "down", pid: process.pid });
  try {
    await engine.destroy(name, { lab, say: (line) => display.say(line), onEvent: (event) => display.take(event) });
    // What a killed `up` made is in no state.
    if (await removeSandbox(sandboxKey(project.directory, name))) wasUp = true;
    endRun(project, name);
    forgetHints(project, name);
    if (options.keepSettings !== true) {
      forgetCopy(project, name);
      await endExercise(context, name);
    }
  } finally {
    display.end();
  }
  const took = (performance.now() - started) / 1000;
  if (options.quiet !== true)
    output.result(
      wasUp ? `${output.paint("good", `${name} is down`)} after ${seconds(took)}.` : `${name} was down already.`,
    );
  return { stack: name, wasUp, seconds: Math.round(took * 1000) / 1000 };
}

/** The next `up` is healthy. Settings that can't be read stay as they are: the lab is down all the same. */
async function endExercise({ project }: Context, name: string): Promise<void> {
  try {
    await writeExercise(project, name, {});
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}

function labOf(context: Context, name: string): string {
  try {
    return settingsOf(context.project, name)?.["lab"] ?? name;
  } catch {
    return name;
  }
}
