/** A node's own directory, and its daemons, in a container. */
import { isProgram } from "../../provider/kernel/programs.ts";
import type { DaemonInputs, NodeInputs } from "../../provider/schema.ts";
import { commandLine } from "../../topology/import/lab/words.ts";
import type { Problem } from "../../topology/problem.ts";
import { needless } from "./needless.ts";
import { directory, noUser, ownProgram } from "./problems.ts";

export interface Directory {
  /** Where a file is, by its path relative to the directory. */
  readonly place: (path: string) => string;
  /** A text that says where things are, as it is to be in the container. */
  readonly moved: (text: string) => string;
  /** Commands that make its folders, those that have a place elsewhere too. */
  readonly commands: readonly string[];
}

/** What is in a folder that has a place elsewhere is there, and the folder is a link to it: an image may have the place. */
export function directoryOf(node: string, mounts: NodeInputs["mounts"]): Directory {
  const places = Object.entries(mounts);
  const shown = new RegExp(`/run/(nodes/${node}|bird)(?![\\w.-])`, "g");
  return {
    place(path) {
      const [place, folder] = places.find(([, each]) => path.startsWith(`${each}/`)) ?? [];
      return place === undefined || folder === undefined
        ? `${directory}/${path}`
        : `${place}${path.slice(folder.length)}`;
    },
    moved: (text) => text.replaceAll(shown, directory),
    commands:
      places.length === 0
        ? []
        : [
            commandLine(["mkdir", "-p", directory, ...places.map(([place]) => place)]),
            ...places.map(([place, folder]) => commandLine(["ln", "-sfn", place, `${directory}/${folder}`])),
          ],
  };
}

/** In the background, as a container's own command would be; behind what it needs to be there first. */
export function daemonCommand(daemon: DaemonInputs, { place, moved }: Directory): string {
  const { name, command, prepare, after, user: _, ...left } = daemon;
  needless(left, {
    reads: "files don't change while the lab is up",
    reload: "as they don't",
    readOnce: "as they don't",
    socket: "nobody waits for it but who says so by `after`",
    listens: "nobody waits for them",
    changesUser: "root of a container can",
    interfaces: "they are there before any command runs",
    endsAtStart: "it does there too, and nobody looks",
  });
  const line = (words: readonly string[]): string => commandLine(words.map(moved));
  const log = `>>${name}.log 2>&1 </dev/null`;
  const started =
    after === undefined
      ? `setsid ${line(command)} ${log} &`
      : `(until [ -e ${place(after)} ]; do sleep 0.1; done; exec setsid ${line(command)}) ${log} &`;
  const steps = [
    `mkdir -p ${directory}`,
    `cd ${directory}`,
    ...(prepare === undefined ? [] : [`${line(prepare)} ${log}`]),
    started,
  ];
  return commandLine(["bash", "-c", steps.join(" && ")]);
}

/** Why it can't run in a container. `path`: of its node. */
export function daemonProblems({ name, command, prepare = [], user }: DaemonInputs, path: string): Problem[] {
  const at = `${path}.services.${name}`;
  return [
    ...[prepare, command].filter(isProgram).map(([program = ""]) => ownProgram(at, program)),
    ...(user === undefined ? [] : [noUser(at, user)]),
  ];
}
