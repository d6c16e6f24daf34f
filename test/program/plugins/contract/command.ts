/** Promises of @pulumi/command that labs rely on, on the official plugin and on the stand-in. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { needs, type Requirement } from "../../../requirements.ts";
import { makeStack, type TestStack } from "../../../support/programs.ts";

/** Registers the tests for one of the plugins; `requirements` is what they need of the machine. */
export function commandContract(plugins: "official" | "stand-in", ...requirements: readonly Requirement[]): void {
  describe(`a local command, ${plugins}`, needs(...requirements), () => {
    let stack: TestStack;
    let work: string;
    beforeAll(async () => void (stack = await makeStack(plugins)));
    afterAll(() => stack.remove());
    beforeEach(() => void (work = mkdtempSync(join(tmpdir(), "labwright-command-"))));
    afterEach(async () => {
      await stack.destroy();
      rmSync(work, { recursive: true, force: true });
    });
    const program = (args: command.local.CommandArgs) => async () => {
      const made = new command.local.Command("step", args);
      return { stdout: made.stdout, stderr: made.stderr, assets: made.assets };
    };
    const log = (): string => (existsSync(join(work, "log")) ? readFileSync(join(work, "log"), "utf8") : "");

    test("runs once, gives its output without the last line break, and not again when nothing changed", async () => {
      const args = { create: `echo made >>${work}/log; echo out; echo err >&2` };
      expect((await stack.up(program(args))).changes).toEqual({ create: 2 });
      expect((await stack.state("step")).outputs).toMatchObject({ stdout: "out", stderr: "err" });
      expect((await stack.up(program(args))).changes).toEqual({ same: 1 });
      expect((await stack.refresh()).exitCode).toBe(0);
      expect((await stack.preview(program(args))).changes).toEqual({ same: 1 });
      expect(log()).toBe("made\n");
    });

    test("has standard input, variables, a directory and an interpreter", async () => {
      const args = {
        create: "print(input(), __import__('os').environ['COLOUR'], __import__('os').getcwd())",
        interpreter: ["python3", "-c"],
        stdin: "first line\n",
        environment: { COLOUR: "green" },
        dir: work,
      };
      await stack.up(program(args));
      expect((await stack.state("step")).outputs["stdout"]).toBe(`first line green ${work}`);
    });

    test("runs `update` when something changes, with the earlier output in its environment, and `delete` at the end", async () => {
      const args = (what: string): command.local.CommandArgs => ({
        create: "echo one",
        update: `echo ${what} after $PULUMI_COMMAND_STDOUT`,
        delete: `echo gone after $PULUMI_COMMAND_STDOUT >>${work}/log`,
      });
      await stack.up(program(args("two")));
      const changed = await stack.up(program(args("three")));
      expect(changed.steps["step"]).toEqual({ op: "update", differs: ["update"] });
      expect((await stack.state("step")).outputs["stdout"]).toBe("three after one");
      await stack.destroy();
      expect(log()).toBe("gone after three after one\n");
    });

    test("runs `create` again for a change where there is no `update`", async () => {
      const args = (value: string): command.local.CommandArgs => ({
        create: `echo $VALUE >>${work}/log`,
        environment: { VALUE: value },
      });
      await stack.up(program(args("one")));
      expect((await stack.up(program(args("two")))).steps["step"]).toEqual({
        op: "update",
        differs: ["environment.VALUE"],
      });
      expect(log()).toBe("one\ntwo\n");
    });

    test("is replaced when a trigger changes: the new one is made, then the old one deleted", async () => {
      const args = (trigger: string): command.local.CommandArgs => ({
        create: `echo create >>${work}/log`,
        delete: `echo delete >>${work}/log`,
        triggers: [trigger],
      });
      await stack.up(program(args("a")));
      expect((await stack.up(program(args("b")))).changes["replace"]).toBe(1);
      expect(log()).toBe("create\ncreate\ndelete\n");
    });

    test("fails with the command and what it printed", async () => {
      const failed = await stack.up(program({ create: "echo a reason >&2; exit 3" }));
      expect(failed.exitCode).not.toBe(0);
      expect(failed.output).toMatch(/exit status 3: running "echo a reason >&2; exit 3":\s*a reason/);
    });

    test("gives files as assets", async () => {
      writeFileSync(join(work, "a.txt"), "a");
      writeFileSync(join(work, "b.txt"), "b");
      await stack.up(program({ create: "true", dir: work, assetPaths: ["*.txt", "!b.txt"] }));
      const assets = (await stack.state("step")).outputs["assets"] as Record<string, { path: string; hash: string }>;
      expect(Object.keys(assets)).toEqual(["a.txt"]);
      expect(assets["a.txt"]).toMatchObject({
        path: join(work, "a.txt"),
        hash: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      });
    });
  });
}
