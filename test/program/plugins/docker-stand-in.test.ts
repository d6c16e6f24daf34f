/** The stand-in keeps the promises of the official plugin and some more, and refuses what it doesn't cover. */
import * as docker from "@pulumi/docker";
import type Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectDocker } from "../../../toolchain/docker/client.ts";
import { needs } from "../../requirements.ts";
import { testImage } from "../../support/image.ts";
import { makeStack, type TestStack } from "../../support/programs.ts";
import { dockerContract } from "./contract/docker.ts";

const prefix = `labwright-test-${process.pid}`;

dockerContract("stand-in", "pulumi", "docker");

describe("docker, stand-in", needs("pulumi", "docker"), () => {
  let stack: TestStack;
  let image: string;
  let engine: Docker;
  beforeAll(async () => {
    engine = await connectDocker();
    image = await testImage();
    stack = await makeStack("stand-in");
  }, 300_000);
  afterEach(async () => void (await stack.destroy()));
  afterAll(() => stack.remove());
  const program = (args: Partial<docker.ContainerArgs>) => async () => {
    new docker.Container("node", { name: `${prefix}-own`, image, networkMode: "none", ...args });
    return {};
  };

  test("what it doesn't cover, and values of the wrong type, are refused by name, all at once", async () => {
    const refused = await stack.up(async () => {
      new docker.Container("node", {
        image: "labwright/none",
        gpus: "all",
        deviceReadBps: [{ path: "/dev/vda", rate: 1 }],
        restart: "sometimes",
        uploads: [{ file: "/x" }],
        memory: "much" as never,
      });
      return {};
    });
    for (const property of ["gpus", "deviceReadBps", "restart", "memory"])
      expect(refused.output).toContain(`property ${property}`);
  });

  test("a resource and a function that it doesn't have are refused by name", async () => {
    const volume = await stack.up(async () => {
      new docker.Volume("data", {});
      return {};
    });
    expect(volume.output).toContain("has no docker:index/volume:Volume; it has docker:index/container:Container");
    const lookUp = await stack.up(async () => ({ network: await docker.getNetwork({ name: "bridge" }) }));
    expect(lookUp.output).toContain("so no docker:index/getNetwork:getNetwork");
  });

  test("an image that is neither here nor to be had is named", async () => {
    const failed = await stack.up(async () => {
      new docker.Container("node", { image: "localhost:1/none:1", name: `${prefix}-none` });
      return {};
    });
    expect(failed.output).toMatch(
      /can't create the container .*: the image localhost:1\/none:1 is not here and can't be pulled/,
    );
  });

  test("a change of what Docker can't lift from a running container replaces it", async () => {
    await stack.up(program({ memory: 64, init: false }));
    expect((await stack.up(program({ init: false }))).changes).toEqual({ replace: 1 });
    expect((await stack.up(program({ init: true }))).changes).toEqual({ replace: 1 });
  });

  test("ways to write the same are no difference, and neither is swap that nobody declared", async () => {
    const same = { changes: { same: 1 }, exitCode: 0 };
    await stack.up(program({ capabilities: { adds: ["NET_ADMIN", "CAP_NET_RAW"] }, memory: 64, cpus: "1" }));
    const other = program({ capabilities: { adds: ["NET_RAW", "CAP_NET_ADMIN"] }, memory: 64, cpus: "1.0" });
    expect((await stack.preview(other)).steps).toEqual({});
    expect(await stack.up(other)).toMatchObject(same);
    expect((await stack.refresh()).changes).toEqual({ same: 1 });
    expect(await stack.up(other)).toMatchObject(same);
  });

  test("a container that was taken out of its network is made anew", async () => {
    const both = async () => {
      const network = new docker.Network("net", { name: `${prefix}-own`, internal: true });
      const networksAdvanced = [{ name: network.name }];
      new docker.Container("node", { name: `${prefix}-own`, image, networksAdvanced });
      return {};
    };
    const up = await stack.up(both);
    expect(up.exitCode, up.output).toBe(0);
    await engine.getNetwork(`${prefix}-own`).disconnect({ Container: `${prefix}-own` });
    await stack.refresh();
    expect((await stack.up(both)).changes).toEqual({ same: 1, replace: 1 });
    expect((await engine.getContainer(`${prefix}-own`).inspect()).NetworkSettings.Networks).toHaveProperty(
      `${prefix}-own`,
    );
  });
});
