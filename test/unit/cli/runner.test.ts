import { describe, expect, test } from "vitest";
import { runCheck, runChecks } from "../../../cli/checks/runner.ts";
import type { Clock } from "../../../cli/checks/clock.ts";
import { expectation, prints } from "../../../labs/expect.ts";
import type { Check, CheckStep, CommandResult } from "../../../labs/lab.ts";

/** Time goes on only while somebody sleeps, or a command says so. */
class FakeClock implements Clock {
  time = 0;
  readonly sleeps: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
    this.time += milliseconds;
  }
}

function sandboxOf(
  answer: (
    command: string,
    node: string | undefined,
    timeout: number,
  ) => Partial<CommandResult> | Promise<Partial<CommandResult>>,
) {
  const ran: string[] = [];
  return {
    ran,
    exec: async (
      node: string | undefined,
      argv: readonly string[],
      options?: { timeout?: number },
    ): Promise<CommandResult> => {
      const command = argv[2] ?? "";
      ran.push(`${node ?? "sandbox"}: ${command}`);
      return { exitCode: 0, stdout: "", stderr: "", ...(await answer(command, node, options?.timeout ?? 0)) };
    },
  };
}

function step(command: string, expected = "good", more: Partial<CheckStep> = {}): CheckStep {
  return { on: "a", command, expect: prints(new RegExp(expected)), ...more };
}

function checkOf(steps: readonly CheckStep[], more: Partial<Check> = {}): Check {
  return { name: "it-holds", title: "It holds", proves: ["x-1"], steps, ...more };
}

describe("a check", () => {
  test("that holds at once is tried once", async () => {
    const clock = new FakeClock();
    const sandbox = sandboxOf(() => ({ stdout: "good" }));
    const result = await runCheck(checkOf([step("look", "good", { on: "sandbox" })]), sandbox, { clock });
    expect(result).toEqual({
      name: "it-holds",
      title: "It holds",
      proves: ["x-1"],
      status: "passed",
      seconds: 0,
      attempts: 1,
    });
    expect(sandbox.ran).toEqual(["sandbox: look"]);
  });

  test("that comes to hold is tried until then, at growing intervals", async () => {
    const clock = new FakeClock();
    const result = await runCheck(
      checkOf([step("look")]),
      sandboxOf(() => ({ stdout: clock.time >= 1_000 ? "good" : "bad" })),
      { clock },
    );
    expect(result.status).toBe("passed");
    expect(clock.sleeps.slice(0, 4)).toEqual([100, 150, 225, 337.5]);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(2_000);
  });

  test("that never holds fails at its bound, telling what was last seen", async () => {
    const clock = new FakeClock();
    let count = 0;
    const result = await runCheck(
      checkOf([step("look")], { within: 3 }),
      sandboxOf(() => ({ stdout: `seen ${++count}` })),
      { clock },
    );
    expect(result.status).toBe("failed");
    expect(result.seconds).toBe(3);
    expect(result.failure).toEqual({
      on: "a",
      command: "look",
      expected: "output that matches /good/",
      saw: `"seen ${count}"`,
    });
  });

  test("has 10 seconds where it says nothing else", async () => {
    const clock = new FakeClock();
    expect(
      (
        await runCheck(
          checkOf([step("look")]),
          sandboxOf(() => ({})),
          { clock },
        )
      ).seconds,
    ).toBe(10);
  });

  test("leaves out the steps after one that failed, but not those that undo", async () => {
    const sandbox = sandboxOf((command) => ({ stdout: command === "look" ? "bad" : "good" }));
    const check = checkOf([step("set up"), step("look"), step("later"), step("undo", "", { always: true })], {
      within: 0,
    });
    const result = await runCheck(check, sandbox, { clock: new FakeClock() });
    expect(sandbox.ran).toEqual(["a: set up", "a: look", "a: undo"]);
    expect(result.failure?.command).toBe("look");
  });

  test("tells the step that failed first, though undoing fails as well", async () => {
    const result = await runCheck(
      checkOf([step("look"), step("undo", "good", { always: true })], { within: 0 }),
      sandboxOf(() => ({ stdout: "bad" })),
      { clock: new FakeClock() },
    );
    expect(result.failure?.command).toBe("look");
  });

  test("shows what its steps have to show, once it has passed", async () => {
    let tries = 0;
    const sandbox = sandboxOf(() => ({ stdout: (tries += 1) < 3 ? "bad" : "good" }));
    const show = ({ stdout }: CommandResult): string => `saw ${stdout}`;
    const check = checkOf([step("look", "good", { show }), step("quiet"), step("again", "good", { show })]);
    const result = await runCheck(check, sandbox, { clock: new FakeClock() });
    expect(result).toMatchObject({ status: "passed", attempts: 3, shown: "saw good\nsaw good" });
  });

  test("whose command can't be run is an error, not a failure", async () => {
    const sandbox = sandboxOf(() => Promise.reject(new Error("no such node")));
    const result = await runCheck(checkOf([step("look")], { within: 0 }), sandbox, { clock: new FakeClock() });
    expect(result).toMatchObject({ status: "error", failure: { saw: "no such node" } });
  });

  test("gives a command the time that is left and ten seconds", async () => {
    const clock = new FakeClock();
    const timeouts: number[] = [];
    const sandbox = sandboxOf((_command, _node, timeout) => {
      timeouts.push(timeout);
      clock.time += 1_000;
      return { exitCode: 124, stdout: "bad" };
    });
    const result = await runCheck(checkOf([step("hang")], { within: 2 }), sandbox, { clock });
    expect(timeouts).toEqual([12_000, 10_900]);
    expect(result.failure?.saw).toContain("ended after 11 s");
  });

  test("is not tried again after Ctrl-C, but undoes what it did", async () => {
    const abort = new AbortController();
    const sandbox = sandboxOf(() => (abort.abort(), { stdout: "bad" }));
    await runCheck(checkOf([step("look"), step("undo", "", { always: true })]), sandbox, {
      clock: new FakeClock(),
      signal: abort.signal,
    });
    expect(sandbox.ran).toEqual(["a: look", "a: undo"]);
  });
});

