/**
 * The state of Pulumi's file backend, read and tidied directly: each CLI call for the same costs 0.3 s.
 * Layout: pkg/backend/diy of pulumi (version 1 of its meta.yaml), `.pulumi/stacks/<project>/<stack>.json` and so on.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../stacks/project.ts";
import { CommandError } from "../errors.ts";

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Empty for a component. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export class FileState {
  /** The `.pulumi` folder. */
  readonly directory: string;
  readonly project: string;

  constructor(directory: string, project: string) {
    this.directory = directory;
    this.project = project;
  }

  stacks(): string[] {
    const folder = join(this.directory, "stacks", this.project);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .flatMap((file) => /^([^.]+)\.json$/.exec(file)?.[1] ?? [])
      .sort();
  }

  has(stack: string): boolean {
    return existsSync(this.#checkpoint(stack));
  }

  /** The engine's resources; undefined where there is no such stack. */
  resources(stack: string): StateResource[] | undefined {
    const latest = this.#latest(stack);
    if (latest === undefined) return undefined;
    const resources = Array.isArray(latest["resources"]) ? latest["resources"].filter(isRecord) : [];
    return resources.map(({ urn, type, id, outputs }) => ({
      urn: String(urn),
      type: String(type),
      id: typeof id === "string" ? id : "",
      outputs: isRecord(outputs) ? outputs : {},
    }));
  }

  /** The salt of the stack's secrets. */
  salt(stack: string): string | undefined {
    const providers = this.#latest(stack)?.["secrets_providers"];
    const state = isRecord(providers) ? providers["state"] : undefined;
    const salt = isRecord(state) ? state["salt"] : undefined;
    return typeof salt === "string" ? salt : undefined;
  }

  /** An empty stack, as `pulumi stack init` writes it, without a salt in the settings file. */
  create(stack: string): void {
    const file = this.#checkpoint(stack);
    mkdirSync(join(this.directory, "stacks", this.project), { recursive: true });
    const meta = join(this.directory, "meta.yaml");
    if (!existsSync(meta)) writeWhole(meta, "version: 1\n");
    writeWhole(
      file,
      JSON.stringify({ version: 3, checkpoint: { stack: `organization/${this.project}/${stack}`, latest: {} } }),
    );
  }

  /** Takes away everything about the stack: checkpoint, backups, history, locks. */
  remove(stack: string): void {
    const folder = join(this.directory, "stacks", this.project);
    if (existsSync(folder)) {
      for (const file of readdirSync(folder))
        if (file.startsWith(`${stack}.json`)) rmSync(join(folder, file), { force: true });
    }
    for (const kind of ["backups", "history"])
      rmSync(join(this.directory, kind, this.project, stack), { recursive: true, force: true });
    rmSync(this.lockDirectory(stack), { recursive: true, force: true });
  }

  lockDirectory(stack: string): string {
    return join(this.directory, "locks", "organization", this.project, stack);
  }

  #checkpoint(stack: string): string {
    return join(this.directory, "stacks", this.project, `${stack}.json`);
  }

  #latest(stack: string): Record<string, unknown> | undefined {
    const file = this.#checkpoint(stack);
    if (!existsSync(file)) return undefined;
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(file, "utf8"));
    } catch {
      throw new CommandError(
        `The state file ${file} is damaged.`,
        `Put back ${file}.bak if that is whole; otherwise \`lab clean\` and then \`lab up\` start anew.`,
        1,
      );
    }
    const checkpoint = isRecord(content) ? content["checkpoint"] : undefined;
    const latest = isRecord(checkpoint) ? checkpoint["latest"] : undefined;
    return isRecord(latest) ? latest : {};
  }
}

/** A reader sees the old file or the new one, never half of it. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}
