import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../requirements.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const fixtures = join(import.meta.dirname, "../fixtures");

describe("labs of other tools", { ...needs("root", "namespaces", "frr", "pulumi"), timeout: 300_000 }, () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
  });
  afterAll(async () => {
    await project.remove();
  });

  async function lab(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await project.lab(args);
    expect(exitCode, `lab ${args.join(" ")}: ${stderr || stdout}`).toBe(0);
    return stdout;
  }

  /** A session that has just come up has told no routes yet. */
  async function reaches(name: string, node: string, ...target: string[]): Promise<string> {
    const ping = `ping -c 1 -W 1 ${target.join(" ")}`;
    return lab("exec", name, node, "sh", "-c", `for try in $(seq 60); do ${ping} && exit; sleep 0.5; done; ${ping}`);
  }

  test("a containerlab file comes up, its checks pass, and FRR has its routes", async () => {
    await lab("import", "containerlab", join(fixtures, "containerlab/sites.clab.yml"));
    await lab("up", "sites");
    expect(await lab("check", "sites")).toMatch(/4 of 4 checks passed/);
    expect(await reaches("sites", "client1", "198.51.100.10")).toMatch(/ 1 received/);
    expect(await lab("exec", "sites", "client1", "cat", "/tmp/site", "/etc/motd")).toBe(
      "nowhere blue\nA machine of the lab sites.\n",
    );
    expect(await reaches("sites", "client2", "-4", "gateway.west.example")).toMatch(/203\.0\.113\./);
    expect(await lab("up", "sites")).toMatch(/nothing changed/);
  });

  test("what somebody took from a machine is told, and it is set up anew", async () => {
    await lab("exec", "sites", "client1", "ip", "address", "flush", "dev", "eth1");
    const reset = await lab("reset", "sites");
    expect(reset).toMatch(/machine client1: .*address 192\.0\.2\.11\/24 missing/);
    expect(await reaches("sites", "client1", "192.0.2.12")).toMatch(/ 1 received/);
  });

  /** By path. */
  function textsIn(folder: string): Record<string, string> {
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    const files = paths.filter((path) => statSync(join(folder, path)).isFile());
    return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  }

  test("it is exported, what is imported of that comes up as well, and its export is the same again", async () => {
    const file = join(project.directory, "out/sites.clab.yml");
    await lab("export", "containerlab", "sites", "--output", file);
    await lab("down", "sites");
    await lab("import", "containerlab", file, "--name", "sites-again");
    await lab("up", "sites-again");
    expect(await lab("check", "sites-again")).toMatch(/4 of 4 checks passed/);
    const again = join(project.directory, "out-again/sites.clab.yml");
    await lab("export", "containerlab", "sites-again", "--output", again);
    await lab("down", "sites-again");
    const { "sites.clab.yml": text = "", ...files } = textsIn(join(project.directory, "out"));
    expect(Object.keys(files)).toContain("client1/etc/motd");
    expect(textsIn(join(project.directory, "out-again"))).toEqual({
      ...files,
      "sites.clab.yml": text
        .replace("The lab sites.", "The lab sites-again.")
        .replace(/^name: sites$/m, "name: sites-again"),
    });
  });

  test("a lab with every routing daemon works as an export as well", needs("gobgp", "openbgpd"), async () => {
    const file = join(project.directory, "out-interop/interop.clab.yml");
    await lab("export", "containerlab", "interop", "--image", "daemons", "--output", file);
    await lab("import", "containerlab", file, "--name", "interop-again");
    await lab("up", "interop-again");
    expect(await lab("exec", "interop-again", "frr1", "cat", "/run/bird/setup.failed")).toBe("");
    // Behind OpenBGPD, GoBGP, FRR, and BIRD with FRR.
    for (const host of ["h-c1", "h-c2", "h-c3", "h-mixed"])
      expect(await reaches("interop-again", "h-bird", host)).toMatch(/ 1 received/);
    await lab("down", "interop-again");
  });

  test("a Kathará folder comes up, Quagga's files run by FRR, and its checks pass", async () => {
    await lab("import", "kathara", join(fixtures, "kathara/triangle"));
    await lab("up", "triangle");
    expect(await lab("check", "triangle")).toMatch(/4 of 4 checks passed/);
    expect(await reaches("triangle", "pc-1", "198.51.100.1")).toMatch(/ 1 received/);
    expect(await lab("exec", "triangle", "r2", "cat", "/root/site", "/shared/notes.txt")).toBe(
      "west\nnotes of everybody\n",
    );
    await lab("down", "triangle");
  });

  test("what can't run here is refused by line, and nothing is written", async () => {
    const refused = await project.lab(["import", "containerlab", join(fixtures, "containerlab/refused.clab.yml")]);
    expect(refused.exitCode).toBe(2);
    for (const line of [8, 18, 24, 37, 58]) expect(refused.stderr).toMatch(new RegExp(`line ${line}\\b`));
    expect(refused.stderr).toMatch(/--partial/);
    expect(await lab("list")).not.toMatch(/^refused\b/m);
    await lab("import", "containerlab", join(fixtures, "containerlab/refused.clab.yml"), "--partial");
    expect(await lab("list")).toMatch(/^refused\b/m);
  });
});
