import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attachmentOf } from "../../provider/container/attachments.ts";
import { runDirectory } from "../../provider/container/directory.ts";
import { nodeContainers } from "../../provider/container/docker.ts";
import { endHolder, findHolder } from "../../provider/sandbox/holder.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import { waitFor } from "../../provider/wait.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";

/** Two routers and a host in containers, and a router that is a namespace. */
const spec: TopologySpec = {
  runtime: "container",
  autonomousSystems: { one: { asn: 65001 }, two: { asn: 65002 }, three: { asn: 65003 } },
  nodes: {
    r1: {
      kind: "router",
      as: "one",
      originates: ["192.0.2.0/24", "2001:db8:1::/48"],
      container: { memory: 64, cpus: 0.5 },
    },
    r2: {
      kind: "router",
      as: "two",
      originates: ["198.51.100.0/24", "2001:db8:2::/48"],
      addresses: ["198.51.100.1/32", "2001:db8:2::1/128"],
    },
    r3: {
      kind: "router",
      as: "three",
      originates: ["203.0.113.0/24", "2001:db8:3::/48"],
      addresses: ["203.0.113.1/32", "2001:db8:3::1/128"],
      runtime: "namespace",
    },
    h1: { kind: "host" },
  },
  links: [{ ends: ["r1", "r2"] }, { ends: ["r2", "r3"], impairments: { delay: 5 } }],
  segments: { lan: { members: ["r1", "h1"], ipv4: "192.0.2.0/25", ipv6: "2001:db8:1::/64" } },
  relations: [
    { kind: "transit", provider: "two", customer: "one" },
    { kind: "transit", provider: "two", customer: "three" },
  ],
};

