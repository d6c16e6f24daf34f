/** A stack: one copy of a lab, its settings in stacks/Pulumi.<stack>.yaml. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { sandboxKey } from "../../components/sandbox-key.ts";
import { findLab, labNames, type AnyLab } from "../../labs/index.ts";
import { nearest } from "../../labs/nearest.ts";
import { situationOf, type Situation } from "../../labs/situation.ts";
import { readOperations, writeOperations, type PkiOperations } from "../../topology/pki/operations.ts";
import { CommandError } from "../errors.ts";
import type { Project } from "./project.ts";
import { copyMarker, readSettings, writeSettings } from "./settings-file.ts";

export interface Stack extends Situation {
  readonly project: Project;
  readonly name: string;
  readonly lab: AnyLab;
  /** Identity of its sandbox. */
  readonly key: string;
  /** Its settings file; absolute. */
  readonly file: string;
}

/** Whether a fault is in it that isn't solved. */
export function isBroken({ fault, solution }: Pick<Stack, "fault" | "solution">): boolean {
  return fault !== undefined && solution === undefined;
}

/** Names of the fault and solution that are in it. */
export function exerciseOf({ fault, solution }: Pick<Stack, "fault" | "solution">): Exercise {
  return {
    ...(fault === undefined ? {} : { fault: fault.name }),
    ...(solution === undefined ? {} : { solution: solution.name }),
  };
}

/** Folder of the project's labs; undefined where it has none of its own: then the command's own labs are meant. */
export function labsDirectory(project: Project): string | undefined {
  const directory = join(project.directory, "labs");
  return existsSync(directory) ? directory : undefined;
}

