/** What the benchmark has made and must take away again, however it ends. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { endHolder, listHolders } from "../provider/sandbox/holder.ts";

export class Leftovers {
  readonly #sandboxes = new Set<string>();
  readonly #directories = new Set<string>();
  readonly #children = new Set<ChildProcess>();
  readonly #undoings = new Set<() => Promise<void>>();
  #isEnding = false;

  /** True once everything is being taken away. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** The sandbox of that key is ours. */
  sandbox(key: string): string {
    this.#refuseWhileEnding();
    this.#sandboxes.add(key);
    return key;
  }

  directory(path: string): string {
    this.#directories.add(path);
    return path;
  }

  child(child: ChildProcess): void {
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    if (this.#isEnding) child.kill("SIGKILL");
  }

  /** Runs at the end, unless the function that this gives was called before. */
  undo(undoing: () => Promise<void>): () => void {
    this.#refuseWhileEnding();
    this.#undoings.add(undoing);
    return () => this.#undoings.delete(undoing);
  }

  /** Programs still at work are asked to end, then made to; then sandboxes, what else was made, and files go. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([...this.#children].map(endChild));
    await this.endSandboxes();
    // One may have been on its way.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await this.endSandboxes();
    for (const undoing of this.#undoings) await undoing().catch((error: unknown) => console.error(String(error)));
    for (const path of this.#directories) await rm(path, { recursive: true, force: true });
  }

  async endSandboxes(): Promise<void> {
    const own = (await listHolders()).filter((holder) => this.#sandboxes.has(holder.key));
    await Promise.all(own.map(endHolder));
  }

  #refuseWhileEnding(): void {
    if (this.#isEnding) throw new Error("The benchmark was interrupted.");
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const { pid } = child;
  child.kill("SIGINT");
  const timer = setTimeout(() => {
    for (const each of tree(pid).reverse()) killIfThere(each);
  }, 10_000);
  await closed;
  clearTimeout(timer);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** A process and those below it, parents first. */
export function tree(pid: number): number[] {
  try {
    // Each thread has children of its own.
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(tree)];
  } catch {
    // It has ended.
    return [pid];
  }
}
