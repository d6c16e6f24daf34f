import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../labs/lab.ts";
import { collect } from "../../provider/sandbox/run.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { makeProject, type TestProject } from "../support/project.ts";

describe("the lab command on a real engine and kernel", { ...needs("pulumi", "namespaces"), timeout: 120_000 }, () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
  });
  afterAll(async () => {
    await project?.lab(["down", "--all"]);
    await project?.remove();
  });

  const json = (result: CommandResult): Record<string, unknown> => {
    expect(result.exitCode, result.stderr).toBe(0);
    return JSON.parse(result.stdout) as Record<string, unknown>;
  };
  const good = (result: CommandResult): string => {
    expect(result.exitCode, result.stderr + result.stdout).toBe(0);
    return result.stdout;
  };
  const stateOf = async (stack: string): Promise<unknown> => {
    const { stacks } = json(await project.lab(["list", "--json"])) as { stacks: { stack: string; state: string }[] };
    return stacks.find((each) => each.stack === stack)?.state;
  };
  const files = (): string[] =>
    readdirSync(join(project.directory, ".labwright"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );

  test("up brings a lab up, and the second up changes nothing", async () => {
    const before = readFileSync(join(project.directory, "stacks", "Pulumi.namespaces.yaml"), "utf8");
    const report = join(project.directory, "up.xml");
    expect(json(await project.lab(["up", "namespaces", "--json", "--junit", report]))).toMatchObject({
      up: true,
      nodes: 2,
      links: 1,
      changes: { create: 7 },
    });
    expect(readFileSync(report, "utf8")).toContain('tests="1" failures="0"');
    expect(json(await project.lab(["up", "namespaces", "--json"]))["changes"]).toEqual({ same: 7 });
    expect(await stateOf("namespaces")).toBe("up");
    expect(
      readFileSync(join(project.directory, "stacks", "Pulumi.namespaces.yaml"), "utf8"),
      "the settings file under version control stays as it is",
    ).toBe(before);
  });

  test("plain pulumi sees the same stack without a change", async () => {
    const settings = join(project.directory, "stacks", "Pulumi.namespaces.yaml");
    const before = readFileSync(settings, "utf8");
    const { command, env } = json(await project.lab(["env", "--json"])) as {
      command: string;
      env: Record<string, string>;
    };
    const pulumi = spawn(command, ["preview", "--stack", "namespaces", "--expect-no-changes", "--non-interactive"], {
      cwd: project.directory,
      env: { ...process.env, ...env },
    });
    const preview = await collect(pulumi, { timeout: 60_000 });
    expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
    // Pulumi itself keeps its salt there; the command gets on with both.
    expect(json(await project.lab(["up", "namespaces", "--json"]))["changes"]).toEqual({ same: 7 });
    writeFileSync(settings, before);
  });

  test("exec gives the command's output and exit code", async () => {
    expect(good(await project.lab(["exec", "namespaces", "a", "--", "hostname"]))).toBe("a\n");
    expect((await project.lab(["exec", "namespaces", "a", "sh", "-c", "exit 7"])).exitCode).toBe(7);
  });

  test("an unknown node is refused with the nearest name", async () => {
    const { exitCode, stderr } = await project.lab(["exec", "namespaces", "aa", "id"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'namespaces has no node called "aa"; it has a, b.\nDid you mean a?\n',
    });
  });

  test("check runs the checks, writes a report, and coverage counts them", async () => {
    const report = join(project.directory, "checks.xml");
    const { checks } = json(await project.lab(["check", "namespaces", "--json", "--junit", report])) as {
      checks: { status: string }[];
    };
    expect(checks.map(({ status }) => status)).toEqual(["passed", "passed", "passed"]);
    expect(readFileSync(report, "utf8")).toContain('tests="3" failures="0" errors="0" skipped="0"');
    const coverage = json(await project.lab(["coverage", "--json"])) as {
      rows: { id: string; proofs: { result: string }[] }[];
    };
    expect(coverage.rows.find(({ id }) => id === "ns-2")?.proofs.map(({ result }) => result)).toEqual(["passed"]);
  });

  test("check fails with exit code 1 where something doesn't hold", async () => {
    good(await project.lab(["exec", "namespaces", "b", "ip", "link", "set", "veth-b", "down"]));
    const { exitCode, stdout } = await project.lab(["check", "namespaces", "firewall-drops"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("expected output that matches / 1 received, 0% packet loss/");
    expect((await project.lab(["status", "namespaces"])).stdout).toContain("veth-b down");
  });

  test("reset repairs what somebody broke, says what, and then finds nothing", async () => {
    good(await project.lab(["exec", "namespaces", "a", "nft", "add", "table", "inet", "mine"]));
    const reset = good(await project.lab(["reset", "namespaces"]));
    expect(reset).toMatch(/links: pair: veth-b of b: down/);
    expect(reset).toMatch(/node a: rule set: changed/);
    expect(good(await project.lab(["reset", "namespaces"]))).toMatch(/nothing differed/);
  });

  test("reset --hard builds it anew", async () => {
    const before = await project.holder("namespaces");
    good(await project.lab(["reset", "namespaces", "--hard"]));
    expect((await project.holder("namespaces"))?.pid).not.toBe(before?.pid);
  });

  test("graph draws it with the live state", async () => {
    expect(good(await project.lab(["graph", "namespaces"]))).toContain("flowchart");
    const file = join(project.directory, "lab.svg");
    good(await project.lab(["graph", "namespaces", "--output", file]));
    expect(readFileSync(file, "utf8")).toMatch(/^<(\?xml|svg)/);
  });

  test("capture writes a capture file", needs("tcpdump"), async () => {
    const file = join(project.directory, "pair.pcap");
    const child = project.start(["capture", "namespaces", "pair", "-w", file, "-c", "2", "icmp"]);
    const ended = once(child, "close");
    await waitFor("two packets", 20_000, async () => {
      await project.lab(["exec", "namespaces", "b", "ping", "-c", "1", "-W", "1", "10.0.0.1"]);
      return child.exitCode === null ? "tcpdump is at work" : undefined;
    });
    await ended;
    expect(readFileSync(file).readUInt32LE(0)).toBe(0xa1b2c3d4);
  });

  test("a copy stands beside it with the same addresses, and down takes its settings file away", async () => {
    good(await project.lab(["up", "namespaces", "--name", "second"]));
    const addresses = (stack: string): Promise<CommandResult> =>
      project.lab(["exec", stack, "a", "ip", "-br", "-4", "addr", "show", "veth-a"]);
    expect(good(await addresses("second")).replace(/@\S+/, "")).toBe(
      good(await addresses("namespaces")).replace(/@\S+/, ""),
    );
    good(await project.lab(["down", "second"]));
    expect(existsSync(join(project.directory, "stacks", "Pulumi.second.yaml"))).toBe(false);
    expect(await stateOf("namespaces")).toBe("up");
  });

  test("a run at work is left alone, and told by its pid", async () => {
    const locks = join(project.directory, ".labwright/state/.pulumi/locks/organization/labwright/namespaces");
    mkdirSync(locks, { recursive: true });
    writeFileSync(
      join(locks, "x.json"),
      JSON.stringify({ pid: 2 ** 22 + 1, username: "eve", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" }),
    );
    const { exitCode, stdout } = await project.lab(["up", "namespaces"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Took away the lock of process ${2 ** 22 + 1} on namespaces: it has ended.`);
    writeFileSync(
      join(locks, "x.json"),
      JSON.stringify({ pid: 1, username: "eve", hostname: "elsewhere", timestamp: "2026-01-01T00:00:00Z" }),
    );
    const refused = await project.lab(["up", "namespaces"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Another run is at work on namespaces: process 1 on elsewhere of eve");
    rmSync(join(locks, "x.json"));
  });

  test("Ctrl-C ends an up in good order with 130, and the next one goes on", async () => {
    good(await project.lab(["down", "namespaces"]));
    const child = project.start(["up", "namespaces"]);
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = once(child, "close");
    await waitFor("the engine", 20_000, async () =>
      existsSync(join(project.directory, ".labwright/state/.pulumi/locks/organization/labwright/namespaces"))
        ? undefined
        : "no lock yet",
    );
    child.kill("SIGINT");
    expect((await ended)[0]).toBe(130);
    good(await project.lab(["up", "namespaces"]));
    good(await project.lab(["check", "namespaces"]));
  });

  test("down leaves nothing of the lab but results, and a second down is no error", async () => {
    good(await project.lab(["down", "namespaces"]));
    expect(await project.holder("namespaces")).toBeUndefined();
    expect(files().sort()).toEqual(["meta.yaml", "namespaces.json", "passphrase", "tools.json"]);
    expect(good(await project.lab(["down", "namespaces"]))).toContain("namespaces was down already.");
    expect(await stateOf("namespaces")).toBe("down");
    const status = await project.lab(["status", "namespaces"]);
    expect({ exitCode: status.exitCode, stdout: status.stdout }).toEqual({
      exitCode: 1,
      stdout: "namespaces is down; `lab up namespaces` brings it up.\n",
    });
  });
});