describe("the checks of a lab", () => {
  test("that change something run alone, after those that only look", async () => {
    let running = 0;
    const together = new Map<string, number>();
    const sandbox = sandboxOf(async (command) => {
      running += 1;
      together.set(command, Math.max(together.get(command) ?? 0, running));
      await new Promise((resolve) => setImmediate(resolve));
      together.set(command, Math.max(together.get(command) ?? 0, running));
      running -= 1;
      return { stdout: "good" };
    });
    const looking = Array.from({ length: 20 }, (_, index) =>
      checkOf([step(`look ${index}`)], { name: `look-${index}` }),
    );
    const changing = ["one", "two"].map((name) =>
      checkOf([step(name), step(`undo ${name}`, "", { always: true })], { name }),
    );
    const results = await runChecks([...changing, ...looking], sandbox);
    expect(results.map(({ name }) => name)).toEqual([...changing, ...looking].map(({ name }) => name));
    expect(together.get("one")).toBe(1);
    expect(together.get("undo two")).toBe(1);
    expect(Math.max(...together.values())).toBe(8);
  });

  test("that weren't begun at Ctrl-C are skipped", async () => {
    const abort = new AbortController();
    const checks = ["one", "two", "three"].map((name) =>
      checkOf([{ on: "a", command: name, expect: expectation("nothing", () => (abort.abort(), undefined)) }], { name }),
    );
    const results = await runChecks(
      checks,
      sandboxOf(() => ({})),
      { signal: abort.signal, parallel: 1 },
    );
    expect(results.map(({ status }) => status)).toEqual(["passed", "skipped", "skipped"]);
  });
});
