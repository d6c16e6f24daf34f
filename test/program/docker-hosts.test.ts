/** A lab whose node has a Docker daemon of its own: what is kept, repaired, explained, and left. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { controlGroups } from "../../provider/sandbox/control-groups.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import type { CommandResult } from "../../labs/lab.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { hostState } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const name = "docker-networking";

describe(
  "a lab with a Docker daemon",
  { ...needs("pulumi", "namespaces", "root", "dockerd", "bird", "iptables", "curl", "knot"), timeout: 300_000 },
  () => {
    let project: TestProject;
    let before: string[];
    beforeAll(async () => {
      project = makeProject();
      before = await hostState(project.directory, [project.key(name)]);
      good(await project.lab(["up", name]));
    }, 600_000);
    afterAll(async () => {
      await project?.remove();
    });

    const good = (result: CommandResult): CommandResult => {
      expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
      return result;
    };
    const changes = async (...args: readonly string[]): Promise<Readonly<Record<string, number>>> =>
      (
        JSON.parse(good(await project.lab(["up", name, "--json", ...args])).stdout) as {
          changes: Record<string, number>;
        }
      ).changes;
    const onServer = async (command: string): Promise<string> => {
      const sandbox = await findSandbox(project.key(name));
      if (sandbox === undefined) throw new Error("the lab is not up");
      return good(await sandbox.exec("server", ["sh", "-c", command])).stdout.trim();
    };
    const running = (): Promise<string> => onServer("docker ps --format '{{.Names}}' | sort | tr '\\n' ' '");
    const all = "batch cart desk old printer web";
    const checks = async (): Promise<void> => void good(await project.lab(["check", name]));

    test("nothing changes by a second up, with or without a refresh, nor by plain Pulumi's preview", async () => {
      expect(Object.keys(await changes())).toEqual(["same"]);
      expect(Object.keys(await changes("--refresh"))).toEqual(["same"]);
      good(await project.pulumi(["preview", "--stack", name, "--refresh", "--expect-no-changes"]));
    });

    test.each([
      ["that was stopped", "docker stop -t 0 cart"],
      ["that was removed", "docker rm -f cart"],
      ["that was cut off its network", "docker network disconnect shop cart"],
    ])("a container %s is brought back by an up, and no other is touched", async (_, command) => {
      const others = "docker ps --no-trunc --format '{{.ID}} {{.Names}}' | grep -v ' cart$' | sort";
      const untouched = await onServer(others);
      await onServer(command);
      await changes();
      expect(await running()).toBe(all);
      expect(await onServer(others)).toBe(untouched);
      expect(await onServer("docker exec cart getent hosts web")).toMatch(/ web$/);
      expect(Object.keys(await changes())).toEqual(["same"]);
    });

    test("a network that was removed is made again, with its containers", async () => {
      await onServer("docker rm -f web cart && docker network rm shop");
      await changes();
      expect(await running()).toBe(all);
      expect(Object.keys(await changes())).toEqual(["same"]);
    });

    test("a daemon that was killed is started again, and its containers with it", async () => {
      await onServer("kill -9 $(cat /run/bird/docker.pid)");
      await changes();
      expect(await running()).toBe(all);
      expect(Object.keys(await changes())).toEqual(["same"]);
      await checks();
    });

    test("reset lets Docker's rules be", async () => {
      const rules = await onServer("iptables -S && iptables -t nat -S");
      good(await project.lab(["reset", name]));
      expect(await onServer("iptables -S && iptables -t nat -S")).toBe(rules);
    });

    test("a port that another program has is told with who has it and what to do; then it can be published", async () => {
      await onServer("setsid busybox nc -ll -p 9090 -e cat >/dev/null 2>&1 </dev/null &");
      await waitFor("the port to be taken", 5_000, async () =>
        (await onServer("ss -Hlnt 'sport = :9090'")) === "" ? "it is free" : undefined,
      );
      const failed = await project.lab(["up", name, "--set", "port=9090"]);
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toMatch(
        /container server-web: it can't be published at TCP port 9090 of server, which the program \S+ \(process \d+ in the sandbox\) has\./,
      );
      expect(failed.stderr).toMatch(/End what has the port .* publish the container at another one/);
      expect(failed.stderr).not.toMatch(/endpoint|userland|\bat .*:\d+:\d+/);
      await onServer("kill $(ss -Hlntp 'sport = :9090' | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p')");
      await changes();
      await checks();
    });

    test("a port that another container has is told with its name", async () => {
      await onServer(
        "docker run -d --name squatter -p 9191:80 $(docker inspect --format '{{.Config.Image}}' web) sleep infinity",
      );
      const failed = await project.lab(["up", name, "--set", "port=9191"]);
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toMatch(/at TCP port 9191 of server, which the container squatter has\./);
      await onServer("docker rm -f squatter");
      await changes();
      await checks();
    });

    test("with a sandbox that was killed, all of it is made anew", async () => {
      const holder = await project.holder(name);
      process.kill(holder?.pid ?? 0, "SIGKILL");
      await waitFor("the end of the sandbox", 10_000, async () =>
        (await project.holder(name)) === undefined ? undefined : "it is there",
      );
      await changes();
      expect(await running()).toBe(all);
      expect(Object.keys(await changes())).toEqual(["same"]);
      await checks();
    });

    test("down leaves nothing, not a control group", async () => {
      good(await project.lab(["down", name]));
      const now = await hostState(project.directory, [project.key(name)]);
      expect(now.filter((line) => !before.includes(line))).toEqual([]);
    });

    test("clean takes control groups away that no state knows", async () => {
      const key = project.key(name);
      const groups = ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].find((each) => existsSync(`${each}/cgroup.procs`));
      mkdirSync(join(groups ?? "", "labwright", key, "container"), { recursive: true });
      expect(good(await project.lab(["clean"])).stdout).toContain(
        `sandbox ${key} of ${name} (control groups): no state knows it`,
      );
      expect(await controlGroups()).not.toContain(key);
    });
  },
);
