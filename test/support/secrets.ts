/** Looks for private keys where nobody may find one. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";

/**
 * A line of each key's text (PKCS#8) that holds private bytes, and that no other key has: the first lines tell its kind,
 * and the last ones of an elliptic curve's key hold its public half, which is in its certificate too.
 */
export function tellTales(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const lines = key.trim().split("\n").slice(1, -1);
    return lines[Math.floor(lines.length * 0.4)] ?? "";
  });
}

/** Places with one of these lines in it: files of a folder and all below it. */
export function inFolder(folder: string, lines: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => {
    const file = join(folder, path);
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true && holds(readFileSync(file, "utf8"), lines);
  });
}

/** Arguments and environments of all processes that may be looked at, this one left out. */
export function inProcesses(lines: readonly string[]): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .filter((file) => holds(textOf(file), lines));
}

/** Files in a lab's sandbox, each with its mode and path. */
export async function inSandbox(holder: Holder, lines: readonly string[]): Promise<string[]> {
  const { stdout } = await scriptInside(
    holder,
    `find /run /var/log -xdev -type f -exec grep -lsF -e '${lines.join("' -e '")}' {} + | xargs -r stat -c '%a %n' | sort`,
  );
  return stdout.split("\n").filter((line) => line !== "");
}

export function holds(text: string, lines: readonly string[]): boolean {
  return lines.some((line) => line !== "" && text.includes(line));
}

/** Empty where the process has ended, or is another's. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
