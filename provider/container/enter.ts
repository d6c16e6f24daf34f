/** How a command gets into a container: with its view of files and processes, and no more rights than it has itself. */
import { lstatSync, readFileSync } from "node:fs";

/** As Docker's own `exec` has them; the user's own variables are of another system. */
export function containerEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    ...(env["TERM"] === undefined ? {} : { TERM: env["TERM"] }),
  };
}

/** Arguments of nsenter(1) that lead into the container whose first process is `pid`. */
export function containerArguments(pid: number): string[] {
  const namespaces = ["--mount", "--net", "--pid", "--uts", "--ipc", "--root", "--wd"];
  return ["--target", String(pid), ...namespaces, "--", ...limited(pid)];
}

/** A command in front that takes away what the container may not do itself; none where its image has no setpriv(1). */
function limited(pid: number): string[] {
  const setpriv = "/usr/bin/setpriv";
  // A link is to BusyBox, whose own can't do it.
  if (lstatSync(`/proc/${pid}/root${setpriv}`, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0"}`);
  const kept = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
  return [setpriv, `--bounding-set=${["-all", ...kept.map((bit) => `+cap_${bit}`)].join(",")}`, "--"];
}
