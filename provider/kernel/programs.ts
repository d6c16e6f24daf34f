/** The project's own programs that run on nodes. */
import { fileURLToPath } from "node:url";

interface Program {
  /** What runs it. */
  readonly interpreter: "node" | "sh";
  /** In programs/. */
  readonly path: string;
}

/** By the word that stands for it in a declared command: so that a declaration holds no path of this machine. */
const programs: Readonly<Record<string, Program>> = {
  "labwright-registry": { interpreter: "node", path: "registry/main.ts" },
  "labwright-docker-prepare": { interpreter: "sh", path: "docker/prepare.sh" },
  "labwright-krill-prepare": { interpreter: "sh", path: "krill/prepare.sh" },
  "labwright-postgresql-prepare": { interpreter: "sh", path: "postgresql/prepare.sh" },
};

/** Where the project's programs, and Node, are for a node. */
export interface ProgramPlace {
  readonly node: string;
  readonly project: string;
}

const onHost: ProgramPlace = {
  node: process.execPath,
  project: fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, ""),
};

/** A container of a node that needs them mounts them there (components/container.ts). */
export const inContainer: ProgramPlace = { node: "/opt/labwright/node", project: "/opt/labwright" };

export function programPlace({ container }: { readonly container?: string }): ProgramPlace {
  return container === undefined ? onHost : inContainer;
}

export function isProgram(command: readonly string[]): boolean {
  return programOf(command) !== undefined;
}

/** What to execute for a declared command. */
export function executable(command: readonly string[], place: ProgramPlace): readonly string[] {
  const program = programOf(command);
  if (program === undefined) return command;
  return [program.interpreter === "node" ? place.node : program.interpreter, ...shownBy(command, place)];
}

/** The end of the command line by which its process is known: not the interpreter, which may have changed since. */
export function shownBy(command: readonly string[], place: ProgramPlace): readonly string[] {
  const program = programOf(command);
  return program === undefined ? command : [`${place.project}/programs/${program.path}`, ...command.slice(1)];
}

function programOf([word = ""]: readonly string[]): Program | undefined {
  return Object.hasOwn(programs, word) ? programs[word] : undefined;
}
