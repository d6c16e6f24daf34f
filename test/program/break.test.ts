import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../labs/lab.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { makeProject, type TestProject } from "../support/project.ts";

describe("break, hint, solve and reset", { ...needs("pulumi", "namespaces", "nft"), timeout: 120_000 }, () => {
  let project: TestProject;
  let file: string;
  let before: string;
  beforeAll(() => {
    project = makeProject();
    file = join(project.directory, "stacks", "Pulumi.namespaces.yaml");
    before = readFileSync(file, "utf8");
  });
  afterAll(async () => {
    await project?.remove();
  });

  const settings = (): string => readFileSync(file, "utf8");
  const good = (result: CommandResult): string => {
    expect(result.exitCode, result.stderr + result.stdout).toBe(0);
    return result.stdout;
  };
  const json = (result: CommandResult): Record<string, unknown> => JSON.parse(good(result)) as Record<string, unknown>;
  const pings = async (): Promise<number> =>
    (await project.lab(["exec", "namespaces", "a", "--", "ping", "-c", "1", "-W", "1", "10.0.0.2"])).exitCode;
  const exerciseInList = async (): Promise<unknown> =>
    (json(await project.lab(["list", "--json"]))["stacks"] as { stack: string; fault?: string }[])
      .filter(({ stack }) => stack === "namespaces")
      .map(({ fault }) => fault)[0];
  const lock = (): boolean =>
    existsSync(join(project.directory, ".labwright/state/.pulumi/locks/organization/labwright/namespaces"));
  /** Starts it and waits until the engine is at work. */
  const begin = async (args: readonly string[]): Promise<ReturnType<TestProject["start"]>> => {
    const child = project.start(args);
    child.stdout?.resume();
    child.stderr?.resume();
    await waitFor("the engine", 20_000, async () => (lock() ? undefined : "no lock yet"));
    return child;
  };

  test("a preview of a lab that is down says so, shows what would differ, and leaves no stack behind", async () => {
    const shown = good(await project.lab(["break", "namespaces", "no-replies", "--preview"]));
    expect(shown).toContain("namespaces isn't up: `lab break namespaces` would make all of it.");
    expect(shown).toMatch(/node b changes\n {2}ruleset\n {4}@@ -0,0 \+1,6 @@\n {4}\+table inet filter \{/);
    expect(settings()).toBe(before);
    expect(existsSync(join(project.directory, ".labwright/state/.pulumi/stacks"))).toBe(false);
  });

  test("break brings a lab that is down up, broken; down makes the next up healthy", async () => {
    expect(json(await project.lab(["break", "namespaces", "no-replies", "--json"]))["changes"]).toEqual({ create: 7 });
    expect(settings()).toContain('  labwright:fault: "no-replies"\n');
    expect(await pings()).toBe(1);
    good(await project.lab(["down", "namespaces"]));
    expect(settings()).toBe(before);
    good(await project.lab(["up", "namespaces"]));
    expect(await pings()).toBe(0);
  });

  test("a preview tells from the engine what changes by resource and property, and changes nothing", async () => {
    const preview = json(await project.lab(["break", "namespaces", "large-packets", "--preview", "--json"]));
    expect(preview).toMatchObject({
      up: true,
      changes: [
        { resource: "links", operation: "update", properties: [{ path: "links.pair.mtu", before: 1500, after: 1280 }] },
      ],
    });
    expect(settings()).toBe(before);
    expect(json(await project.lab(["up", "namespaces", "--json"]))["changes"]).toEqual({ same: 7 });
  });

  test("a preview tells what somebody changed by hand", async () => {
    good(await project.lab(["exec", "namespaces", "a", "nft", "add", "table", "inet", "mine"]));
    expect(good(await project.lab(["break", "namespaces", "large-packets", "--preview"]))).toContain(
      "node a changes\n  differs from its declaration by hand, and is put back\n",
    );
    good(await project.lab(["reset", "namespaces"]));
  });

  test("plain pulumi breaks and mends by the same configuration", async () => {
    good(await project.pulumi(["config", "set", "fault", "no-replies", "--stack", "namespaces"]));
    good(await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "namespaces"]));
    expect(await pings()).toBe(1);
    expect(json(await project.lab(["break", "namespaces", "no-replies", "--json"]))["changes"]).toEqual({ same: 7 });
    good(await project.pulumi(["config", "set", "solution", "without-rules", "--stack", "namespaces"]));
    good(await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "namespaces"]));
    expect(await pings()).toBe(0);
    good(await project.lab(["reset", "namespaces"]));
    expect(settings()).not.toMatch(/fault|solution/);
    // Pulumi's own salt is in it now.
    writeFileSync(file, before);
  });

  test("hints come one by one, from the first again after a new break, and all when all were given", async () => {
    good(await project.lab(["break", "namespaces", "no-replies"]));
    const first = good(await project.lab(["hint", "namespaces"]));
    expect(first).toMatch(/^Hint 1 of 3: .*\n$/);
    expect(good(await project.lab(["hint", "namespaces"]))).toMatch(/^Hint 2 of 3: .*\n$/);
    good(await project.lab(["break", "namespaces", "no-replies"]));
    expect(good(await project.lab(["hint", "namespaces"]))).toBe(first);
    expect(
      good(await project.lab(["hint", "namespaces", "--all"]))
        .split("\n")
        .slice(0, 4),
    ).toEqual([
      expect.stringMatching(/^Hint 1 of 3/),
      expect.stringMatching(/^Hint 2 of 3/),
      expect.stringMatching(/^Hint 3 of 3/),
      "No more hints. `lab solve namespaces` mends it and tells what it was.",
    ]);
    expect(json(await project.lab(["hint", "namespaces", "--json"]))).toMatchObject({ broken: true, left: 0 });
  });

  test("check fails under a fault, and check --symptoms passes with a report of its own", async () => {
    const checked = await project.lab(["check", "namespaces", "firewall-drops"]);
    expect(checked.exitCode).toBe(1);
    expect(checked.stdout).toContain("A fault is in namespaces.");
    const report = join(project.directory, "symptoms.xml");
    good(await project.lab(["check", "namespaces", "--symptoms", "--junit", report]));
    expect(readFileSync(report, "utf8")).toContain('<testsuite name="namespaces symptoms" tests="1" failures="0"');
    expect((await project.lab(["status", "namespaces"])).stdout).toContain("A fault is in it");
    expect((await project.lab(["list"])).stdout).toMatch(/^namespaces +namespaces +up +broken$/m);
    const results = readFileSync(join(project.directory, ".labwright/results/namespaces.json"), "utf8");
    expect(results, "what a broken lab fails is not kept").not.toContain('"failed"');
  });

  test("another fault takes the place of the one that is in it", async () => {
    good(await project.lab(["break", "namespaces", "large-packets"]));
    expect(await pings()).toBe(0);
    expect(await exerciseInList()).toBe("large-packets");
  });

  test("solve tells what was wrong and what was done; then nothing is left to hint at", async () => {
    const solved = good(await project.lab(["solve", "namespaces"]));
    expect(solved).toContain("3 of 3 checks passed.");
    expect(solved).toContain("What was wrong: The pair's MTU is 1280 instead of 1500.");
    expect(solved).toContain("What was done:  The pair has the usual MTU of 1500 again.");
    const again = await project.lab(["solve", "namespaces", "--json"]);
    expect(Object.keys((JSON.parse(again.stdout) as { changes: object }).changes), "solved twice").toEqual(["same"]);
    expect(good(await project.lab(["hint", "namespaces"]))).toBe("What was broken in namespaces is solved.\n");
    expect((await project.lab(["list"])).stdout).toMatch(/^namespaces +namespaces +up +solved$/m);
    const symptoms = await project.lab(["check", "namespaces", "--symptoms"]);
    expect({ exitCode: symptoms.exitCode, stderr: symptoms.stderr }).toEqual({
      exitCode: 2,
      stderr: "What was broken in namespaces is solved.\n`lab check namespaces` runs its checks.\n",
    });
  });

  test("a copy of a broken lab is healthy", async () => {
    good(await project.lab(["up", "namespaces", "--name", "healthy"]));
    expect(readFileSync(join(project.directory, "stacks", "Pulumi.healthy.yaml"), "utf8")).not.toMatch(
      /fault|solution/,
    );
    good(await project.lab(["down", "healthy"]));
  });

  test("reset takes the fault out, also one that the lab doesn't know", async () => {
    good(await project.lab(["reset", "namespaces"]));
    expect(settings()).toBe(before);
    writeFileSync(file, `${before}  labwright:fault: gone\n`);
    const refused = await project.lab(["up", "namespaces"]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("expected one of no-replies, large-packets");
    good(await project.lab(["reset", "namespaces"]));
    expect(settings()).toBe(before);
  });

  test.each(["SIGINT", "SIGKILL"] as const)(
    "after %s in the middle of a break, the next up breaks the lab",
    async (signal) => {
      good(await project.lab(["down", "namespaces"]));
      const child = await begin(["break", "namespaces", "no-replies"]);
      const ended = once(child, "close");
      child.kill(signal);
      await ended;
      expect(settings()).toContain('labwright:fault: "no-replies"');
      good(await project.lab(["up", "namespaces"]));
      good(await project.lab(["check", "namespaces", "--symptoms"]));
      good(await project.lab(["solve", "namespaces"]));
    },
  );
});
