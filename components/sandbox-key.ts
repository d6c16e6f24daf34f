import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";

/**
 * Identity of a stack's sandbox on this machine. Two clones, or two stacks of one clone, have different keys, so they
 * stand side by side; one stack always has the same, so a sandbox is found again after a crash.
 */
export function sandboxKey(projectDirectory: string, stack: string): string {
  const hash = createHash("sha256")
    .update(`${realpathSync(projectDirectory)}\0${stack}`)
    .digest("hex");
  return `${stack}-${hash.slice(0, 12)}`;
}
