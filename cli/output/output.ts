/** Where the command's words go: results to standard output, everything else where it doesn't mix with them. */
export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

export type Style = "good" | "bad" | "dim" | "strong" | "warn";

const codes: Readonly<Record<Style, string>> = { good: "32", bad: "31", dim: "2", strong: "1", warn: "33" };

export class Output {
  readonly options: OutputOptions;
  readonly streams: Streams;

  constructor(streams: Streams, options: OutputOptions) {
    this.streams = streams;
    this.options = options;
  }

  /** The result for people; nothing with --json. */
  result(text: string): void {
    if (!this.options.json) this.streams.stdout.write(`${text}\n`);
  }

  /** The result for programs; nothing without --json. */
  json(value: unknown): void {
    if (this.options.json) this.streams.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** What happens on the way; nothing with --quiet. With --json it goes to standard error. */
  note(text: string): void {
    if (!this.options.quiet) this.progress.write(`${text}\n`);
  }

  /** An error; always to standard error. */
  error(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** The stream on which progress is shown. */
  get progress(): Streams["stdout"] {
    return this.options.json ? this.streams.stderr : this.streams.stdout;
  }

  paint(style: Style, text: string): string {
    return this.options.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
  }
}

/** Colour where a person reads it on a terminal and hasn't refused it (https://no-color.org). */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
