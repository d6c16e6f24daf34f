/** Changes in words: a line for a value, a unified diff for a text or a list. */
import { createRequire } from "node:module";
import { structuredPatch } from "diff";
import type { Output } from "../output/output.ts";
import type { PropertyChange, ResourceChange } from "./changes.ts";

const yaml = createRequire(import.meta.url)("js-yaml") as { dump(value: unknown, options?: object): string };

type Paint = Pick<Output, "paint">;

const words: Readonly<Record<ResourceChange["operation"], string>> = {
  create: "is made",
  update: "changes",
  replace: "is made anew",
  delete: "is taken away",
};

/** Every resource that changes with its properties; the empty text where none does. */
export function formatChanges(changes: readonly ResourceChange[], output: Paint): string {
  return changes
    .map(({ resource, operation, properties, drifted }) => {
      // Only how an `up` knows that it is done, and long; it follows from the rest.
      if (resource === "readiness" && properties.length > 0)
        return `${output.paint("strong", resource)} waits for other sessions and routes`;
      return [
        `${output.paint("strong", resource)} ${words[operation]}`,
        ...properties
          .filter(({ before, after }) => !isNothing(before) || !isNothing(after))
          .flatMap((change) => formatProperty(change, output))
          .map((line) => `  ${line}`),
        ...(drifted ? ["  differs from its declaration by hand, and is put back"] : []),
      ].join("\n");
    })
    .join("\n");
}

function formatProperty({ path, before, after }: PropertyChange, output: Paint): string[] {
  if (isShort(before) && isShort(after))
    return [`${path}: ${output.paint("bad", shown(before))} -> ${output.paint("good", shown(after))}`];
  return [path, ...unified(readable(before, after), readable(after, before), output).map((line) => `  ${line}`)];
}

/** None, or empty: the difference between those is nobody's concern. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
}

/** Fits a line, and is no text in which there is more to see. */
function isShort(value: unknown): boolean {
  if (typeof value !== "string") return typeof value !== "object";
  return !value.includes("\n") && value.length <= 60 && parsedJson(value) === undefined;
}

function shown(value: unknown): string {
  if (isNothing(value)) return "none";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** As lines: a text as it is, but JSON as JSON is read; anything else as YAML. `other` is what it is compared with. */
function readable(value: unknown, other: unknown): string {
  if (isNothing(value)) return "";
  if (typeof value !== "string") return yaml.dump(value, { lineWidth: -1 });
  const parsed = parsedJson(value);
  return parsed !== undefined && (isNothing(other) || (typeof other === "string" && parsedJson(other) !== undefined))
    ? JSON.stringify(parsed, undefined, 2)
    : value;
}

/** Of an object or a list only: a number alone is a text. */
function parsedJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** A place in a text, as diff(1) writes it: of no lines, the line before. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** Hunks as diff(1) writes them with -u, without the files' names. */
function unified(before: string, after: string, output: Paint): string[] {
  return structuredPatch("", "", before, after, undefined, undefined, { context: 3 }).hunks.flatMap((hunk) => [
    output.paint("dim", `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines
      // A text that doesn't end its last line is no news.
      .filter((line) => !line.startsWith("\\"))
      .map((line) =>
        line.startsWith("+") ? output.paint("good", line) : line.startsWith("-") ? output.paint("bad", line) : line,
      ),
  ]);
}
