/** Promises of @pulumi/docker that labs rely on, on the official plugin and on the stand-in. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import type Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Program } from "../../../../cli/engine/run.ts";
import { connectDocker, isNotFound } from "../../../../toolchain/docker/client.ts";
import { needs, type Requirement } from "../../../requirements.ts";
import { testImage } from "../../../support/image.ts";
import { makeStack, type TestStack } from "../../../support/programs.ts";

const prefix = `labwright-test-${process.pid}`;

/** Registers the tests for one of the plugins; `requirements` is what they need of the machine. */
export function dockerContract(plugins: "official" | "stand-in", ...requirements: readonly Requirement[]): void {
  describe(`docker, ${plugins}`, needs(...requirements), () => {
    let stack: TestStack;
    let image: string;
    let engine: Docker;
    beforeAll(async () => {
      engine = await connectDocker();
      image = await testImage();
      stack = await makeStack(plugins);
    }, 300_000);
    afterEach(async () => void (await stack.destroy()));
    afterAll(async () => {
      await stack.remove();
      const left = await engine.listContainers({ all: true, filters: { name: [prefix] } });
      expect(left.map((container) => container.Names)).toEqual([]);
    });

    const name = `${prefix}-node`;
    const node = (args: Partial<docker.ContainerArgs> = {}) => ({ name, image, networkMode: "none", ...args });
    const program =
      (args: Partial<docker.ContainerArgs> = {}): Program =>
      async () => {
        const made = new docker.Container("node", node(args));
        return { id: made.id };
      };
    const inspect = () => engine.getContainer(name).inspect();
    const good = { changes: { same: 1 }, exitCode: 0 };

    /** Everything that a lab's node declares. */
    const full = (config: string): Partial<docker.ContainerArgs> => ({
      hostname: "r1",
      domainname: "lab",
      command: ["sleep", "1000"],
      envs: ["COLOUR=green", "SIZE=large"],
      labels: [
        { label: "labwright.lab", value: "test" },
        { label: "labwright.node", value: "r1" },
      ],
      init: true,
      stopTimeout: 1,
      capabilities: { adds: ["CAP_NET_ADMIN", "CAP_NET_RAW"], drops: ["CAP_MKNOD"] },
      sysctls: { "net.ipv4.ip_forward": "1", "net.ipv6.conf.all.disable_ipv6": "0" },
      mounts: [
        { type: "bind", source: config, target: "/etc/bird", readOnly: true },
        { type: "tmpfs", target: "/run/bird", tmpfsOptions: { sizeBytes: 1048576 } },
      ],
      volumes: [{ hostPath: config, containerPath: "/config" }],
      memory: 64,
      memorySwap: 128,
      cpus: "0.5",
      cpuShares: 512,
      ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
      hosts: [{ host: "r2", ip: "10.0.0.2" }],
      dns: ["10.0.0.53"],
      uploads: [{ file: "/srv/hello", content: "hello", executable: true }],
      restart: "unless-stopped",
      user: "root",
      workingDir: "/srv",
    });
    const fullProgram = (changes: Partial<docker.ContainerArgs> = {}): Program => {
      const config = join(stack.directory, "config");
      mkdirSync(config, { recursive: true });
      writeFileSync(join(config, "bird.conf"), "router id 10.0.0.1;\n");
      return program({ ...full(config), ...changes });
    };

    test("a container gets all that is declared, and nothing differs at the next up and after a refresh", async () => {
      const up = await stack.up(fullProgram());
      expect(up.exitCode, up.output).toBe(0);
      const { Config: config, HostConfig: host, State: state } = await inspect();
      expect(state.Running).toBe(true);
      expect(config).toMatchObject({ Hostname: "r1", Domainname: "lab", Cmd: ["sleep", "1000"], StopTimeout: 1 });
      expect(config.Env).toEqual(expect.arrayContaining(["COLOUR=green", "SIZE=large"]));
      expect(config.Labels).toMatchObject({ "labwright.lab": "test", "labwright.node": "r1" });
      expect(host).toMatchObject({
        NetworkMode: "none",
        Init: true,
        Privileged: false,
        Memory: 64 * 1024 * 1024,
        NanoCpus: 500_000_000,
        CpuShares: 512,
        Sysctls: { "net.ipv4.ip_forward": "1", "net.ipv6.conf.all.disable_ipv6": "0" },
        ExtraHosts: ["r2:10.0.0.2"],
        Dns: ["10.0.0.53"],
        RestartPolicy: { Name: "unless-stopped" },
      });
      expect(host.CapAdd?.map((each: string) => each.replace("CAP_", "")).sort()).toEqual(["NET_ADMIN", "NET_RAW"]);
      const run = await engine.getContainer(name).exec({
        Cmd: [
          "sh",
          "-c",
          "cat /etc/bird/bird.conf /config/bird.conf /srv/hello; touch /etc/bird/x 2>/dev/null || stat -c %a /srv/hello",
        ],
        AttachStdout: true,
        // Otherwise each piece of output has a header.
        Tty: true,
      });
      const stream = await run.start({ Tty: true });
      let said = "";
      for await (const part of stream) said += String(part);
      expect(said.replaceAll("\r", "")).toContain("router id 10.0.0.1;\nrouter id 10.0.0.1;\nhello744\n");

      expect(await stack.up(fullProgram())).toMatchObject(good);
      const refreshed = await stack.refresh();
      expect(refreshed.changes, JSON.stringify(refreshed.steps)).toEqual({ same: 1 });
      expect(await stack.preview(fullProgram())).toMatchObject(good);
      expect(await stack.up(fullProgram())).toMatchObject(good);
    });

    test("the order of lists in which it means nothing, and defaults written out, are no difference", async () => {
      await stack.up(fullProgram());
      const written = fullProgram({
        envs: ["SIZE=large", "COLOUR=green"],
        capabilities: { adds: ["CAP_NET_RAW", "CAP_NET_ADMIN"], drops: ["CAP_MKNOD"] },
        networkMode: "none",
        restart: "unless-stopped",
        readOnly: false,
      });
      expect((await stack.preview(written)).steps).toEqual({});
    });

    test.each([
      ["memory", { memory: 96 }],
      ["cpuShares", { cpuShares: 256 }],
      ["restart", { restart: "no" }],
    ])("%s changes live", async (property, change) => {
      await stack.up(fullProgram());
      const { Id: before, State: state } = await inspect();
      const changed = await stack.up(fullProgram(change));
      expect(changed.exitCode, changed.output).toBe(0);
      expect(changed.steps["node"]).toEqual({ op: "update", differs: [property] });
      const after = await inspect();
      expect([after.Id, after.State.StartedAt]).toEqual([before, state.StartedAt]);
      expect(await stack.up(fullProgram(change))).toMatchObject(good);
    });

    test.each([
      ["hostname", { hostname: "r2" }],
      ["command", { command: ["sleep", "999"] }],
      ["sysctls", { sysctls: { "net.ipv4.ip_forward": "0" } }],
      ["labels", { labels: [{ label: "other", value: "x" }] }],
      ["uploads", { uploads: [{ file: "/srv/hello", content: "bye" }] }],
    ])("a change of %s replaces the container, the old one first", async (property, change) => {
      await stack.up(fullProgram());
      const { Id: before } = await inspect();
      const preview = await stack.preview(fullProgram(change));
      expect(preview.changes["replace"], preview.output).toBe(1);
      const changed = await stack.up(fullProgram(change));
      expect(changed.exitCode, changed.output).toBe(0);
      expect(changed.steps["node"]?.differs.every((path) => path.startsWith(property))).toBe(true);
      expect((await inspect()).Id).not.toBe(before);
    });

    test("a refresh sees a stopped container, and up starts it", async () => {
      await stack.up(program());
      const { Id: before } = await inspect();
      await engine.getContainer(name).kill();
      const refreshed = await stack.refresh();
      expect(refreshed.changes["update"], JSON.stringify(refreshed)).toBe(1);
      const up = await stack.up(program());
      expect(up.steps["node"], up.output).toEqual({ op: "update", differs: ["mustRun"] });
      const after = await inspect();
      expect([after.Id, after.State.Running]).toEqual([before, true]);
      expect(await stack.up(program())).toMatchObject(good);
    });

    test("a refresh sees a removed container, and up makes it anew", async () => {
      await stack.up(program());
      await engine.getContainer(name).remove({ force: true });
      expect((await stack.refresh()).changes["delete"]).toBe(1);
      expect((await stack.up(program())).changes["create"]).toBe(1);
      expect((await inspect()).State.Running).toBe(true);
    });

    test("a container that is gone already is deleted without an error", async () => {
      await stack.up(program());
      await engine.getContainer(name).remove({ force: true });
      expect((await stack.destroy()).exitCode).toBe(0);
    });

    test("a container gets a name of its own where none is declared, and keeps it", async () => {
      const nameless: Program = async () => {
        const made = new docker.Container(`${prefix}-auto`, { image, networkMode: "none" });
        return { name: made.name };
      };
      await stack.up(nameless);
      const given = (await stack.state(`${prefix}-auto`)).outputs["name"];
      expect(given).toMatch(new RegExp(`^${prefix}-auto-[0-9a-f]{7}$`));
      expect(await stack.up(nameless)).toMatchObject(good);
      expect((await stack.state(`${prefix}-auto`)).outputs["name"]).toBe(given);
    });

    test("a container that should not be started isn't, and that is no difference", async () => {
      await stack.up(program({ start: false, mustRun: false }));
      expect((await inspect()).State.Status).toBe("created");
      await stack.refresh();
      expect(await stack.up(program({ start: false, mustRun: false }))).toMatchObject(good);
    });

    test("a container's output is kept where it is waited for", async () => {
      await stack.up(program({ command: ["echo", "done"], attach: true, logs: true, mustRun: false }));
      expect((await stack.state("node")).outputs).toMatchObject({ containerLogs: "done\n", exitCode: 0 });
    });

    test("a network with addresses, and containers in it that know each other by name", async () => {
      const both: Program = async () => {
        const network = new docker.Network("net", {
          name: `${prefix}-net`,
          ipamConfigs: [{ subnet: "10.213.7.0/24", gateway: "10.213.7.1" }],
          labels: [{ label: "labwright.lab", value: "test" }],
          internal: true,
        });
        const member = (each: string, address: string) =>
          new docker.Container(each, {
            name: `${prefix}-${each}`,
            image,
            networksAdvanced: [{ name: network.name, ipv4Address: address, aliases: [each] }],
          });
        const [one, two] = [member("one", "10.213.7.11"), member("two", "10.213.7.12")];
        return { one: one.networkDatas, two: two.id };
      };
      const up = await stack.up(both);
      expect(up.exitCode, up.output).toBe(0);
      expect((await stack.state("one")).outputs["networkDatas"]).toMatchObject([
        { networkName: `${prefix}-net`, ipAddress: "10.213.7.11", ipPrefixLength: 24 },
      ]);
      const exec = await engine
        .getContainer(`${prefix}-one`)
        .exec({ Cmd: ["ping", "-c1", "-W2", "two"], AttachStdout: true, AttachStderr: true });
      for await (const _ of await exec.start({}));
      expect((await exec.inspect()).ExitCode).toBe(0);
      expect((await stack.up(both)).changes).toEqual({ same: 3 });
      expect((await stack.refresh()).changes).toEqual({ same: 3 });
      expect((await stack.preview(both)).changes).toEqual({ same: 3 });

      expect((await stack.destroy()).exitCode).toBe(0);
      await expect(engine.getNetwork(`${prefix}-net`).inspect()).rejects.toSatisfy(isNotFound);
    });

    test("an image that the engine has is found and kept", async () => {
      const withImage: Program = async () => {
        const found = new docker.RemoteImage("image", { name: image, keepLocally: true });
        const made = new docker.Container("node", node({ image: found.imageId }));
        return { id: made.id };
      };
      const up = await stack.up(withImage);
      expect(up.exitCode, up.output).toBe(0);
      const { Id: id } = await engine.getImage(image).inspect();
      expect((await stack.state("image")).outputs["imageId"]).toBe(id);
      expect((await stack.up(withImage)).changes).toEqual({ same: 2 });
      await stack.refresh();
      expect((await stack.up(withImage)).changes).toEqual({ same: 2 });
      await stack.destroy();
      expect((await engine.getImage(image).inspect()).Id).toBe(id);
    });

    test("a container that somebody else made is imported with what it has", async () => {
      const made = await engine.createContainer({
        name,
        Image: image,
        Hostname: "r9",
        Labels: { a: "b" },
        HostConfig: { NetworkMode: "none", CapAdd: ["NET_ADMIN"], Memory: 64 * 1024 * 1024 },
      });
      await made.start();
      const imported = await stack.import("docker:index/container:Container", "node", made.id);
      expect(imported.exitCode, imported.output).toBe(0);
      expect((await stack.state("node")).inputs).toMatchObject({ name, image, networkMode: "none", memory: 64 });
      await stack.destroy();
      await expect(inspect()).rejects.toSatisfy(isNotFound);
    });
  });
}
