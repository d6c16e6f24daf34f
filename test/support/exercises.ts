/** Every fault of a lab, on the real engine and kernel. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCheck, runChecks } from "../../cli/checks/runner.ts";
import { readSettings } from "../../cli/stacks/settings-file.ts";
import { allLabs } from "../../labs/index.ts";
import type { CommandResult, Fault } from "../../labs/lab.ts";
import { situationOf, type Situation } from "../../labs/situation.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { needsOf } from "./needs-of.ts";
import { makeProject, type TestProject } from "./project.ts";

interface Ran {
  readonly changes: Readonly<Record<string, number>>;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly failure?: object }[];
  readonly symptoms: Ran["checks"];
}

/** Tests that a lab comes up once, and that its faults are put in and mended on the running lab. */
export async function exercise(name: string): Promise<void> {
  const lab = (await allLabs()).find((each) => each.name === name);
  if (lab === undefined) throw new Error(`there is no lab ${name}`);
  // Docker runs as root only.
  const root = lab.requires?.includes("dockerd") === true ? (["root"] as const) : [];
  const options = needsOf(lab, needs("pulumi", "namespaces", ...root));
  const faults = lab.faults ?? [];

  describe(`exercises of the lab ${name}, on a real engine and kernel`, { ...options, timeout: 300_000 }, () => {
    let project: TestProject;
    let file: string;
    let settings: string;
    beforeAll(async () => {
      project = makeProject();
      file = join(project.directory, "stacks", `Pulumi.${name}.yaml`);
      settings = readFileSync(file, "utf8");
      const up = await project.lab(["up", name]);
      expect(up.exitCode, up.stderr).toBe(0);
    }, 600_000);
    afterAll(async () => {
      await project?.remove();
    });

    const read = (result: CommandResult): Ran => {
      expect(result.stdout, result.stderr).not.toBe("");
      return JSON.parse(result.stdout) as Ran;
    };
    const run = async (...args: readonly string[]): Promise<Ran> => read(await project.lab([...args, "--json"]));
    const failing = ({ checks }: Pick<Ran, "checks">): object[] => checks.filter(({ status }) => status !== "passed");
    const onlySame = (ran: Ran): void => expect(Object.keys(ran.changes)).toEqual(["same"]);

    /** The lab as it is declared, with a fault in it, and its sandbox, to run checks as the command doesn't. */
    const declared = async (fault?: string): Promise<Situation & { sandbox: SandboxHandle }> => {
      const { lab: _, ...raw } = readSettings(settings, "labwright", file);
      const sandbox = await findSandbox(project.key(name));
      if (sandbox === undefined) throw new Error(`${name} is not up`);
      return { ...situationOf(lab, fault === undefined ? raw : { ...raw, fault }), sandbox };
    };
    const expectToPass = async (names: readonly string[]): Promise<void> => {
      const { checks, sandbox } = await declared();
      const results = await runChecks(
        checks.filter((check) => names.includes(check.name)),
        sandbox,
      );
      expect(failing({ checks: results }), "checks after reset").toEqual([]);
    };
    /** What is expected to fail isn't waited for as long as what is to pass. */
    const expectFailures = async ({ name: fault, fails }: Fault): Promise<void> => {
      const { checks, sandbox } = await declared(fault);
      const results = await runChecks(
        checks.map((check) => (fails.includes(check.name) ? { ...check, within: 3 } : check)),
        sandbox,
      );
      const failed = results.filter(({ status }) => status !== "passed");
      expect(failed.map((each) => `${each.name} ${each.status}`).sort(), JSON.stringify(failed, undefined, 2)).toEqual(
        fails.map((each) => `${each} failed`).sort(),
      );
    };
    const symptomsEnd = async (fault: string): Promise<void> => {
      const { symptoms, sandbox } = await declared(fault);
      for (const symptom of symptoms)
        await waitFor(`the symptom ${symptom.name} of ${fault} to end`, 20_000, async () => {
          const { status } = await runCheck({ ...symptom, within: 0 }, sandbox);
          return status === "passed" ? "it still shows" : undefined;
        });
    };

    test("it passes its checks while it is healthy", async () => {
      expect(failing(await run("check", name))).toEqual([]);
    });

    test.each(faults.map((fault) => [fault.name, fault] as const))(
      "%s shows its symptoms and fails what it says, each solution mends it, and reset takes it out",
      async (_, fault) => {
        const broken = await run("break", name, fault.name);
        expect(failing({ checks: broken.symptoms }), "symptoms that don't show").toEqual([]);
        await expectFailures(fault);
        onlySame(await run("up", name));

        for (const solution of fault.solutions) {
          const solved = await run("solve", name, solution.name);
          expect(Object.keys(solved.changes), `${solution.name} changes something`).not.toEqual(["same"]);
          expect(failing(solved), `checks after ${solution.name}`).toEqual([]);
          onlySame(await run("up", name));
          await symptomsEnd(fault.name);
        }

        expect(readFileSync(file, "utf8")).not.toBe(settings);
        await run("reset", name);
        expect(readFileSync(file, "utf8"), "the settings file after reset").toBe(settings);
        await expectToPass(fault.fails);
        await symptomsEnd(fault.name);
      },
    );

    test("it passes its checks after all of them, and `up` finds nothing to do", async () => {
      onlySame(await run("up", name));
      expect(failing(await run("check", name))).toEqual([]);
    });
  });
}
