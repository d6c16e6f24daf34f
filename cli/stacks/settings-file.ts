/** A stack's settings file, Pulumi.<stack>.yaml: read it, and change a setting in it without touching the rest. */
import { CommandError } from "../errors.ts";
import { isRecord, parseYaml } from "./project.ts";

/** Line at the head of a settings file that `lab up --name` wrote, which `lab down` takes away again. */
export const copyMarker = "# Written by `lab up`; `lab down` takes it away.";

/** The project's settings, without the project's name before each key. `name` is for errors. */
export function readSettings(text: string, project: string, name: string): Record<string, string> {
  const config = parseYaml(text, name)["config"] ?? {};
  if (!isRecord(config))
    throw new CommandError(
      `${name}: expected \`config\` to be a mapping of settings.`,
      "Correct the file, then try again.",
    );
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    const [namespace, setting] = key.includes(":") ? splitOnce(key) : [project, key];
    if (namespace !== project) continue;
    if (isRecord(value) && "secure" in value) {
      throw new CommandError(
        `${name}: the setting ${setting} is encrypted; a lab's settings are plain.`,
        `Set it again by \`pulumi config set ${setting} VALUE\`.`,
      );
    }
    settings[setting] = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
  }
  return settings;
}

/** What the command writes where there is no `config:` yet, so that it can take it away again. */
const addedHead = "config: # added by lab";

/**
 * The text with these settings set, and those that are undefined taken away; comments and everything else stay as they
 * are. To take away what was added gives the text as it was, byte for byte.
 */
export function writeSettings(
  text: string,
  project: string,
  changes: Readonly<Record<string, string | undefined>>,
  name: string,
): string {
  const expected: Record<string, string | undefined> = { ...readSettings(text, project, name), ...changes };
  const lines = text.split("\n");
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) removeSetting(lines, project, key);
    else setSetting(lines, project, key, value);
  }
  const written = lines.join("\n");
  if (!isSame(expected, written, project, name)) throw unwritable(name);
  return written;
}

function setSetting(lines: string[], project: string, key: string, value: string): void {
  let head = headOf(lines);
  if (head === -1) {
    // Before the empty text that follows the last line's end.
    head = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    lines.splice(head, 0, addedHead);
  }
  lines[head] = (lines[head] ?? "").replace(/^config:(\s*)\{/, "config:$1# was {");
  const indentation = blockOf(lines, head).flatMap((each) => /^\s+(?=[^\s#])/.exec(each) ?? [])[0] ?? "  ";
  const line = `${indentation}${project}:${key}: ${JSON.stringify(value)}`;
  const [found] = linesOf(lines, head, project, key);
  if (found === undefined) lines.splice(head + 1, 0, line);
  else lines[found] = line;
}

function removeSetting(lines: string[], project: string, key: string): void {
  const head = headOf(lines);
  if (head === -1) return;
  for (const found of linesOf(lines, head, project, key).reverse()) lines.splice(found, 1);
  if (blockOf(lines, head).some((each) => /^\s+[^\s#]/.test(each))) return;
  if (lines[head] === addedHead) lines.splice(head, 1);
  else lines[head] = (lines[head] ?? "").replace(/^config:(\s*)# was \{/, "config:$1{");
}

/** The line `config:`; -1 where there is none that lines can be written below. */
function headOf(lines: readonly string[]): number {
  return lines.findIndex((line) => /^config:\s*(\{\s*\}\s*)?(#.*)?$/.test(line));
}

/** The lines below `config:`, until the next key. */
function blockOf(lines: readonly string[], head: number): readonly string[] {
  const end = lines.findIndex((line, index) => index > head && /^[^\s#]/.test(line));
  return lines.slice(head + 1, end === -1 ? undefined : end);
}

/** Numbers of the lines below `config:` that set it, with or without the project's name. */
function linesOf(lines: readonly string[], head: number, project: string, key: string): number[] {
  const pattern = new RegExp(`^\\s+["']?(${escape(project)}:)?${escape(key)}["']?:(\\s|$)`);
  return blockOf(lines, head).flatMap((line, index) => (pattern.test(line) ? [head + 1 + index] : []));
}

function isSame(
  expected: Readonly<Record<string, string | undefined>>,
  written: string,
  project: string,
  name: string,
): boolean {
  let actual: Record<string, string>;
  try {
    actual = readSettings(written, project, name);
  } catch {
    return false;
  }
  const wanted = Object.entries(expected).filter(([, value]) => value !== undefined);
  return Object.keys(actual).length === wanted.length && wanted.every(([key, value]) => actual[key] === value);
}

/** The line with which Pulumi keeps the salt of the stack's secrets, if it is there. */
export function saltOf(text: string): string | undefined {
  return /^encryptionsalt: (\S+)$/m.exec(text)?.[1];
}

/** The text with that salt. */
export function withSalt(text: string, salt: string | undefined): string {
  if (salt === undefined || /^(encryptionsalt|secretsprovider):/m.test(text)) return text;
  return `${text === "" || text.endsWith("\n") ? text : `${text}\n`}encryptionsalt: ${salt}\n`;
}

function unwritable(name: string): CommandError {
  return new CommandError(
    `${name} is written in a form that the command can't change.`,
    "Change the settings in it by hand, under `config:`, a line each.",
  );
}

function splitOnce(key: string): [string, string] {
  const at = key.indexOf(":");
  return [key.slice(0, at), key.slice(at + 1)];
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
