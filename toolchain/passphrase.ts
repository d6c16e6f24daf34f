/** The clone's own passphrase, for secrets in its local state. */
import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface ClonePaths {
  readonly state: string;
  readonly passphrase: string;
}

/** `.labwright/` in the clone, for nobody but its owner. Made when it isn't there; a passphrase once made is kept. */
export function clonePaths(projectDirectory: string): ClonePaths {
  const own = join(projectDirectory, ".labwright");
  const paths = { state: join(own, "state"), passphrase: join(own, "passphrase") };
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  if (statSync(own).mode % 0o100 !== 0) chmodSync(own, 0o700);
  if (statSync(paths.passphrase, { throwIfNoEntry: false }) === undefined)
    createOnce(paths.passphrase, `${randomBytes(24).toString("base64url")}\n`);
  return paths;
}

/** Whole or not at all, and the first of two writers wins. */
function createOnce(file: string, content: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}
