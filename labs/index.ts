/** The labs there are, found by their folders, and their settings. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assertNoProblems, ProblemsError } from "../topology/problem.ts";
import type { Problem } from "../topology/problem.ts";
import type { Lab, Settings, SettingSpec, SettingsSpec } from "./lab.ts";
import { nearest } from "./nearest.ts";

/** A lab whose settings' types are no longer known: `resolveSettings` gives the values that its functions take. */
export type AnyLab = Lab<SettingsSpec>;

/** Folder of what imported labs have in common; no lab itself. */
const shared = "imported";

/** Names of the labs: the folders that have a lab.ts. `directory`: a folder of labs; default: this one. */
export function labNames(directory = import.meta.dirname): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isFile() && entry.name !== shared && existsSync(join(directory, entry.name, "lab.ts")))
    .map((entry) => entry.name)
    .sort();
}

/** Every lab. @throws ProblemsError with each lab.ts that can't be used. */
export async function allLabs(directory = import.meta.dirname): Promise<readonly AnyLab[]> {
  const loaded = await Promise.allSettled(labNames(directory).map((name) => load(directory, name)));
  const problems = loaded.flatMap((result) => {
    if (result.status === "fulfilled") return [];
    if (result.reason instanceof ProblemsError) return result.reason.problems;
    throw result.reason;
  });
  assertNoProblems("the labs", problems);
  return loaded.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** @throws ProblemsError naming the nearest lab, where there is none of this name, or what is wrong with its lab.ts. */
export async function findLab(name: string, directory = import.meta.dirname): Promise<AnyLab> {
  const names = labNames(directory);
  if (names.includes(name)) return load(directory, name);
  const close = nearest(name, names);
  throw new ProblemsError("the lab's name", [
    {
      code: "unknown-lab",
      path: "lab",
      found: name,
      expected: `one of ${names.join(", ")}`,
      hint: close === undefined ? "`lab list` shows them all." : `Did you mean ${close}?`,
    },
  ]);
}

async function load(directory: string, name: string): Promise<AnyLab> {
  const path = `labs/${name}/lab.ts`;
  const refuse = (expected: string, hint: string): ProblemsError =>
    new ProblemsError(path, [{ code: "unusable-lab", path, expected, hint }]);
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(join(directory, name, "lab.ts")).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ProblemsError) throw error;
    throw refuse("a module that Node can load", `It says: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lab = Object.values(module).find((value) => isLab(value) && value.name === name);
  if (lab === undefined)
    throw refuse(
      `an exported lab of the name ${name}`,
      "Export what `defineLab` gives; its `name` is that of the folder.",
    );
  return lab as AnyLab;
}

function isLab(value: unknown): value is AnyLab {
  return typeof value === "object" && value !== null && "topology" in value && "checks" in value && "name" in value;
}

/**
 * A lab's settings from the text of its stack's configuration, with defaults for those that aren't there.
 *
 * @throws ProblemsError with every unknown name and every value out of range.
 */
export function resolveSettings<S extends SettingsSpec>(
  lab: Pick<Lab<S>, "name" | "settings">,
  raw: Readonly<Record<string, string>>,
): Settings<S> {
  const problems: Problem[] = [];
  const values: Record<string, number | boolean | string> = {};
  for (const [name, spec] of Object.entries(lab.settings)) {
    const text = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const value = text === undefined ? spec.default : readSetting(spec, text);
    if (value !== undefined) values[name] = value;
    else
      problems.push({
        code: "bad-setting",
        path: name,
        found: text,
        expected: expectedOf(spec),
        hint: `${spec.description}; default ${String(spec.default)}. Set it by \`pulumi config set ${name} VALUE\`.`,
      });
  }
  const names = Object.keys(lab.settings);
  for (const name of Object.keys(raw)) {
    if (Object.hasOwn(lab.settings, name)) continue;
    const close = nearest(name, names);
    problems.push({
      code: "unknown-setting",
      path: name,
      found: raw[name],
      expected: names.length === 0 ? `no settings for ${lab.name}` : `one of ${names.join(", ")}`,
      hint: close === undefined ? `Take it away by \`pulumi config rm ${name}\`.` : `Did you mean ${close}?`,
    });
  }
  assertNoProblems(`the settings of ${lab.name}`, problems);
  return values as Settings<S>;
}

function readSetting(spec: SettingSpec, text: string): number | boolean | string | undefined {
  switch (spec.type) {
    case "integer": {
      const value = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
      return value !== undefined && value >= spec.minimum && value <= spec.maximum ? value : undefined;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "choice":
      return spec.choices.includes(text) ? text : undefined;
    case "text":
      return text;
  }
}

function expectedOf(spec: SettingSpec): string {
  switch (spec.type) {
    case "integer":
      return `a whole number from ${spec.minimum} to ${spec.maximum}`;
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${spec.choices.join(", ")}`;
    case "text":
      return "text";
  }
}
