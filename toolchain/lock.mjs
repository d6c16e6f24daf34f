/**
 * A lock that the kernel takes back when its holder dies: flock(1) holds it for as long as a pipe from this process is
 * open. So there are no stale locks to judge. Plain JavaScript for Node 18; types in lock.d.mts.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export async function withLock(
  file,
  action,
  { seconds = 1800, say = (line) => console.error(line), noticeAfter = 500 } = {},
) {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn(
    "flock",
    ["--exclusive", "--timeout", String(seconds), file, "sh", "-c", "echo held; exec cat >/dev/null"],
    {
      stdio: ["pipe", "pipe", "ignore"],
      // Ctrl-C at a terminal goes to the whole foreground group; the lock must last as long as this process.
      detached: true,
    },
  );
  const ended = new Promise((resolve) => holder.once("close", resolve));
  holder.stdin.on("error", () => {});
  const notice = setTimeout(
    () =>
      say(
        `Waiting for process ${ownerOf(file)}, which holds ${file}; at most ${seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`}.`,
      ),
    noticeAfter,
  );
  try {
    await new Promise((resolve, reject) => {
      holder.once("error", (error) =>
        reject(
          new Error(
            error.code === "ENOENT"
              ? "The command flock was not found: install util-linux."
              : `flock: ${error.message}`,
          ),
        ),
      );
      holder.stdout.once("data", resolve);
      holder.once("close", () =>
        reject(
          new Error(
            `Process ${ownerOf(file)} still holds ${file} after ${seconds} seconds: end it, or wait for it, and try again.`,
          ),
        ),
      );
    });
  } finally {
    clearTimeout(notice);
  }
  try {
    writeFileSync(file, `${process.pid}\n`);
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

function ownerOf(file) {
  try {
    return readFileSync(file, "utf8").trim() || "(unknown)";
  } catch {
    return "(unknown)";
  }
}
