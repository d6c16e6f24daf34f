/** A definition as a root file system out of Debian's packages, for machines that reach Debian but no registry. */
import { spawn, type ChildProcess } from "node:child_process";
import { leftOut, release, type ImageDefinition } from "./definition.ts";

/** Makes /bin and its like links before anything is unpacked. Without it a package does that, with all of Perl. */
const mergedUsr = "/usr/share/mmdebstrap/hooks/merged-usr";

/** Arguments of mmdebstrap(1) that write a tar archive to its standard output. */
export function mmdebstrapArguments({ packages, files = {}, commands = [] }: ImageDefinition): string[] {
  const write = Object.entries(files).map(([path, content]) => {
    const text = Buffer.from(content).toString("base64");
    return `--customize-hook=mkdir -p "$(dirname "$1${path}")" && echo ${text} | base64 -d >"$1${path}"`;
  });
  return [
    "--variant=minbase",
    "--format=tar",
    `--hook-dir=${mergedUsr}`,
    `--include=${["usr-is-merged", ...packages].sort().join(",")}`,
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    // A broken-off build is thrown away: nothing is won by waiting for the disk after each file.
    "--dpkgopt=force-unsafe-io",
    ...write,
    ...commands.map((words) => `--customize-hook=chroot "$1" ${words}`),
    '--customize-hook=rm -rf "$1"/var/cache/debconf/*-old "$1"/var/log/* "$1"/etc/hostname "$1"/etc/resolv.conf',
    release,
    "-",
  ];
}

/** Starts it. Its standard output is the archive; `progress` gets what it says it is at. */
export function startMmdebstrap(
  command: string,
  definition: ImageDefinition,
  progress: (line: string) => void,
): { readonly child: ChildProcess; readonly ended: Promise<{ exitCode: number; said: string }> } {
  const child = spawn(command, mmdebstrapArguments(definition), { stdio: ["ignore", "pipe", "pipe"], cwd: "/" });
  let rest = "";
  const errors: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split(/[\n\r]/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const step = /^I: ((?:running apt|downloading|extracting|installing|cleaning|creating) .*?)\.*$/.exec(line)?.[1];
      if (step !== undefined) progress(step);
      if (/^(E|W): /.test(line)) errors.push(line.slice(3));
    }
  });
  const ended = new Promise<{ exitCode: number; said: string }>((resolve) => {
    child.once("error", (error) => resolve({ exitCode: 127, said: error.message }));
    child.once("close", (code) => resolve({ exitCode: code ?? 128, said: errors.join("; ") }));
  });
  return { child, ended };
}
