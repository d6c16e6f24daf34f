/** The image resource, and many containers of one image. */
import * as docker from "@pulumi/docker";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Image } from "../../../components/image.ts";
import { findImage } from "../../../images/index.ts";
import { storedImages } from "../../../images/ensure.ts";
import { connectDocker } from "../../../toolchain/docker/client.ts";
import { needs } from "../../requirements.ts";
import { testImage } from "../../support/image.ts";
import { makeStack, type TestStack } from "../../support/programs.ts";

const prefix = `labwright-many-${process.pid}`;

describe("containers of an image of ours", needs("pulumi", "docker"), () => {
  let stack: TestStack;
  let engine: Docker;
  beforeAll(async () => {
    engine = await connectDocker();
    await testImage();
    stack = await makeStack("stand-in");
  }, 300_000);
  afterAll(() => stack.remove());

  const program = (count: number) => async () => {
    const image = new Image("router", { image: "router" });
    for (let index = 1; index <= count; index++)
      new docker.Container(`r${index}`, {
        name: `${prefix}-r${index}`,
        hostname: `r${index}`,
        image: image.reference,
        networkMode: "none",
        capabilities: { adds: ["NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE"] },
        sysctls: { "net.ipv4.ip_forward": "1" },
        memory: 64,
        init: true,
        stopTimeout: 1,
        labels: [{ label: "labwright.lab", value: prefix }],
      });
    return { image: image.reference };
  };
  const running = async () =>
    (await engine.listContainers({ filters: { label: [`labwright.lab=${prefix}`] } })).map(({ Names }) => Names[0]);

  test("twenty come up side by side, differ in nothing the next time, and go without a trace", async () => {
    const up = await stack.up(program(20));
    expect(up.exitCode, up.output).toBe(0);
    expect((await running()).length).toBe(20);
    expect((await stack.up(program(20))).changes).toEqual({ same: 21 });
    const refreshed = await stack.refresh();
    expect(refreshed.changes, JSON.stringify(refreshed.steps)).toEqual({ same: 21 });
    expect((await stack.destroy()).exitCode).toBe(0);
    expect(await engine.listContainers({ all: true, filters: { label: [`labwright.lab=${prefix}`] } })).toEqual([]);
    expect((await storedImages(engine, findImage("router")?.name)).length).toBeGreaterThan(0);
  });
});