/** Names of the stacks that have a settings file. */
export function stackNames(project: Project): string[] {
  if (!existsSync(project.stackDirectory)) return [];
  return readdirSync(project.stackDirectory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

export function settingsFile(project: Project, stack: string): string {
  return join(project.stackDirectory, `Pulumi.${stack}.yaml`);
}

/** What the stack's settings file says, as text; undefined where there is none. */
export function settingsOf(project: Project, stack: string): Record<string, string> | undefined {
  const file = settingsFile(project, stack);
  if (!existsSync(file)) return undefined;
  return readSettings(readFileSync(file, "utf8"), project.name, relative(project.directory, file));
}

/** Names of the fault and the solution that are to be in a stack; absent for none. */
export interface Exercise {
  readonly fault?: string;
  readonly solution?: string;
}

/**
 * A stack with its lab, settings and topology, all of it validated. A lab that has no settings file yet has its defaults.
 * `exercise`: the fault and solution that it is to have, whatever its settings name.
 *
 * @throws ProblemsError with all the mistakes of a stage; CommandError where there is no such stack.
 */
export async function openStack(project: Project, name: string, exercise?: Exercise): Promise<Stack> {
  checkStackName(name);
  const configured = settingsOf(project, name);
  if (configured === undefined && !labNames(labsDirectory(project)).includes(name)) throw unknownStack(project, name);
  const { lab: labName = name, ...raw } = configured ?? {};
  const lab = await findLab(labName, labsDirectory(project));
  return {
    ...situationOf(lab, exercise === undefined ? raw : { ...withoutExercise(raw), ...exercise }),
    project,
    name,
    lab,
    key: sandboxKey(project.directory, name),
    file: settingsFile(project, name),
  };
}

/**
 * Makes sure that the stack has a settings file with these settings in it; returns its name.
 * `template`: a stack or a lab; `name`: the copy's name, where it is to have one of its own.
 */
export async function prepareStack(
  project: Project,
  template: string,
  name: string | undefined,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  const stack = name ?? template;
  checkStackName(template);
  checkStackName(stack);
  const file = settingsFile(project, stack);
  if (existsSync(file)) {
    refuseOtherLab(project, stack, template);
    if (Object.keys(changes).length === 0) return stack;
    const text = readFileSync(file, "utf8");
    const { lab: labName = stack, ...raw } = readSettings(text, project.name, relative(project.directory, file));
    const lab = await findLab(labName, labsDirectory(project));
    situationOf(lab, { ...raw, ...changes });
    writeFileSync(file, writeSettings(text, project.name, changes, relative(project.directory, file)));
    return stack;
  }
  const { lab: labName = template, ...inherited } = settingsOf(project, template) ?? {};
  // A copy stands beside a broken lab for comparison, so it begins without a fault.
  const raw = withoutExercise(inherited);
  if (settingsOf(project, template) === undefined && !labNames(labsDirectory(project)).includes(template))
    throw unknownStack(project, template);
  situationOf(await findLab(labName, labsDirectory(project)), { ...raw, ...changes });
  mkdirSync(dirname(file), { recursive: true });
  // Settings are written with the lab's name last, as each goes in at the head.
  writeFileSync(
    file,
    writeSettings(
      `${copyMarker}\n`,
      project.name,
      { ...raw, ...changes, lab: labName },
      relative(project.directory, file),
    ),
  );
  return stack;
}

/** Text of the stack's settings file as it is when it names this fault and solution, or none. */
export function settingsWith(project: Project, stack: string, { fault, solution }: Exercise): string {
  const file = settingsFile(project, stack);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  // Each goes in at the head, so the fault comes before its solution.
  return writeSettings(text, project.name, { solution, fault }, relative(project.directory, file));
}

/** Has the stack's settings name this fault and solution, or none; makes the file where there is none and needs to be one. */
export async function writeExercise(project: Project, stack: string, exercise: Exercise): Promise<void> {
  const file = settingsFile(project, stack);
  if (!existsSync(file)) {
    if (exercise.fault === undefined) return;
    await prepareStack(project, stack, undefined, {});
  }
  let text = settingsWith(project, stack, exercise);
  // Back to the lab as it was declared: nothing is rotated or revoked either.
  if (exercise.fault === undefined)
    text = writeSettings(text, project.name, { generations: undefined, revocations: undefined }, stack);
  if (text !== readFileSync(file, "utf8")) writeFileSync(file, text);
}

/** What was rotated and revoked in the stack's PKI, as its settings have it. */
export async function operationsOf(project: Project, { name, lab, settings }: Stack): Promise<PkiOperations> {
  const texts = settingsOf(project, name) ?? {};
  const pki = lab.topology(settings).pki ?? { authorities: {} };
  return readOperations(pki, { generations: texts["generations"], revocations: texts["revocations"] }).operations;
}

/** Has the stack's settings say what is rotated and revoked. */
export async function writePkiOperations(project: Project, stack: string, operations: PkiOperations): Promise<void> {
  const file = settingsFile(project, stack);
  if (!existsSync(file)) await prepareStack(project, stack, undefined, {});
  const text = readFileSync(file, "utf8");
  const written = writeSettings(text, project.name, writeOperations(operations), relative(project.directory, file));
  if (written !== text) writeFileSync(file, written);
}

/** Takes away the settings file of a stack that `prepareStack` wrote. */
export function forgetCopy(project: Project, stack: string): void {
  const file = settingsFile(project, stack);
  if (existsSync(file) && readFileSync(file, "utf8").startsWith(copyMarker)) rmSync(file);
}

function withoutExercise({
  fault: _,
  solution: __,
  ...settings
}: Readonly<Record<string, string>>): Record<string, string> {
  return settings;
}

/** It becomes part of file names, and of the sandbox's key. */
export function checkStackName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return;
  throw new CommandError(
    `${JSON.stringify(name)} can't be the name of a stack.`,
    "Use up to 40 lower-case letters, digits and hyphens, a letter first.",
  );
}

function refuseOtherLab(project: Project, stack: string, template: string): void {
  if (stack === template) return;
  const existing = settingsOf(project, stack)?.["lab"] ?? stack;
  const wanted = settingsOf(project, template)?.["lab"] ?? template;
  if (existing !== wanted) {
    throw new CommandError(
      `The stack ${stack} is a copy of the lab ${existing}, not of ${wanted}.`,
      "Choose another --name.",
    );
  }
}

function unknownStack(project: Project, name: string): CommandError {
  const names = [...new Set([...stackNames(project), ...labNames(labsDirectory(project))])].sort();
  const close = nearest(name, names);
  const hint = close === undefined ? "`lab list` shows them all." : `Did you mean ${close}?`;
  return new CommandError(`There is no lab called ${JSON.stringify(name)}; there is ${names.join(", ")}.`, hint);
}
