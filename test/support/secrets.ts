/** Looks for private keys where nobody may find one. */
import { createPrivateKey } from "node:crypto";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";

/**
 * A line of each key's text (PKCS#8) that holds private bytes, and that no other key has: the first lines tell its kind,
 * and the last ones of an elliptic curve's key hold its public half, which is in its certificate too.
 */
export function pemLines(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const lines = key.trim().split("\n").slice(1, -1);
    return lines[Math.floor(lines.length * 0.4)] ?? "";
  });
}

/** These lines, and what each key is in other forms: PEM in base64, as in a Kubernetes Secret; JWK; hexadecimal. */
export function tellTales(keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const [line = ""] = pemLines([key]);
    const { d = "" } = createPrivateKey(key).export({ format: "jwk" });
    return [line, ...inBase64(line), d, Buffer.from(d, "base64url").toString("hex")];
  });
}

/** What a text is in the base64 of one that it is in the middle of, wherever that begins. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(" ".repeat(before) + text).toString("base64");
    return encoded.slice(before === 0 ? 0 : before + 1, -4);
  });
}

export function holds(text: string, lines: readonly string[]): boolean {
  return lines.some((line) => line !== "" && text.includes(line));
}

/** Files of the host that were written after `marker`, each with its mode and path; the kernel's own left out. */
export function onHost(marker: string, lines: readonly string[]): string[] {
  return filesOf(spawnSync("sh", ["-c", searchSince(marker, lines)], { encoding: "utf8" }).stdout);
}

/** The same as a lab's sandbox sees them: with mounts of its own, and the host's files that are no secret to it. */
export async function inSandbox(holder: Holder, marker: string, lines: readonly string[]): Promise<string[]> {
  const { stdout } = await scriptInside(holder, searchSince(marker, lines));
  return filesOf(stdout);
}

/** To lines `MODE PATH`; what has gone in the meantime is left out. */
function searchSince(marker: string, lines: readonly string[]): string {
  const files = `find / \\( -path /proc -o -path /sys \\) -prune -o -type f -newer '${marker}' -print0`;
  return `${files} | xargs -0r grep -lsaF -e '${lines.join("' -e '")}' -- | xargs -rd '\\n' stat -c '%a %n' 2>/dev/null`;
}

function filesOf(output: string): string[] {
  return [...new Set(output.split("\n").filter((line) => line !== ""))].sort();
}

/**
 * Collects arguments and environments of all processes, this one left out, again and again with as long a pause as it took.
 * What comes and goes in a pause isn't seen.
 */
export function watchProcesses(): { readonly seen: ReadonlySet<string>; stop(): void } {
  const seen = new Set<string>();
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const began = performance.now();
    for (const pid of readdirSync("/proc"))
      if (/^\d+$/.test(pid) && Number(pid) !== process.pid)
        for (const name of ["cmdline", "environ"]) seen.add(textOf(`/proc/${pid}/${name}`));
    timer = setTimeout(look, performance.now() - began);
  };
  look();
  return { seen, stop: () => clearTimeout(timer) };
}

/** Empty where the process has ended, or is another's. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
