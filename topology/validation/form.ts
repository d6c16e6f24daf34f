/**
 * Forms: what type a value has at run time. A spec may come from JavaScript or from an importer, where the compiler
 * hasn't looked.
 */
import { member, nearest, type Report } from "./report.ts";

/** Notes what is wrong with the value's type. */
export type Form = (value: unknown, path: string, report: Report) => void;

export const string: Form = (value, path, report) => {
  if (typeof value !== "string") wrongType(report, path, value, "a string");
};

export const number: Form = (value, path, report) => {
  if (typeof value !== "number" || !Number.isFinite(value)) wrongType(report, path, value, "a number");
};

export const boolean: Form = (value, path, report) => {
  if (typeof value !== "boolean") wrongType(report, path, value, "true or false");
};

export const stringOrFalse: Form = (value, path, report) => {
  if (value !== false && typeof value !== "string") wrongType(report, path, value, "a string or false");
};

/** A string, or an array of them. */
export const stringOrList: Form = (value, path, report) => {
  if (Array.isArray(value)) list(string)(value, path, report);
  else if (typeof value !== "string") wrongType(report, path, value, "a string or an array of them");
};

export function oneOf(...choices: readonly string[]): Form {
  return (value, path, report) => {
    if (typeof value !== "string" || !choices.includes(value)) {
      report.add("wrong-type", path, describe(value), quoted(choices), suggestion(value, choices));
    }
  };
}

/** An array; `length` where it must have exactly so many elements. */
export function list(element: Form, length?: number): Form {
  return (value, path, report) => {
    const expected = length === undefined ? "an array" : `an array of ${length}`;
    if (!Array.isArray(value)) return wrongType(report, path, value, expected);
    const elements: readonly unknown[] = value;
    if (length !== undefined && elements.length !== length) {
      return wrongType(report, path, `an array of ${elements.length}`, expected);
    }
    for (const [index, each] of elements.entries()) element(each, `${path}[${index}]`, report);
  };
}

/** An object with any keys. */
export function record(element: Form): Form {
  return (value, path, report) => {
    if (!isObject(value)) return wrongType(report, path, value, "an object");
    for (const [key, each] of Object.entries(value)) element(each, member(path, key), report);
  };
}

/** An object with these properties; one that is undefined counts as absent. `path` may be empty for the outermost. */
export function object(required: Readonly<Record<string, Form>>, optional: Readonly<Record<string, Form>> = {}): Form {
  const forms = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return (value, path, report) => {
    if (!isObject(value)) return wrongType(report, path === "" ? "topology" : path, value, "an object");
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(value, key) || value[key] === undefined) {
        report.add("missing-property", inside(path, key), undefined, "a value", `Set ${key}.`);
      }
    }
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      const form = forms.get(key);
      if (form !== undefined) form(each, inside(path, key), report);
      else {
        const known = [...forms.keys()];
        report.add("unknown-property", inside(path, key), undefined, quoted(known), suggestion(key, known));
      }
    }
  };
}

/** An object whose `kind` tells which of the forms it has; `kind` is not part of those. */
export function variant(forms: Readonly<Record<string, Form>>): Form {
  const kinds = Object.keys(forms);
  const kindForm = oneOf(...kinds);
  return (value, path, report) => {
    if (!isObject(value)) return wrongType(report, path, value, "an object");
    const { kind, ...rest } = value;
    if (typeof kind === "string" && kinds.includes(kind)) forms[kind]?.(rest, path, report);
    else kindForm(kind, inside(path, "kind"), report);
  };
}

/** A string, or what the form says. */
export function stringOr(form: Form): Form {
  return (value, path, report) => {
    if (typeof value === "string") return;
    if (isObject(value)) form(value, path, report);
    else wrongType(report, path, value, "a string or an object");
  };
}

function wrongType(report: Report, path: string, value: unknown, expected: string): void {
  report.add("wrong-type", path, describe(value), expected, "Correct its type.");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inside(path: string, key: string): string {
  return path === "" ? key : member(path, key);
}

/** The value where JSON has it in a few letters, otherwise what it is. */
function describe(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean" || value === undefined) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function quoted(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(", ")}`;
}

function suggestion(value: unknown, choices: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, choices) : undefined;
  return near === undefined ? "Choose one of them." : `Did you mean ${near}?`;
}
