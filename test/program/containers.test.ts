/** Stacks whose nodes are containers, on the real engine with the docker plugin that is set up. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDirectory } from "../../provider/container/directory.ts";
import { nodeContainers } from "../../provider/container/docker.ts";
import { waitFor } from "../../provider/wait.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import { needs } from "../requirements.ts";
import { dockerState, hostState } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

interface Changed {
  readonly changes: Readonly<Record<string, number>>;
}

const needed = needs("pulumi", "root", "nft", "docker", "mmdebstrap");

describe("labs in containers", { ...needed, timeout: 300_000 }, () => {
  let docker: Docker;
  let project: TestProject;
  let before: string[];
  const stacks = ["bgp-containers", "bgp-security-containers", "anycast-containers"];
  const keys = (): string[] => stacks.map((stack) => project.key(stack));
  const good = (...args: readonly string[]): Promise<string> => project.good(args);
  const up = async (stack: string, ...args: readonly string[]): Promise<Changed["changes"]> =>
    (JSON.parse(await good("up", stack, "--json", ...args)) as Changed).changes;
  /** Ids by node. */
  const containersOf = async (stack: string): Promise<ReadonlyMap<string, string>> =>
    new Map((await nodeContainers(docker, project.key(stack))).map(({ node, id }) => [node, id]));
  const containerOf = async (stack: string, node: string): Promise<Docker.Container> => {
    const found = (await nodeContainers(docker, project.key(stack))).find((each) => each.node === node);
    return docker.getContainer(found?.id ?? "");
  };

  beforeAll(async () => {
    if (needed.skip) return;
    docker = await connectDocker();
    project = makeProject();
    before = [...(await hostState(project.directory, keys())), ...(await dockerState(docker))];
  });
  afterAll(() => project?.remove());

  test.each(stacks)("%s comes up, and passes its checks", async (stack) => {
    expect(Object.keys(await up(stack))).toEqual(["create"]);
    await good("check", stack);
  });

  test.each(stacks)("a second up of %s, and a preview with a refresh, change nothing", async (stack) => {
    expect(Object.keys(await up(stack))).toEqual(["same"]);
    const preview = await project.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", stack]);
    expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
  });

  test("a container that was stopped is started, and is what it was", async () => {
    const container = await containerOf("bgp-containers", "tr1-a");
    await container.stop();
    expect((await project.lab(["exec", "bgp-containers", "tr1-a", "true"])).stderr).toMatch(/The node tr1-a has ended/);
    expect(Object.keys(await up("bgp-containers")).sort()).toEqual(["same", "update"]);
    expect((await (await containerOf("bgp-containers", "tr1-a")).inspect()).Id).toBe(container.id);
    await good("check", "bgp-containers");
  });

  test("a container that was removed is made anew, and no other", async () => {
    const were = await containersOf("bgp-containers");
    await (await containerOf("bgp-containers", "t1b")).remove({ force: true });
    const refused = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "bgp-containers"]);
    expect(refused.stdout).toMatch(/t1b: its container was removed\. `pulumi up --refresh` makes what is missing anew/);
    const changes = await up("bgp-containers");
    expect(changes).toMatchObject({ create: 1 });
    expect(Object.keys(changes).sort()).toEqual(["create", "same", "update"]);
    const are = await containersOf("bgp-containers");
    expect([...are.keys()].filter((node) => are.get(node) !== were.get(node))).toEqual(["t1b"]);
    await good("check", "bgp-containers");
    expect(Object.keys(await up("bgp-containers"))).toEqual(["same"]);
  });

  test.each([
    ["bgp-containers", "tr1-a"],
    ["bgp-security-containers", "t1"],
    ["anycast-containers", "eu-client"],
  ])(
    "in %s a link that %s lost and an address of another node are back after an up, in the same containers",
    async (stack, node) => {
      const were = await containersOf(stack);
      const interfaceOf = async (each: string): Promise<string> => {
        const all = JSON.parse(
          await good("exec", stack, each, "--", "ip", "-json", "link", "show", "type", "veth"),
        ) as {
          ifname: string;
        }[];
        return all[0]?.ifname ?? expect.fail(`${each} has no link`);
      };
      const other = [...were.keys()].find((each) => each !== node) ?? "";
      const addressed = await interfaceOf(other);
      await good("exec", stack, node, "--", "ip", "link", "delete", await interfaceOf(node));
      await good("exec", stack, other, "--", "ip", "address", "flush", "dev", addressed, "scope", "global");
      expect(Object.keys(await up(stack)).sort()).toEqual(["same", "update"]);
      expect(await containersOf(stack)).toEqual(were);
      await good("check", stack);
      expect(Object.keys(await up(stack))).toEqual(["same"]);
    },
  );

  test.each([
    ["bgp-containers", "unpaid-traffic"],
    ["bgp-security-containers", "hijack"],
    ["anycast-containers", "europe-served-overseas"],
  ])("in %s the fault %s changes configurations, and replaces no container", async (stack, fault) => {
    const were = await containersOf(stack);
    await good("break", stack, fault);
    await good("check", stack, "--symptoms");
    await good("solve", stack);
    expect(await containersOf(stack)).toEqual(were);
  });

  test("nodes move out of their containers and back", async () => {
    await up("bgp-containers", "--set", "runtime=namespace");
    await good("check", "bgp-containers");
    expect(await nodeContainers(docker, project.key("bgp-containers"))).toEqual([]);
    await up("bgp-containers", "--set", "runtime=container");
    await good("check", "bgp-containers");
  });

  test("a watcher gives a restarted container its links and daemons back, makes a removed one anew, and ends with the lab", async () => {
    const watcher = project.start(["watch", "bgp-containers"]);
    let said = "";
    watcher.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    const until = (what: RegExp): Promise<void> =>
      waitFor(`the watcher to say ${what}`, 60_000, async () => (what.test(said) ? undefined : said));
    const ended = once(watcher, "close");
    await until(/^Watching/);
    await (await containerOf("bgp-containers", "t1a")).restart({ t: 0 });
    await until(/^Repaired after .*\n( {2}.*\n)* {2}node t1a: container: (stopped|started again)$/m);
    await waitFor("the lab to be as it was", 60_000, async () => {
      const { exitCode, stdout } = await project.lab(["check", "bgp-containers"]);
      return exitCode === 0 ? undefined : stdout;
    });
    await (await containerOf("bgp-containers", "t1b")).remove({ force: true });
    await waitFor("the container that was removed to be there anew, and the lab to be as it was", 60_000, async () => {
      if (!(await containersOf("bgp-containers")).has("t1b")) return said;
      const { exitCode, stdout, stderr } = await project.lab(["check", "bgp-containers"]);
      return exitCode === 0 ? undefined : stdout + stderr;
    });
    // It looks once more after a repair of its own.
    await waitFor("the lab to be down", 60_000, async () => {
      const { exitCode, stderr } = await project.lab(["down", "bgp-containers"]);
      return exitCode === 0 ? undefined : stderr;
    });
    await until(/^bgp-containers has gone down\.$/m);
    expect(await ended).toEqual([0, null]);
  });

  test(
    "bgp-security has its routers in containers, and its RPKI in namespaces, linked with them",
    needs("krill", "routinator"),
    async () => {
      await up("bgp-security-containers", "--set", "rpki=full");
      const inContainers = await containersOf("bgp-security-containers");
      expect([...inContainers.keys()]).not.toContain("rpki");
      expect(inContainers.size).toBeGreaterThan(5);
      await good("check", "bgp-security-containers");
      expect(Object.keys(await up("bgp-security-containers"))).toEqual(["same"]);
    },
  );

  test("down leaves nothing", async () => {
    await good("down", ...stacks);
    expect((await nodeContainers(docker)).filter(({ sandbox }) => keys().includes(sandbox))).toEqual([]);
    expect(keys().filter((key) => existsSync(runDirectory(key)))).toEqual([]);
    expect([...(await hostState(project.directory, keys())), ...(await dockerState(docker))]).toEqual(before);
  });
});
