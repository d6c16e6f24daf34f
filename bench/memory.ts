import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Holder } from "../provider/sandbox/holder.ts";
import { tree } from "./leftovers.ts";

/** Bytes: the sum of the proportional set sizes (proc(5), smaps_rollup) of all processes in a sandbox. */
export function sandboxMemory(holder: Holder): number {
  const namespace = readlinkSync(`/proc/${holder.pid}/ns/pid`);
  let bytes = 0;
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) continue;
      bytes += kibibytes(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Pss") * 1024;
    } catch {
      // It has ended, or is another user's.
    }
  }
  return bytes;
}

export interface Peaks {
  engine: number;
  provider: number;
  command: number;
}

/**
 * Looks now and then at the largest resident set that each of Labwright's processes below `pid` has had so far. Call
 * the function that it gives to stop, which gives the largest of each kind in bytes.
 */
export function watchPeaks(pid: number): () => Peaks {
  const peaks: Peaks = { engine: 0, provider: 0, command: 0 };
  const look = (): void => {
    for (const each of tree(pid)) {
      try {
        const kind = kindOf(readFileSync(`/proc/${each}/cmdline`, "utf8").split("\0"));
        if (kind === undefined) continue;
        const peak = kibibytes(readFileSync(`/proc/${each}/status`, "utf8"), "VmHWM") * 1024;
        peaks[kind] = Math.max(peaks[kind], peak);
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 200);
  return () => {
    clearInterval(timer);
    return peaks;
  };
}

/** Which of Labwright's processes has these arguments. */
export function kindOf(words: readonly string[]): keyof Peaks | undefined {
  if (words[0]?.split("/").pop() === "pulumi") return "engine";
  if (words.some((word) => word.endsWith("/provider/main.ts"))) return "provider";
  if (words.some((word) => word.endsWith("/toolchain/bootstrap.mjs") || word.endsWith("/cli/main.ts")))
    return "command";
  return undefined;
}

/** A line `Name:   123 kB` of a file in /proc; 0 where it isn't there. */
export function kibibytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
}
