/** The project's own programs that run on nodes. */
import { fileURLToPath } from "node:url";

/** By the word that stands for it in a declared command: so that a declaration holds no path of this machine. */
const programs: Readonly<Record<string, string>> = {
  "labwright-registry": fileURLToPath(new URL("../../programs/registry/main.ts", import.meta.url)),
};

/** What to execute for a declared command. */
export function executable(command: readonly string[]): readonly string[] {
  const program = programOf(command);
  return program === undefined ? command : [process.execPath, ...program];
}

/** The end of the command line by which its process is known: not the interpreter, which may have changed since. */
export function shownBy(command: readonly string[]): readonly string[] {
  return programOf(command) ?? command;
}

function programOf([word = "", ...args]: readonly string[]): readonly string[] | undefined {
  const path = Object.hasOwn(programs, word) ? programs[word] : undefined;
  return path === undefined ? undefined : [path, ...args];
}
