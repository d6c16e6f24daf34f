/** Shows progress: a block that is redrawn on a terminal, a few lines in a pipe. */
import type { EngineEvent } from "../engine/run.ts";
import type { Output } from "../output/output.ts";
import { seconds } from "../output/table.ts";
import { kinds, summary, type Progress } from "./progress.ts";

export interface Display {
  take(event: EngineEvent): void;
  /** A line of its own, above a redrawn block. */
  say(line: string): void;
  /** Takes the block away. */
  end(): void;
}

export function createDisplay(output: Output, progress: Progress, title: string): Display {
  if (output.options.quiet) return { take: (event) => void progress.take(event), say: () => {}, end: () => {} };
  return output.progress.isTTY === true ? new Block(output, progress, title) : new Lines(output, progress, title);
}

/** At most one line in two seconds, and one when a stage is over. */
export class Lines implements Display {
  readonly #output: Output;
  readonly #progress: Progress;
  readonly #now: () => number;
  readonly #started: number;
  #said: number;
  #last = "";

  constructor(output: Output, progress: Progress, title: string, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#progress = progress;
    this.#now = now;
    this.#started = now();
    this.#said = this.#started;
    this.say(title);
  }

  take(event: EngineEvent): void {
    if (!this.#progress.take(event)) return;
    // After convergence there is nothing more to say; the result follows.
    if (this.#progress.of("readiness").done > 0) return;
    const text = this.#text();
    const due = this.#now() - this.#said >= 2_000 || (this.#progress.converging && !this.#last.startsWith("waiting"));
    if (!due || text === this.#last || text === "") return;
    this.#last = text;
    this.#said = this.#now();
    this.say(`${seconds((this.#said - this.#started) / 1000)}: ${text}`);
  }

  say(line: string): void {
    this.#output.note(line);
  }

  end(): void {}

  #text(): string {
    if (this.#progress.making !== "") return firstLine(this.#progress.making);
    if (!this.#progress.converging) return summary(this.#progress);
    return this.#progress.waitingFor === ""
      ? "waiting for the lab to converge"
      : `waiting for ${firstLine(this.#progress.waitingFor)}`;
  }
}

/** A few lines that are drawn over, ten times a second at most. */
export class Block implements Display {
  readonly #output: Output;
  readonly #progress: Progress;
  readonly #title: string;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(output: Output, progress: Progress, title: string) {
    this.#output = output;
    this.#progress = progress;
    this.#title = title;
    this.#timer = setInterval(() => this.#draw(), 100);
    this.#timer.unref();
    this.#draw();
  }

  take(event: EngineEvent): void {
    this.#progress.take(event);
  }

  say(line: string): void {
    this.#erase();
    this.#output.progress.write(`${line}\n`);
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #draw(): void {
    const width = (this.#output.progress.columns || 80) - 1;
    const elapsed = seconds((performance.now() - this.#started) / 1000);
    const lines = blockLines(this.#progress, `${this.#title} ${elapsed}`).map((line) => line.slice(0, width));
    this.#erase();
    this.#output.progress.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#output.progress.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }
}

/** The block's lines: a bar for each kind, and what is in work. */
export function blockLines(progress: Progress, title: string): string[] {
  const lines = [title];
  for (const kind of kinds) {
    const { done, total } = progress.of(kind);
    if (kind === "readiness" || total === 0) continue;
    const filled = Math.round((done / total) * 20);
    const working = progress.working(kind);
    const names =
      working.length === 0
        ? ""
        : `  ${working.slice(0, 5).join(" ")}${working.length > 5 ? ` and ${working.length - 5} more` : ""}`;
    lines.push(`  ${kind.padEnd(9)} ${"█".repeat(filled)}${"░".repeat(20 - filled)} ${done}/${total}${names}`);
  }
  if (progress.making !== "") lines.push(`  ${firstLine(progress.making)}`);
  if (progress.converging) lines.push(`  converging ${firstLine(progress.waitingFor)}`.trimEnd());
  if (progress.failed > 0) lines.push(`  failed: ${progress.failed}`);
  return lines;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
