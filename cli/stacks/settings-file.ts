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

/** The text with these settings set; comments and everything else stay as they are. */
export function writeSettings(
  text: string,
  project: string,
  changes: Readonly<Record<string, string>>,
  name: string,
): string {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  let head = lines.findIndex((line) => /^config:\s*(\{\s*\}\s*)?(#.*)?$/.test(line));
  if (head === -1) {
    if (isRecord(parseYaml(text, name)["config"])) throw unwritable(name);
    head = lines.push("config:") - 1;
  } else lines[head] = "config:";
  for (const [key, value] of Object.entries(changes)) {
    const line = `  ${project}:${key}: ${JSON.stringify(value)}`;
    const found = lines.findIndex(
      (each, index) =>
        index > head && new RegExp(`^\\s+["']?(${escape(project)}:)?${escape(key)}["']?:(\\s|$)`).test(each),
    );
    if (found === -1) lines.splice(head + 1, 0, line);
    else lines[found] = line;
  }
  const written = `${lines.join("\n")}\n`;
  const expected = { ...readSettings(text, project, name), ...changes };
  const actual = readSettings(written, project, name);
  const same =
    Object.keys(actual).length === Object.keys(expected).length &&
    Object.entries(expected).every(([key, value]) => actual[key] === value);
  if (!same) throw unwritable(name);
  return written;
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
