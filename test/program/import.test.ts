import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../requirements.ts";
import { makeProject, type TestProject } from "../support/project.ts";

/** Written in CAIDA's serial-1 format: two tier-1 ASes, two transits under them, customers, a peering at the edge. */
const relationships = [
  "# inferred clique: 64496 64497",
  "64496|64497|0",
  "64496|64501|-1",
  "64497|64502|-1",
  "64501|64502|0",
  "64501|65001|-1",
  "64502|65001|-1",
  "64502|65002|-1",
  "64501|65003|-1",
  "65002|65003|0",
  "64499|65010|-1",
].join("\n");

describe("lab import caida", { ...needs("namespaces", "bird", "pulumi"), timeout: 120_000 }, () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
    writeFileSync(join(project.directory, "as-rel.txt"), `${relationships}\n`);
  });
  afterAll(async () => {
    await project.remove();
  });

  test("gives a lab that comes up, and whose routes are valley-free", async () => {
    const made = await project.lab([
      "import",
      "caida",
      join(project.directory, "as-rel.txt"),
      "--as",
      "64501",
      "--radius",
      "2",
      "--name",
      "around",
    ]);
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    const up = await project.lab(["up", "around", "--json"]);
    expect(up.exitCode, up.stderr).toBe(0);
    expect(JSON.parse(up.stdout)).toMatchObject({ up: true, nodes: 7 });
    const checked = await project.lab(["check", "around"]);
    expect(checked.exitCode, checked.stdout).toBe(0);
    expect(checked.stdout).toMatch(/valley-free/);
    const down = await project.lab(["down", "around"]);
    expect(down.exitCode, down.stderr).toBe(0);
  });

  test("brings up the slice that a what-if names, attacker and victim in it", async () => {
    const file = join(project.directory, "as-rel.txt");
    const asked = await project.lab(["whatif", "hijack", "--as-rel", file, "--victim", "65001", "--attacker", "65002"]);
    expect(asked, asked.stderr).toMatchObject({ exitCode: 0 });
    const commands = [...asked.stdout.matchAll(/^ {2}lab (.+)$/gm)].map((match) => (match[1] ?? "").split(" "));
    expect(commands.map(([verb]) => verb)).toEqual(["import", "up"]);
    for (const command of commands) {
      const { exitCode, stderr } = await project.lab(command);
      expect(exitCode, stderr).toBe(0);
    }
    const status = JSON.parse((await project.lab(["status", "whatif", "--json"])).stdout) as {
      nodes: { name: string }[];
    };
    expect(status.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(["as65001", "as65002"]));
    const checked = await project.lab(["check", "whatif"]);
    expect(checked.exitCode, checked.stdout).toBe(0);
    const down = await project.lab(["down", "whatif"]);
    expect(down.exitCode, down.stderr).toBe(0);
  });

  test("refuses a malformed file by line, all lines at once", async () => {
    const file = join(project.directory, "bad.txt");
    writeFileSync(file, "64496|64497|0\n64496|x|-1\nnonsense\n64496|64501|7\n");
    const refused = await project.lab(["import", "caida", file, "--name", "bad"]);
    expect(refused.exitCode).toBe(2);
    for (const line of [2, 3, 4]) expect(refused.stderr).toMatch(new RegExp(`line ${line}\\b`));
    expect(refused.stderr).not.toMatch(/ {2}at |\.ts:/);
  });
});
