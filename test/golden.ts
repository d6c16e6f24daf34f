/** Golden files: expected text in test/golden/, rewritten when UPDATE_GOLDEN=1. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";

const folder = join(import.meta.dirname, "golden");

/** Expects the text to equal test/golden/<name>. */
export function expectGolden(name: string, text: string): void {
  const path = join(folder, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const golden = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  expect(golden, `test/golden/${name} is missing: write it by UPDATE_GOLDEN=1`).toBeDefined();
  expect(text).toBe(golden);
}
