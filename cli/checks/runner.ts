/** Runs a lab's checks on its sandbox. */
import type { Check, CheckStep, CommandResult } from "../../labs/lab.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import { clock as realClock, type Clock } from "./clock.ts";

export interface CheckResult {
  readonly name: string;
  readonly title: string;
  readonly proves: readonly string[];
  /** error: a command could not be run at all. */
  readonly status: "passed" | "failed" | "error" | "skipped";
  readonly seconds: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** What was wrong at the last attempt. */
  readonly failure?: StepFailure;
  /** What a passed check has to show. */
  readonly shown?: string;
}

export interface StepFailure {
  readonly on: string;
  readonly command: string;
  readonly expected: string;
  readonly saw: string;
}

export interface RunnerOptions {
  readonly clock?: Clock;
  /** Aborted when somebody presses Ctrl-C: nothing new is begun, but what must be undone is. */
  readonly signal?: AbortSignal;
  readonly onResult?: (result: CheckResult) => void;
  /** How many checks may run at once. Default 8. */
  readonly parallel?: number;
}

type Sandbox = Pick<SandboxHandle, "exec">;

/** A first wait of 0.1 s, half as much again each time, 2 s at most. */
const firstWait = 100;
const longestWait = 2_000;
/** What a command may take beyond the check's bound, so that a slow one is told from one that hangs. */
const grace = 10_000;

/**
 * Runs the checks; the results are in the order of the checks. A check with an `always` step changes the lab, so it
 * runs alone, after the others, which only look and run side by side.
 */
export async function runChecks(
  checks: readonly Check[],
  sandbox: Sandbox,
  options: RunnerOptions = {},
): Promise<CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  const run = async (check: Check): Promise<void> => {
    const result = options.signal?.aborted === true ? skipped(check) : await runCheck(check, sandbox, options);
    results.set(check, result);
    options.onResult?.(result);
  };
  const changing = checks.filter((check) => check.steps.some((step) => step.always === true));
  const queue = checks.filter((check) => !changing.includes(check));
  await Promise.all(
    Array.from({ length: options.parallel ?? 8 }, async () => {
      for (let check = queue.shift(); check !== undefined; check = queue.shift()) await run(check);
    }),
  );
  for (const check of changing) await run(check);
  return checks.map((check) => results.get(check) ?? skipped(check));
}

/** One check, tried again until it holds or its time is over. */
export async function runCheck(check: Check, sandbox: Sandbox, options: RunnerOptions = {}): Promise<CheckResult> {
  const clock = options.clock ?? realClock;
  const signal = options.signal ?? new AbortController().signal;
  const began = clock.now();
  const deadline = began + (check.within ?? 10) * 1000;
  let wait = firstWait;
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(check, sandbox, clock, deadline);
    const { name, title, proves } = check;
    const result = { name, title, proves, seconds: (clock.now() - began) / 1000, attempts };
    if (outcome.failure === undefined)
      return { ...result, status: "passed", ...(outcome.shown === "" ? {} : { shown: outcome.shown }) };
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted)
      return { ...result, status: outcome.ran ? "failed" : "error", failure: outcome.failure };
    await clock.sleep(Math.min(wait, left), signal);
    wait = Math.min(wait * 1.5, longestWait);
  }
}

/** Of a step, or of a whole attempt: no failure when it held. */
interface Outcome {
  readonly failure?: StepFailure;
  /** False when a command could not be run at all. */
  readonly ran: boolean;
  readonly shown: string;
}

/** The steps after one that failed are left out, but for those that undo. */
async function attempt(check: Check, sandbox: Sandbox, clock: Clock, deadline: number): Promise<Outcome> {
  let first: Outcome | undefined;
  const shown: string[] = [];
  for (const step of check.steps) {
    if (first !== undefined && step.always !== true) continue;
    const outcome = await runStep(step, sandbox, Math.max(deadline - clock.now(), 0) + grace);
    if (outcome.failure !== undefined) first ??= outcome;
    else if (outcome.shown !== "") shown.push(outcome.shown);
  }
  return first ?? { ran: true, shown: shown.join("\n") };
}

async function runStep(step: CheckStep, sandbox: Sandbox, timeout: number): Promise<Outcome> {
  const { on, command } = step;
  const failed = (saw: string, ran: boolean) => ({
    failure: { on, command, expected: step.expect.description, saw },
    ran,
    shown: "",
  });
  let result: CommandResult;
  try {
    result = await sandbox.exec(on === "sandbox" ? undefined : on, ["sh", "-c", command], { timeout });
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), false);
  }
  const saw = step.expect.evaluate(result);
  if (saw === undefined) return { ran: true, shown: step.show?.(result) ?? "" };
  return failed(result.exitCode === 124 ? `${saw} (ended after ${Math.round(timeout / 1000)} s)` : saw, true);
}

function skipped({ name, title, proves }: Check): CheckResult {
  return { name, title, proves, status: "skipped", seconds: 0, attempts: 0 };
}
