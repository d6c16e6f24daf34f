/** What goes wrong, as people see it: a message, what to do, an exit code; never a stack trace. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ProblemsError } from "../topology/problem.ts";

/** The exit codes of the command. */
export const exitCodes = { good: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** An error that a person can do something about. */
export class CommandError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = exitCodes.badInput) {
    super(message);
    this.name = "CommandError";
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Somebody pressed Ctrl-C and the work was broken off in good order. */
export class InterruptedError extends CommandError {
  constructor(message: string, hint?: string) {
    super(message, hint, exitCodes.interrupted);
    this.name = "InterruptedError";
  }
}

export interface Report {
  /** Ready to print, without a newline at its end. */
  readonly text: string;
  readonly exitCode: number;
}

/** The text and exit code for any error. An error of ours that nobody foresaw goes to a log file in `logDirectory`. */
export function reportError(error: unknown, logDirectory: string): Report {
  if (error instanceof ProblemsError) return { text: error.message, exitCode: exitCodes.badInput };
  if (error instanceof CommandError) {
    return {
      text: error.hint === undefined ? error.message : `${error.message}\n${error.hint}`,
      exitCode: error.exitCode,
    };
  }
  if (error instanceof Error && error.name === "ToolError") return { text: error.message, exitCode: exitCodes.failed };
  const known = systemMessage(error);
  if (known !== undefined) return { text: known, exitCode: exitCodes.failed };
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const file = writeLog(error, logDirectory);
  const where = file === undefined ? "" : ` Its trace is in ${file}.`;
  return { text: `Unexpected error: ${message}.${where}`, exitCode: exitCodes.failed };
}

/** Errors of the operating system, in words. */
function systemMessage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : "a file";
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return `No permission for ${path}.\nRun the command as the user who owns the lab, or as root.`;
    case "ENOSPC":
      return `No space left on the disk for ${path}.`;
    case "EROFS":
      return `${path} is on a read-only file system.`;
    case "ENOENT":
      return "syscall" in error && String(error.syscall).startsWith("spawn")
        ? `The program ${path} was not found.\n\`lab doctor\` shows what this machine lacks.`
        : undefined;
    default:
      return undefined;
  }
}

function writeLog(error: unknown, directory: string): string | undefined {
  try {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, "unexpected.log");
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    appendFileSync(file, `${new Date().toISOString()} ${process.argv.slice(2).join(" ")}\n${trace}\n\n`, {
      mode: 0o600,
    });
    return file;
  } catch {
    return undefined;
  }
}
