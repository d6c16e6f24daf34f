/** The Pulumi project that the command works on: what Pulumi.yaml says. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { CommandError } from "../errors.ts";

const yaml = createRequire(import.meta.url)("js-yaml") as { load(text: string): unknown };

export interface Project {
  /** Absolute. */
  readonly directory: string;
  readonly name: string;
  /** Where the stacks' settings are; absolute. */
  readonly stackDirectory: string;
  /** URL of the backend that Pulumi.yaml names, if it does. */
  readonly backend: string | undefined;
}

/** Reads DIRECTORY/Pulumi.yaml. */
export function readProject(directory: string): Project {
  const file = join(resolve(directory), "Pulumi.yaml");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandError(
      `There is no Pulumi.yaml in ${resolve(directory)}.`,
      "Give the project's folder by --directory.",
    );
  }
  const content = parseYaml(text, file);
  const name = content["name"];
  if (typeof name !== "string")
    throw new CommandError(`${file}: there is no project name.`, "Add a line `name: labwright`.");
  const stackDirectory = content["stackConfigDir"];
  const backend = content["backend"];
  const url = isRecord(backend) ? backend["url"] : undefined;
  return {
    directory: resolve(directory),
    name,
    stackDirectory: resolve(directory, typeof stackDirectory === "string" ? stackDirectory : "."),
    backend: typeof url === "string" ? url : undefined,
  };
}

/** The folder of a `file://` backend, as Pulumi finds it when it runs in the project's folder; undefined for any other. */
export function stateDirectory(url: string, projectDirectory: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const path = (url.slice("file://".length).split("?")[0] ?? "").replace(/^~(?=\/|$)/, homedir());
  return join(resolve(projectDirectory, path), ".pulumi");
}

/** A mapping at the top of a YAML text; `name` is for the error. */
export function parseYaml(text: string, name: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = yaml.load(text);
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    const place = mark === undefined ? "" : `:${mark.line + 1}:${mark.column + 1}`;
    throw new CommandError(
      `${name}${place}: this is not YAML: ${reason ?? "it can't be read"}.`,
      "Correct the file, then try again.",
    );
  }
  if (content === undefined || content === null) return {};
  if (!isRecord(content))
    throw new CommandError(`${name}: expected a mapping such as \`config:\`.`, "Correct the file, then try again.");
  return content;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