describe("nodes in containers", { ...needs("root", "bird", "nft", "docker", "mmdebstrap"), timeout: 60_000 }, () => {
  let docker: Docker;
  let lab: TestLab;
  let before: string;
  const inspect = async (node: string) => docker.getContainer(lab.containers[node] ?? "").inspect();
  /** The rules of the host's own firewall, without counters, its links, and what it has mounted of labs. */
  const host = (): string =>
    [
      execFileSync("nft", ["-s", "list", "ruleset"], { encoding: "utf8", stdio: "pipe" }),
      execFileSync("ip", ["-brief", "link"], { encoding: "utf8" }).replaceAll(/@.*/g, ""),
      ...readFileSync("/proc/self/mounts", "utf8")
        .split("\n")
        .filter((line) => line.includes("/run/labwright") || line.includes("/run/netns")),
    ].join("");

  beforeAll(async () => {
    docker = await connectDocker();
    before = host();
    lab = await bringUp(spec);
  }, 300_000);
  afterAll(async () => {
    await lab?.down();
  });

  test("show no drift, those that are namespaces neither", async () => {
    expect(await lab.drift()).toEqual([]);
    expect(Object.keys(lab.containers)).toEqual(["r1", "r2", "h1"]);
  });

  test("reach each other, in either runtime", async () => {
    expect(await lab.exec("h1", "ping -n -c 1 -W 2 203.0.113.1 && ping -n -c 1 -W 2 2001:db8:3::1")).toMatch(
      /1 received/,
    );
    expect(await lab.exec("r3", "ping -n -I 203.0.113.1 -c 1 -W 2 192.0.2.2")).toMatch(/1 received/);
  });

  test("have the few capabilities that they need, also for commands that come from outside", async () => {
    const { HostConfig } = await inspect("r1");
    expect(HostConfig.Privileged).toBe(false);
    expect(HostConfig.CapDrop).toEqual(["ALL"]);
    const own = await lab.exec("r1", "grep CapBnd /proc/1/status");
    expect(await lab.exec("r1", "grep CapBnd /proc/self/status")).toBe(own);
    expect(await lab.exec("r1", "grep CapEff /proc/self/status | cut -f2")).toBe(own.split("\t")[1]);
  });

  test("have their daemons under the container's limits", async () => {
    const { HostConfig } = await inspect("r1");
    expect([HostConfig.Memory, HostConfig.NanoCpus]).toEqual([64 * 1024 * 1024, 5e8]);
    const cgroup = (pid: string): Promise<string> => lab.exec("r1", `cat /proc/${pid}/cgroup`);
    const bird = (await lab.exec("r1", "cat /run/bird/bird.pid")).trim();
    expect(await cgroup(bird)).toBe(await cgroup("1"));
    expect(readFileSync(`/proc/${attachmentOf(lab.holder, "r1")?.pid}/cgroup`, "utf8")).toContain(lab.containers["r1"]);
  });

  test("are to Docker what people expect: processes, log, host name", async () => {
    const { Processes: processes } = (await docker.getContainer(lab.containers["r1"] ?? "").top()) as {
      Processes: string[][];
    };
    expect(processes.map((words) => words.at(-1)).join("\n")).toMatch(/^bird -f/m);
    const logs = await docker.getContainer(lab.containers["r1"] ?? "").logs({ stdout: true, stderr: true });
    expect(logs.toString("utf8")).toContain("State changed to up");
    expect((await inspect("r1")).Config.Hostname).toBe("r1");
    expect(await lab.exec("r1", "hostname; cat /etc/hosts")).toMatch(/^r1\n[^]*^\S+ r3$/m);
  });

  test("take a new configuration while they run", async () => {
    const { State, Id } = await inspect("r1");
    const bird = await lab.exec("r1", "cat /run/bird/bird.pid");
    const { declarations } = lab;
    const nodes = declarations.nodes.map((node) =>
      node.name === "r1"
        ? { ...node, files: { "bird.conf": node.files["bird.conf"]?.replace("192.0.2.0/24", "192.0.2.128/25") ?? "" } }
        : node,
    );
    const readiness = { ...declarations.readiness, routers: [] };
    await lab.up({ ...declarations, nodes, readiness });
    await waitFor("r2 to have the new prefix", 10_000, async () => {
      const routes = await lab.exec("r2", "birdc show route");
      return routes.includes("192.0.2.128/25") ? undefined : routes;
    });
    await lab.up(declarations);
    const after = await inspect("r1");
    expect([after.Id, after.State.Pid]).toEqual([Id, State.Pid]);
    expect(await lab.exec("r1", "cat /run/bird/bird.pid")).toBe(bird);
  });

  const container = (node: string): Docker.Container => docker.getContainer(lab.containers[node] ?? "");
  test.each([
    { name: "killed", act: () => container("r1").kill(), seen: "node r1: container: stopped" },
    { name: "stopped", act: () => container("r2").stop(), seen: "node r2: container: stopped" },
    { name: "restarted", act: () => container("r1").restart(), seen: "node r1: container: started again" },
    { name: "paused", act: () => container("h1").pause(), seen: "node h1: container: paused" },
  ])("one that is $name is found, and has its links and daemons back by the next up", async ({ act, seen }) => {
    const others = await lab.exec("r3", "cat /run/bird/bird.pid");
    await act();
    expect(await lab.drift()).toContain(seen);
    await lab.up();
    expect(await lab.drift()).toEqual([]);
    expect(await lab.exec("r3", "cat /run/bird/bird.pid")).toBe(others);
    expect(await lab.exec("h1", "ping -n -c 1 -W 2 203.0.113.1")).toMatch(/1 received/);
  });

  test("go on when the sandbox ends, and are plugged into the next one", async () => {
    const bird = await lab.exec("r1", "cat /run/bird/bird.pid");
    await endHolder(lab.holder);
    await lab.up();
    expect(await lab.drift()).toEqual([]);
    expect(await lab.exec("r1", "cat /run/bird/bird.pid")).toBe(bird);
  });

  test("come back after the machine did: nothing of /run, no process, and containers that are stopped", async () => {
    for (const node of ["r1", "r2", "h1"]) await container(node).kill();
    const holder = await findHolder(lab.key);
    if (holder !== undefined) await endHolder(holder);
    rmSync(runDirectory(lab.key), { recursive: true });
    await lab.up();
    expect(await lab.drift()).toEqual([]);
    expect(await lab.exec("h1", "ping -n -c 1 -W 2 203.0.113.1")).toMatch(/1 received/);
  });

  test("that a killed run has left are taken away when their successor is plugged in", async () => {
    const [{ Config: config } = {}] = [await inspect("h1")];
    const left = await docker.createContainer({ Image: config?.Image, Labels: config?.Labels, Cmd: ["sleep", "60"] });
    await container("h1").kill();
    await lab.up();
    await expect(left.inspect()).rejects.toThrow(/no such container/i);
  });

  test("that somebody removed are told, with what makes them anew", async () => {
    await container("h1").remove({ force: true });
    expect(await lab.drift()).toContain("node h1: container: removed");
    await expect(lab.up()).rejects.toThrow(/h1: its container was removed\. `pulumi up --refresh` makes/);
  });

  test("leave nothing behind", async () => {
    const { key } = lab;
    await lab.down();
    expect(await nodeContainers(docker, key)).toEqual([]);
    expect(existsSync(runDirectory(key))).toBe(false);
    expect(host()).toBe(before);
  });
});
