/** Looks at processes, and at what a lab could leave behind on the host. */
import type Docker from "dockerode";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { runDirectory } from "../../provider/container/directory.ts";
import { nodeContainers } from "../../provider/container/docker.ts";
import { controlGroups } from "../../provider/sandbox/control-groups.ts";
import { childrenOf } from "../../provider/sandbox/process-tree.ts";
import { listHolders } from "../../provider/sandbox/holder.ts";
import { dockerClient } from "../../toolchain/docker/client.ts";
import { findDocker } from "../../toolchain/docker/host.ts";

/** The process and all below it that run now, each with its command line. */
export function processTree(pid: number): { pid: number; command: string }[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid, command }, ...childrenOf(pid).flatMap(processTree)];
  } catch {
    return [];
  }
}

/**
 * What labs of a project could leave on the host, as sorted lines; equal before and after when nothing is left. `keys`
 * are the keys of its sandboxes.
 */
export async function hostState(directory: string, keys: readonly string[]): Promise<string[]> {
  const run = (command: string, args: string[]): string[] =>
    execFileSync(command, args, { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  const links = run("ip", ["-brief", "link"]).map((line) => `link ${line.split(/\s+/)[0]}`);
  const namespaces = run("ip", ["netns", "list"]).map((line) => `namespace ${line}`);
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .filter((line) => line.includes("labwright") || line.includes("/run/netns"));
  const sandboxes = (await listHolders())
    .filter((holder) => keys.includes(holder.key))
    .map((holder) => `sandbox ${holder.key}`);
  const directories = keys.filter((key) => existsSync(runDirectory(key))).map((key) => `directory of ${key}`);
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "utf8").replaceAll("\0", " ");
        return `${read("cmdline")} ${read("environ")}`.includes(directory) ? [`process ${read("cmdline")}`] : [];
      } catch {
        return [];
      }
    });
  const groups = (await controlGroups()).filter((key) => keys.includes(key)).map((key) => `control groups of ${key}`);
  return [
    ...[...links, ...namespaces, ...mounts.map((line) => `mount ${line}`), ...sandboxes],
    ...[...directories, ...(await containers(keys)), ...groups, ...processes],
  ].sort();
}

/** Of the host's packet filter and of Docker, what labs in containers could leave: rules, networks, volumes. */
export async function dockerState(docker: Docker): Promise<string[]> {
  // It warns of tables that iptables has made.
  const rules = execFileSync("sh", ["-c", "nft --stateless list ruleset 2>&-"], { encoding: "utf8" }).split("\n");
  const networks = await docker.listNetworks();
  const { Volumes: volumes } = await docker.listVolumes();
  return [
    ...rules,
    ...networks.map(({ Name: name }) => `network ${name}`).sort(),
    ...volumes.map(({ Name: name }) => `volume ${name}`).sort(),
  ];
}

async function containers(keys: readonly string[]): Promise<string[]> {
  const found = await findDocker();
  if ("reason" in found) return [];
  const all = await nodeContainers(dockerClient(found.host));
  return all.filter(({ sandbox }) => keys.includes(sandbox)).map(({ name }) => `container ${name}`);
}
