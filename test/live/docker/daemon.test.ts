/** The daemon that is started where none answers, in a network namespace of its own beside whatever runs here. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownDaemonDirectory } from "../../../toolchain/docker/host.ts";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { startTime } from "../../../toolchain/docker/users.ts";
import { needs } from "../../requirements.ts";
import { waitFor } from "../../../provider/wait.ts";

describe("a Docker daemon of our own", { ...needs("root", "dockerd"), timeout: 40_000 }, () => {
  const cache = mkdtempSync(join(tmpdir(), "labwright-docker-"));
  // A socket's path has 107 characters at most, and other daemons must not be found.
  const env = { ...process.env, LABWRIGHT_CACHE: cache, DOCKER_HOST: "", DOCKER_CONFIG: cache };
  const directory = ownDaemonDirectory(env);
  const namespace = `labwright-test-${process.pid}`;
  // `ip netns exec` would hide the control groups.
  const enter = `--net=/run/netns/${namespace}`;
  const inside = (command: string, ...args: string[]): string =>
    spawnSync("nsenter", [enter, command, ...args], { encoding: "utf8", env }).stdout;
  const host = (): string =>
    [inside("ip", "-o", "link"), inside("nft", "list", "ruleset"), inside("cat", "/proc/sys/net/ipv4/ip_forward")].join(
      "\n",
    );
  const start = (): ChildProcess =>
    spawn(
      "nsenter",
      [
        enter,
        process.execPath,
        join(projectDirectory, "toolchain/docker/main.ts"),
        "sh",
        "-c",
        "echo $DOCKER_HOST; exec cat",
      ],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env,
      },
    );
  const pidOf = (file: string): number => Number.parseInt(readFileSync(join(directory, file), "utf8"), 10);
  let before: string;

  beforeAll(() => {
    spawnSync("ip", ["netns", "add", namespace]);
    before = host();
  });
  afterAll(() => {
    spawnSync("ip", ["netns", "del", namespace]);
    rmSync(cache, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  });

  async function running(): Promise<ChildProcess> {
    const child = start();
    const said = await Promise.race([once(child.stdout!, "data"), once(child, "close")]);
    expect(String(said[0])).toBe(`unix://${directory}/docker.sock\n`);
    expect(host()).toContain("docker0");
    return child;
  }
  const gone = (pids: readonly number[]): Promise<void> =>
    waitFor("the daemon to end, and the host to be as before", 30_000, async () => {
      const alive = pids.filter((pid) => startTime(pid) !== undefined);
      if (alive.length > 0) return `still running: ${alive.join(", ")}`;
      const now = host();
      return now === before ? undefined : now;
    });

  test("ends with the command that needed it, and the host's network is as before", async () => {
    const child = await running();
    const pids = [pidOf("supervisor.pid"), pidOf("dockerd.pid")];
    child.stdin!.end();
    await once(child, "close");
    await gone(pids);
    expect(existsSync(join(directory, "docker.sock"))).toBe(false);
  });

  test("ends when the command that needed it is killed", async () => {
    const child = await running();
    const pids = [pidOf("supervisor.pid"), pidOf("dockerd.pid")];
    child.kill("SIGKILL");
    await gone(pids);
  });

  test("ends when its supervisor is killed; the next one puts the host's network back", async () => {
    const child = await running();
    const daemon = pidOf("dockerd.pid");
    process.kill(pidOf("supervisor.pid"), "SIGKILL");
    await waitFor("dockerd to end", 30_000, async () => (startTime(daemon) === undefined ? undefined : "it runs"));
    child.stdin!.end();
    await once(child, "close");
    const next = await running();
    next.stdin!.end();
    await once(next, "close");
    await gone([]);
  });

  test("is shared by commands, and stays while one of them needs it", async () => {
    const [first, second] = await Promise.all([running(), running()]);
    const pid = pidOf("dockerd.pid");
    first.stdin!.end();
    await once(first, "close");
    expect(startTime(pid)).toBeDefined();
    second.stdin!.end();
    await once(second, "close");
    await gone([pid]);
  });
});
