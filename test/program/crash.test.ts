import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { testImage } from "../support/image.ts";
import { hostState, processTree } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

type Victim = "command" | "engine" | "provider" | "sandbox" | "plugin";

interface Suite {
  readonly runtime: "namespace" | "container";
  readonly needed: ReturnType<typeof needs>;
  readonly victims: readonly Victim[];
  readonly runs: number;
  /** Milliseconds in which most victims have something to do, from when they are there. */
  readonly spans: Readonly<Record<"up" | "down", number>>;
}

const suites: readonly Suite[] = [
  {
    runtime: "namespace",
    needed: needs("pulumi", "namespaces", "bird"),
    victims: ["command", "engine", "provider", "sandbox"],
    runs: 32,
    spans: { up: 1200, down: 600 },
  },
  {
    runtime: "container",
    needed: needs("pulumi", "root", "docker", "mmdebstrap"),
    victims: ["command", "engine", "provider", "sandbox", "plugin"],
    runs: 10,
    spans: { up: 2500, down: 800 },
  },
];

/** A run for each seed: which verb is hit, who is killed, how long after it appears, and what follows. */
function runsOf({ runs, victims, spans }: Suite) {
  return Array.from({ length: runs }, (_, index) => {
    const random = generator(index + 1);
    const verb = index % 3 === 2 ? ("down" as const) : ("up" as const);
    return {
      seed: index + 1,
      verb,
      victim: victims[index % victims.length] as Victim,
      milliseconds: Math.round(random() * spans[verb]),
      after: index % 4 === 3 || index % 8 === 2 ? "clean" : "up",
    };
  });
}

describe.each(suites)("kill -9 at a random moment, nodes being $runtime", { timeout: 120_000 }, (suite) => {
  let project: TestProject;
  let before: string[];
  const met = new Set<Victim>();
  const up = ["up", "scale", "--set", "routers=4", "--set", `runtime=${suite.runtime}`];
  beforeAll(async () => {
    project = makeProject();
    // An image is made once for all labs.
    if (suite.runtime === "container" && !suite.needed.skip) await testImage();
    before = await hostState(project.directory, [project.key("scale")]);
  }, 300_000);
  afterAll(async () => {
    await project.remove();
  });

  test.each(runsOf(suite))(
    "$seed: of the $victim in $verb, when it is there for $milliseconds ms, then $after",
    suite.needed,
    async ({ verb, victim, milliseconds, after }) => {
      if (verb === "down") expectGood(await project.lab(up));
      const child = project.start(verb === "up" ? up : ["down", "scale"]);
      const ended = once(child, "exit");
      child.stdout?.resume();
      child.stderr?.resume();
      const pid = await appearance(project, victim, child);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      if (pid !== undefined && kill(pid)) met.add(victim);
      await ended;

      if (after === "up") {
        expectGood(await project.lab(up));
        const again = await project.lab(["up", "scale", "--json"]);
        expectGood(again);
        expect(Object.keys((JSON.parse(again.stdout) as { changes: object }).changes), again.stdout).toEqual(["same"]);
        expectGood(await project.lab(["check", "scale"]));
        expectGood(await project.lab(["down", "scale"]));
      } else {
        // It leaves a lab alone that came up all the same; what it leaves, `down` takes.
        expectGood(await project.lab(["clean"]));
        expectGood(await project.lab(["down", "scale"]));
      }
      await waitFor("the host to be as before", 10_000, async () => {
        const now = await hostState(project.directory, [project.key("scale")]);
        const left = now.filter((line) => !before.includes(line));
        return left.length === 0 ? undefined : left.join(", ");
      });
      expect(
        existsSync(
          join(project.directory, ".labwright", "state", ".pulumi", "locks", "organization", "labwright", "scale"),
        ),
      ).toBe(false);
    },
  );

  // A run may come too late for its victim, but not all of them.
  test("each victim was met", suite.needed, () => {
    expect([...met].sort()).toEqual([...suite.victims].sort());
  });
});

function expectGood(result: { exitCode: number; stdout: string; stderr: string }): void {
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
}

/** Its id as soon as there is one; undefined where the command ends before. */
async function appearance(project: TestProject, victim: Victim, command: ChildProcess): Promise<number | undefined> {
  let found: number | undefined;
  await waitFor(`the ${victim} to appear, or the command to end`, 60_000, async () => {
    found = await find(project, victim, command.pid ?? 0);
    return found !== undefined || command.exitCode !== null ? undefined : "neither";
  });
  return found;
}

async function find(project: TestProject, victim: Victim, command: number): Promise<number | undefined> {
  if (victim === "command") return command;
  if (victim === "sandbox") return (await project.holder("scale"))?.pid;
  const matches = {
    engine: /pulumi (up|destroy)/,
    provider: /provider\/main\.ts/,
    plugin: /resource-docker|plugins\/main\.ts/,
  }[victim];
  return processTree(command).find((one) => matches.test(one.command))?.pid;
}

/** False where it ended by itself in the meantime. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

/** Small and fast, and the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
