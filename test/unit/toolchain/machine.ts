/** A machine made up for a test: a directory, a PATH of scripts, a cache. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export interface Machine {
  readonly directory: string;
  readonly cache: string;
  /** HOME, and PATH with nothing but its own `bin` and the shell's tools. */
  readonly env: Readonly<Record<string, string>>;
  readonly said: string[];
  readonly say: (line: string) => void;
  /** Writes an executable shell script; gives its path. */
  script(path: string, body: string): string;
  file(path: string, text: string): string;
}

/** Gone at the end of the test. */
export function machine(): Machine {
  const directory = mkdtempSync(join(tmpdir(), "labwright-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const said: string[] = [];
  const file = (path: string, text: string): string => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  return {
    directory,
    cache: join(directory, "cache"),
    env: { HOME: join(directory, "home"), PATH: `${join(directory, "bin")}:/usr/bin:/bin` },
    said,
    say: (line) => void said.push(line),
    file,
    script(path, body) {
      const full = file(path, `#!/bin/sh\n${body}\n`);
      chmodSync(full, 0o755);
      return full;
    },
  };
}
