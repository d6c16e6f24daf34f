/** The project's own programs that run on nodes. */
import { fileURLToPath } from "node:url";

interface Program {
  /** What runs it. */
  readonly interpreter: string;
  readonly path: string;
}

const program = (interpreter: string, path: string): Program => ({
  interpreter,
  path: fileURLToPath(new URL(`../../programs/${path}`, import.meta.url)),
});

/** By the word that stands for it in a declared command: so that a declaration holds no path of this machine. */
const programs: Readonly<Record<string, Program>> = {
  "labwright-registry": program(process.execPath, "registry/main.ts"),
  "labwright-docker-prepare": program("sh", "docker/prepare.sh"),
  "labwright-krill-prepare": program("sh", "krill/prepare.sh"),
};

/** What to execute for a declared command. */
export function executable(command: readonly string[]): readonly string[] {
  const program = programOf(command);
  return program === undefined ? command : [program.interpreter, program.path, ...command.slice(1)];
}

/** The end of the command line by which its process is known: not the interpreter, which may have changed since. */
export function shownBy(command: readonly string[]): readonly string[] {
  const program = programOf(command);
  return program === undefined ? command : [program.path, ...command.slice(1)];
}

function programOf([word = ""]: readonly string[]): Program | undefined {
  return Object.hasOwn(programs, word) ? programs[word] : undefined;
}
