/** Shell lines that start and end a node's daemons: in its network namespace, or in its container. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { DaemonInputs, NodeInputs } from "../schema.ts";
import { clockEnvironment, clockText } from "./clock.ts";
import { nodeDirectory } from "./observe.ts";
import { executable, programPlace, shownBy } from "./programs.ts";
import { quote } from "./shell.ts";

/** Lets a daemon change its user where there is only one. */
const singleUser = fileURLToPath(new URL("../sandbox/single-user.py", import.meta.url));

/** Ends a daemon by its pid file: it leads a process group of its own, whose number may be another's by now. */
export function endLine(node: NodeInputs, daemon: string): string {
  const file = `${nodeDirectory(node.name)}/${daemon}.pid`;
  return `if [ -e ${file} ]; then pid=$(cat ${file}); ! ${processesOf(node)} | grep -qx "$pid" || kill -9 "-$pid"; rm -f ${file}; fi`;
}

/** `mayRun`: the node isn't new, so the daemon, or its like, may be there. */
export function startLines(node: NodeInputs, daemon: DaemonInputs, mayRun: boolean): string[] {
  const { name, command, socket, prepare, after, changesUser, user, interfaces } = daemon;
  const place = programPlace(node);
  const words = (argv: readonly string[]): string => executable(argv, place).map(quote).join(" ");
  // One that was started by hand instead of ours would hold its socket and its sessions.
  const end = `for pid in $(${processesOf(node)}); do tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- ${quote(`${shownBy(command, place).join(" ")} `)} && kill -9 "$pid"; done || true`;
  // A container has all users, and a link in each folder's place.
  const inNamespace = node.container === undefined;
  const as = user === undefined ? "" : `unshare --user --map-user=${quote(user)} --map-group=${quote(user)} `;
  const single = inNamespace && changesUser === true;
  const start = `setsid ${entry(node)}${single ? "$user " : ""}${as}${words(command)} >>${name}.log 2>&1 </dev/null`;
  return [
    `cd ${nodeDirectory(node.name)}`,
    ...(mayRun ? [endLine(node, name), end] : []),
    ...(mayRun && socket !== undefined ? [`rm -f ${quote(socket)}`] : []),
    ...(prepare === undefined ? [] : [`${words(prepare)} </dev/null >&2`]),
    ...(after === undefined
      ? []
      : [`tries=0; until [ -S ${quote(after)} ] || [ $((tries += 1)) -gt 400 ]; do sleep 0.05; done`]),
    ...(single
      ? [`user=; [ "$(cat /proc/self/setgroups)" != deny ] || user=${quote(`python3 -IS ${singleUser}`)}`]
      : []),
    ...(inNamespace ? [] : folderLines(node)),
    ...(inNamespace ? [`${start} &`, `echo $! >${name}.pid`] : loggedStart(start, name)),
    ...(interfaces === undefined
      ? []
      : [
          `for name in ${interfaces.map(quote).join(" ")}; do ip -o link show dev "$name" | sed "s/:.*/ $name/"; done >${name}.interfaces`,
        ]),
  ];
}

/** What gives a program the node's own view of its folders and of the time; nothing where it has that anyway. */
function entry({ name, container, mounts, clock = 0 }: NodeInputs): string {
  if (container === undefined)
    return Object.keys(mounts).length > 0 || clock !== 0 ? `/run/labwright/enter ${name} ` : "";
  if (clock === 0) return "";
  const variables = Object.entries(clockEnvironment(clockText(clock)));
  return `env ${variables.map((pair) => quote(pair.join("="))).join(" ")} `;
}

/** Its folders are where its daemons look for them, in place of what the image has there. */
function folderLines({ name, mounts }: NodeInputs): string[] {
  return Object.entries(mounts).map(
    ([place, folder]) =>
      `[ -L ${place} ] || { rm -rf ${place}; mkdir -p ${dirname(place)}; ln -s ${nodeDirectory(name)}/${folder} ${place}; }`,
  );
}

/** What the daemon says goes into the container's own log too, file descriptor 4 (container/supervisor.sh). */
function loggedStart(start: string, name: string): string[] {
  return [
    `: >>${name}.log`,
    `from=$(($(wc -c <${name}.log) + 1))`,
    `${start} 4>&- &`,
    `echo $! >${name}.pid`,
    `tail -q -c +$from -F --pid=$! ${name}.log >&4 2>/dev/null </dev/null 4>&- &`,
  ];
}

/** A command that prints the ids of a node's processes, a line each. */
function processesOf({ name, container }: NodeInputs): string {
  return container === undefined ? `ip netns pids ${name}` : "ls /proc | grep '^[0-9]'";
}
