/** Says why tests were skipped, insists on those that CI must run, and ends the output with one line of numbers. */
import { existsSync, readFileSync, writeSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import type {} from "./requirements.ts";

export interface Outcome {
  /** Relative to the project, e.g. `test/live/drift.test.ts`. */
  readonly file: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  readonly reason?: string;
}

export class ClosingLine implements Reporter {
  #lines: string[] = [];

  onInit(): void {
    // At the very end, after whatever else still prints.
    process.once("exit", () => {
      if (this.#lines.length > 0) writeSync(1, `${this.#lines.join("\n")}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const outcomes = modules.flatMap(outcomesOf);
    const required = process.env["CI"] ? requiredInCi() : [];
    const { lines, failed } = closingLines(outcomes, unhandled.length, required, required.filter(isGone));
    this.#lines = lines;
    if (failed > 0) process.exitCode = 1;
  }
}

/**
 * Pure. `required` are files, or `file > name` of tests; a skipped one of them counts as failed, and so does each of
 * `absent`, the required ones whose file is gone.
 */
export function closingLines(
  outcomes: readonly Outcome[],
  unhandled: number,
  required: readonly string[],
  absent: readonly string[] = [],
): { lines: string[]; failed: number } {
  const isRequired = ({ file, name }: Outcome): boolean =>
    required.includes(file) || required.includes(`${file} > ${name}`);
  const skipped = outcomes.filter((outcome) => outcome.state === "skipped");
  const wrongly = skipped.filter(isRequired);
  const passed = outcomes.filter((outcome) => outcome.state === "passed").length;
  const failed =
    outcomes.filter((outcome) => outcome.state === "failed").length + unhandled + wrongly.length + absent.length;
  const lines = [
    ...skipped
      .filter((outcome) => !isRequired(outcome))
      .map(({ file, name, reason }) => `skipped: ${file} > ${name}: ${reason ?? "no reason given"}`),
    ...wrongly.map(
      ({ file, name, reason }) =>
        `failed: ${file} > ${name}: skipped (${reason ?? "no reason given"}), and CI must run it`,
    ),
    ...absent.map((entry) => `failed: ${entry}: CI must run it, and there is no such file`),
    `${passed} passed, ${failed} failed, ${skipped.length - wrongly.length} skipped`,
  ];
  return { lines, failed };
}

function outcomesOf(module: TestModule): Outcome[] {
  const file = relative(process.cwd(), module.moduleId);
  const outcomes: Outcome[] = [];
  for (const test of module.children.allTests()) {
    const result = test.result();
    const state = result.state === "pending" ? "failed" : result.state;
    const reason = result.state === "skipped" ? (result.note ?? missingOf(test)) : undefined;
    outcomes.push({ file, name: test.fullName, state, ...(reason === undefined ? {} : { reason }) });
  }
  // A file that doesn't load, or a hook that fails outside of any test.
  const suites = [...module.children.allSuites()].filter(
    (suite) =>
      suite.errors().length > 0 && ![...suite.children.allTests()].some((test) => test.result().state === "failed"),
  );
  if (module.errors().length > 0) outcomes.push({ file, name: "(the file)", state: "failed" });
  outcomes.push(...suites.map((suite): Outcome => ({ file, name: `${suite.fullName} (a hook)`, state: "failed" })));
  return outcomes;
}

/** What test/requirements.ts has noted on the test or on a suite around it. */
function missingOf(test: TestCase): string | undefined {
  for (let task: TestCase | TestCase["parent"] = test; task.type !== "module"; task = task.parent) {
    const { missing } = task.meta();
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function isGone(required: string): boolean {
  return !existsSync(required.split(" > ")[0] ?? "");
}

function requiredInCi(): string[] {
  return JSON.parse(readFileSync(new URL("./required-in-ci.json", import.meta.url), "utf8")) as string[];
}
