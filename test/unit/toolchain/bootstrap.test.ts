import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atLeast, projectDirectory } from "../../../toolchain/paths.mjs";
import { run, type RunResult } from "../../../toolchain/run.ts";
import { machine, type Machine } from "./machine.ts";

interface Clone extends Machine {
  readonly root: string;
  run(...args: string[]): Promise<RunResult>;
  /** How often npm was called. */
  npmRuns(): number;
}

const npm = `echo run >>"$HOME.npm"; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json`;

/** A clone with a program that shows its arguments, on a machine with a good Pulumi CLI and this `npm`. */
function clone(npmScript = npm): Clone {
  const made = machine();
  const root = join(made.directory, "a clone");
  cpSync(join(projectDirectory, "toolchain"), join(root, "toolchain"), { recursive: true });
  made.file("a clone/package.json", JSON.stringify({ type: "module" }));
  made.file("a clone/package-lock.json", JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }));
  made.file(
    "a clone/cli/main.ts",
    `const args: string[] = process.argv.slice(2); console.log(args.join(" ")); process.exitCode = 7;`,
  );
  made.script("bin/npm", npmScript);
  made.script("bin/pulumi", 'echo "v3.259.0 $*"');
  made.script("bin/pulumi-language-nodejs", "");
  return {
    ...made,
    root,
    run: (...args) =>
      run([process.execPath, join(root, "toolchain/bootstrap.mjs"), ...args], {
        cwd: "/",
        env: { ...made.env, PATH: `${made.env["PATH"]}:/usr/sbin` },
        timeout: 30_000,
      }),
    npmRuns: () =>
      existsSync(join(made.directory, "home.npm"))
        ? readFileSync(join(made.directory, "home.npm"), "utf8").split("\n").length - 1
        : 0,
  };
}

describe("the way into a new clone", () => {
  test("says what it installs, installs it, runs the verb and gives its exit code", async () => {
    const made = clone();
    const { exitCode, stdout, stderr } = await made.run("lab", "up", "bgp");
    expect([exitCode, stdout]).toEqual([7, "up bgp\n"]);
    expect(stderr).toMatch(/^Labwright's set-up will install:\n  - npm packages.*\n  - the Pulumi CLI: /);
    expect(stderr).toMatch(/Pulumi CLI 3\.259\.0 \(official\)/);
  });

  test("does nothing of it again, quickly and silently", async () => {
    const made = clone();
    await made.run("setup");
    const began = performance.now();
    const { exitCode, stdout, stderr } = await made.run("start");
    expect([exitCode, stdout, stderr, made.npmRuns()]).toEqual([7, "start\n", "", 1]);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("two at the same time install once", async () => {
    const made = clone(`${npm}; sleep 0.7`);
    const [one, two] = await Promise.all([made.run("setup"), made.run("setup")]);
    expect([one.exitCode, two.exitCode, made.npmRuns()]).toEqual([0, 0, 1]);
    expect(one.stderr + two.stderr).toMatch(/Waiting for process \d+, which holds .*setup\.lock; at most 30 minutes\./);
  });

  test("an installation that was cut off is done again", async () => {
    const made = clone(
      `${npm}; [ -e "$HOME.second" ] || { : >"$HOME.second"; rm node_modules/.package-lock.json; exit 1; }`,
    );
    const first = await made.run("setup");
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/labwright: `npm ci` in .*a clone failed \(exit code 1\)/);
    expect((await made.run("setup")).exitCode).toBe(0);
  });

  test("a CLI that has gone is looked for again", async () => {
    const made = clone();
    await made.run("setup");
    made.script("elsewhere/pulumi-language-nodejs", "");
    rmSync(join(made.directory, "bin/pulumi"));
    made.script("bin/pulumi", "echo v3.300.0");
    expect((await made.run("setup")).stderr).toContain("Pulumi CLI 3.300.0 (official)");
    expect(made.npmRuns()).toBe(1);
  });

  test("`pulumi` is the CLI that set-up found, with the clone's state, from any directory", async () => {
    const made = clone();
    made.script("bin/pulumi", 'echo "v3.259.0 $* $PULUMI_BACKEND_URL"');
    const { stdout } = await made.run("pulumi", "stack", "ls");
    expect(stdout).toBe(`v3.259.0 stack ls file://${made.root}/.labwright/state\n`);
  });

  test("an unknown verb is refused with the verbs there are", async () => {
    const { exitCode, stderr } = await clone().run("stat");
    expect([exitCode, stderr]).toEqual([
      1,
      'labwright: "stat" is none of setup, start, test, bench, compatibility, docker, lab, pulumi.\n',
    ]);
  });
});

describe("the wrappers", () => {
  test.each(["cli/lab", "cli/pulumi", "provider/bin/pulumi-resource-labwright", ".ci/run"])(
    "%s is a shell script that parses and may be run",
    (path) => {
      const file = join(projectDirectory, path);
      expect(spawnSync("sh", ["-n", file]).status).toBe(0);
      expect(spawnSync("test", ["-x", file]).status).toBe(0);
    },
  );

  test("cli/lab works through a link, as npx calls it", async () => {
    const made = clone();
    cpSync(join(projectDirectory, "cli/lab"), join(made.root, "cli/lab"));
    made.script("bin/node", `exec ${process.execPath} "$@"`);
    const link = join(made.directory, "bin/lab");
    spawnSync("ln", ["-s", join(made.root, "cli/lab"), link]);
    const { stdout } = await run([link, "status"], {
      cwd: "/",
      env: { ...made.env, PATH: `${made.env["PATH"]}:/usr/sbin` },
      timeout: 30_000,
    });
    expect(stdout).toBe("status\n");
  });

  test("with an old Node a program fails with one line that says what to do", async () => {
    const check = readFileSync(join(projectDirectory, "toolchain/require-node.mjs"), "utf8");
    const made = machine();
    const old = made.file("old.mjs", check.replace("process.versions.node", '"20.20.2"'));
    const { exitCode, stderr } = await run([process.execPath, "--import", old, "--eval", "console.log(1)"]);
    expect([exitCode, stderr.trim().split("\n").length]).toEqual([32, 1]);
    expect(stderr).toMatch(/needs Node 22\.18 or later/);
    expect(atLeast(process.versions.node, [22, 18])).toBe(true);
  });
});
