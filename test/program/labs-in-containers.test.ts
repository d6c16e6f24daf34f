/** Every lab that may run in containers and has no stack for that in stacks/ (see containers.test.ts). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allLabs } from "../../labs/index.ts";
import { situationOf } from "../../labs/situation.ts";
import { nodeContainers } from "../../provider/container/docker.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import { projectDirectory } from "../../toolchain/paths.mjs";
import { needs } from "../requirements.ts";
import { needsOf } from "../support/needs-of.ts";
import { dockerState, hostState } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const needed = needs("pulumi", "root", "docker", "mmdebstrap");
const hasStack = (name: string): boolean =>
  existsSync(join(projectDirectory, "stacks", `Pulumi.${name}-containers.yaml`));
const labs = (await allLabs()).filter(({ name, runtimes }) => runtimes.includes("container") && !hasStack(name));
/** Of those with several, the one that asks most of a container. */
const faults: Readonly<Record<string, string>> = { interop: "detour", mtls: "one-alone-refuses" };

for (const lab of labs) {
  const { name } = lab;
  const { nodes } = situationOf(lab, {}).topology;
  const options = needsOf(lab, needed, true);
  const fault = faults[name] ?? lab.faults?.[0]?.name;
  const stack = `${name}-in-containers`;

  describe(`the lab ${name} in containers`, { ...options, timeout: 300_000 }, () => {
    let docker: Docker;
    let project: TestProject;
    let before: string[];
    const good = (...args: readonly string[]): Promise<string> => project.good(args);
    const changes = async (...args: readonly string[]): Promise<string[]> =>
      Object.keys((JSON.parse(await good("up", ...args, "--json")) as { changes: object }).changes);
    const containers = async (): Promise<string[]> =>
      (await nodeContainers(docker, project.key(stack))).map((each) => `${each.node} ${each.id}`).sort();

    const state = async (): Promise<string[]> => [
      ...(await hostState(project.directory, [project.key(stack)])),
      ...(await dockerState(docker)),
    ];

    beforeAll(async () => {
      if (options.skip) return;
      docker = await connectDocker();
      project = makeProject();
      before = await state();
    });
    afterAll(() => project?.remove());

    test("comes up with a container for each node, and passes its checks", async () => {
      expect(await changes(name, "--name", stack, "--set", "runtime=container")).toEqual(["create"]);
      expect((await containers()).map((line) => line.split(" ")[0])).toEqual(nodes.map((node) => node.name).sort());
      await good("check", stack);
    });

    test("isn't changed by a second up, nor by a preview with a refresh", async () => {
      expect(await changes(stack)).toEqual(["same"]);
      const preview = await project.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", stack]);
      expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
    });

    if (fault !== undefined)
      test("breaks and is mended in the same containers", async () => {
        const were = await containers();
        await good("break", stack, fault);
        await good("check", stack, "--symptoms");
        await good("solve", stack);
        expect(await containers()).toEqual(were);
      });

    test("leaves nothing", async () => {
      await good("down", stack);
      expect(await state()).toEqual(before);
    });
  });
}
