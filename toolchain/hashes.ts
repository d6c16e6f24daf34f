/** Hashes of what was built, kept beside it: a build that was cut short, or a damaged file, isn't taken for one. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Writes `<file>.sha256`. */
export async function recordHash(file: string): Promise<void> {
  await writeFile(`${file}.sha256`, `${await sha256(file)}\n`);
}

/** Whether the file is the one whose hash was recorded. */
export async function isIntact(file: string): Promise<boolean> {
  try {
    return (await readFile(`${file}.sha256`, "utf8")).trim() === (await sha256(file));
  } catch {
    return false;
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
