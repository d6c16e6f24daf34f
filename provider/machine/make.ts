/** Makes a machine anew: its file system, its network as links made it, then its set-up and its daemons. */
import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeDirectory } from "../kernel/observe.ts";
import { quote } from "../kernel/shell.ts";
import { makeDirectory } from "../sandbox/files.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { scriptInside } from "../sandbox/run.ts";
import type { DaemonInputs, MachineInputs } from "../schema.ts";

const script = (name: string): string => fileURLToPath(new URL(`./${name}.sh`, import.meta.url));

/** Seconds in which a set-up must be done. */
const longest = 300;

/** @throws where it can't be made, or its set-up doesn't end. A command of the set-up that fails is no error here. */
export async function makeMachine(holder: Holder, inputs: MachineInputs): Promise<void> {
  await run(holder, inputs.name, "cleared", clearScript(inputs));
  await writeInside(holder, `/run/machines/${inputs.name}`, {
    environment: environmentText(inputs.environment),
    ...Object.fromEntries(Object.entries(inputs.files).map(([path, content]) => [`files${path}`, content])),
  });
  await writeInside(holder, nodeDirectory(inputs.name), {
    ...inputs.serviceFiles,
    // For programs of the machine that must know what is the author's and what the system's.
    files: Object.keys(inputs.files)
      .map((path) => `${path}\n`)
      .join(""),
    "set-up.sh": await readFile(script("set-up"), "utf8"),
    ...Object.fromEntries(
      inputs.setup.map((text, index) => [`setup/${String(index + 1).padStart(4, "0")}`, `${text}\n`]),
    ),
  });
  await run(holder, inputs.name, "made", makeScript(inputs));
}

function clearScript({ name, interfaces }: Pick<MachineInputs, "name" | "interfaces">): string {
  return ["bash", script("clear"), name, ...interfaces.map((each) => each.name)].map(quote).join(" ");
}

/** Its network namespace goes as well, and with it its ends of links. */
export function removeScript({ name }: MachineInputs): string {
  return `${clearScript({ name, interfaces: [] })}; ip netns del ${name}`;
}

/** Sysctls come before addresses: some say how the kernel takes one up. */
export function makeScript({ name, interfaces, sysctls, setup, daemons }: MachineInputs): string {
  const inside = `nsenter --net=/run/netns/${name}`;
  const settings = Object.entries(sysctls).map(
    // A driver may name a setting that this kernel hasn't.
    ([sysctl, value]) => `${inside} sh -c ${quote(`echo ${quote(value)} >/proc/sys/${sysctl.replaceAll(".", "/")}`)}`,
  );
  const addresses = interfaces.flatMap((each) => [
    `ip -n ${name} link set dev ${quote(each.name)} up`,
    ...each.addresses.map((address) => `ip -n ${name} addr add ${address} dev ${quote(each.name)}`),
  ]);
  return [
    "set -e",
    `ip -n ${name} link set dev lo up`,
    ...settings,
    ...addresses,
    `${inside} bash ${quote(script("make"))} ${name}`,
    ...(setup.length === 0
      ? []
      : [`timeout ${longest} /run/labwright/enter ${name} bash /run/bird/set-up.sh </dev/null >/dev/null 2>&1`]),
    ...daemons.flatMap((daemon) => startLines(name, daemon)),
  ].join("\n");
}

function startLines(node: string, { name, command }: DaemonInputs): string[] {
  const directory = nodeDirectory(node);
  const words = ["/run/labwright/enter", node, "env", "-C", directory, "--", ...command];
  return [
    `setsid ${words.map(quote).join(" ")} >>${directory}/${name}.log 2>&1 </dev/null &`,
    `echo $! >${directory}/${name}.pid`,
  ];
}

function environmentText(environment: Readonly<Record<string, string>>): string {
  const all = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    ...environment,
  };
  return Object.entries(all)
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join("");
}

async function writeInside(holder: Holder, folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await makeDirectory(holder, folder);
  const made = new Set([folder]);
  for (const [path, content] of Object.entries(files)) {
    const full = `${folder}/${path}`;
    if (!made.has(dirname(full))) await makeDirectory(holder, dirname(full));
    made.add(dirname(full));
    await writeFile(insidePath(holder, full), content, { mode: 0o644 });
  }
}

async function run(holder: Holder, name: string, done: string, text: string): Promise<void> {
  const { exitCode, stderr } = await scriptInside(holder, text, (longest + 120) * 1000);
  if (exitCode === 0) return;
  if (exitCode === 124) {
    const log = await readFile(insidePath(holder, `${nodeDirectory(name)}/setup.log`), "utf8").catch(() => "");
    throw new Error(`${name}: its set-up did not end within ${longest} s; the end of what it wrote: ${lastLines(log)}`);
  }
  throw new Error(`${name}: it could not be ${done}: ${lastLines(stderr)}`);
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ") || "nothing";
}
