import { join } from "node:path";
import { expect, test } from "vitest";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { run } from "../../../toolchain/run.ts";

/** A tool of node_modules on the whole project; what it printed when it found something. */
async function findings(program: string, ...args: string[]): Promise<string> {
  const result = await run([process.execPath, join(projectDirectory, "node_modules", program), ...args], {
    cwd: projectDirectory,
    timeout: 170_000,
  });
  return result.exitCode === 0 ? "" : `${result.stdout}${result.stderr}`;
}

test("the types of the whole project check", { timeout: 180_000 }, async () => {
  expect(await findings("typescript/bin/tsc", "--noEmit", "--project", ".")).toBe("");
});

test("the lint rules hold, among them that topology/ is pure", { timeout: 180_000 }, async () => {
  expect(await findings("eslint/bin/eslint.js", ".")).toBe("");
});
