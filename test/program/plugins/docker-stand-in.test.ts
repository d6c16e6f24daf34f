/** The stand-in keeps the promises of the official plugin, and refuses what it doesn't cover. */
import * as docker from "@pulumi/docker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../requirements.ts";
import { testImage } from "../../support/image.ts";
import { makeStack, type TestStack } from "../../support/programs.ts";
import { dockerContract } from "./contract/docker.ts";

const prefix = `labwright-test-${process.pid}`;

dockerContract("stand-in", "pulumi", "docker");

describe("docker, stand-in", needs("pulumi", "docker"), () => {
  let stack: TestStack;
  beforeAll(async () => void (stack = await makeStack("stand-in")));
  afterAll(() => stack.remove());

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
    const image = await testImage();
    const program = (args: Partial<docker.ContainerArgs>) => async () => {
      new docker.Container("node", { name: `${prefix}-limit`, image, networkMode: "none", ...args });
      return {};
    };
    await stack.up(program({ memory: 64, init: false }));
    expect((await stack.up(program({ init: false }))).changes).toEqual({ replace: 1 });
    expect((await stack.up(program({ init: true }))).changes).toEqual({ replace: 1 });
    await stack.destroy();
  });
});
