/** The labs there are, and their settings. */
import { assertNoProblems, ProblemsError } from "../topology/problem.ts";
import type { Problem } from "../topology/problem.ts";
import { bgp } from "./bgp/lab.ts";
import type { Lab, Settings, SettingSpec, SettingsSpec } from "./lab.ts";
import { namespaces } from "./namespaces/lab.ts";
import { nearest } from "./nearest.ts";
import { scale } from "./scale/lab.ts";

/** A lab whose settings' types are no longer known: `resolveSettings` gives the values that its functions take. */
export type AnyLab = Lab<SettingsSpec>;

export const labs: readonly AnyLab[] = [bgp, namespaces, scale].map(widen);

/** Methods compare their parameters both ways, so that a lab with settings of its own is a lab. */
function widen<S extends SettingsSpec>(lab: Lab<S>): AnyLab {
  return lab as unknown as AnyLab;
}

/** @throws ProblemsError naming the nearest lab, where there is none of this name. */
export function findLab(name: string): AnyLab {
  const found = labs.find((lab) => lab.name === name);
  if (found !== undefined) return found;
  const names = labs.map((lab) => lab.name);
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
