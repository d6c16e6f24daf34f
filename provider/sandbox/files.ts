import { mkdir } from "node:fs/promises";
import { insidePath, type Holder } from "./holder.ts";

/**
 * Makes a folder in the sandbox and those above it, readable by its owner only. Step by step from /run: Node's
 * recursive mkdir never ends when the sandbox does meanwhile, as nothing can be made in /proc.
 */
export async function makeDirectory(holder: Holder, path: string): Promise<void> {
  const steps = path.split("/").filter((step) => step !== "");
  for (let depth = 2; depth <= steps.length; depth += 1) {
    await mkdir(insidePath(holder, `/${steps.slice(0, depth).join("/")}`), { mode: 0o700 }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new Error("The lab's sandbox ended. Run `up` again: it makes a new one.");
        if (error.code !== "EEXIST") throw error;
      },
    );
  }
}
