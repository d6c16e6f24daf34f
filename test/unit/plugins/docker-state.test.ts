/** The docker stand-in over states that it didn't write, or wrote for a lab that was declared otherwise. */
import { createRequire } from "node:module";
import { beforeEach, describe, expect, test } from "vitest";
import { containerSettings } from "../../../components/container.ts";
import { containerResource } from "../../../plugins/docker/container/container.ts";
import { standInService } from "../../../plugins/service.ts";
import { fromStruct, toStruct, type Properties } from "../../../provider/rpc/values.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const urn = "urn:pulumi:s::p::labwright:index:Lab$docker:index/container:Container::demo-r1";
const id = "c0ffee";
const mebibyte = 1024 * 1024;

/** What a lab declares now. */
const declaration = { node: "r1", image: "router", memory: 64, cpus: 1, programs: false, tools: [], daemon: "bird" };
const { mounts, ...settings } = containerSettings(declaration as never, { sandbox: "demo", project: "/demo" });
const declared = { ...settings, mounts, image: "labwright/router:1" };

const defaults = {
  ...{ attach: false, containerReadRefreshTimeoutMilliseconds: 15_000, logs: false, memoryReservation: 0 },
  ...{ mustRun: true, name: "demo-r1-0123456", readOnly: false, removeVolumes: true, restart: "no", rm: false },
  ...{ start: true, stdinOpen: false, tty: false, wait: false, waitTimeout: 60 },
};
const inner = <T extends object>(values: readonly T[]) => values.map((value) => ({ __defaults: [], ...value }));

/** As the bridge writes it: defaults are noted at each level, the outputs have all that was read, and its own notes. */
const official = {
  inputs: {
    __defaults: Object.keys(defaults).sort(),
    ...defaults,
    ...declared,
    capabilities: { __defaults: [], ...declared.capabilities },
    labels: inner(declared.labels),
    mounts: inner(mounts),
  },
  outputs: {
    __meta: JSON.stringify({
      "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 1.2e12, delete: 1.2e12, update: 1.2e12 },
      schema_version: "2",
    }),
    ...{ id, bridge: "", cgroupParent: null, command: null, containerLogs: null, cpuSet: "", cpuShares: 0, dns: null },
    ...{ domainname: "", envs: [], exitCode: null, healthcheck: null, ipcMode: "private", logDriver: "json-file" },
    ...{ networkDatas: [], platform: "linux", runtime: "runc", securityOpts: null, shmSize: 64, stopSignal: "" },
    ...{ stopTimeout: 0, tmpfs: null, volumes: null },
    ...defaults,
    ...declared,
  },
};

const inspection = {
  Id: id,
  Name: "/demo-r1-0123456",
  Image: "sha256:00",
  State: { Running: true, ExitCode: 0 },
  Config: {
    Image: "labwright/router:1",
    ...{ Entrypoint: declared.entrypoints, User: "0", Hostname: "r1", WorkingDir: declared.workingDir, Env: ["A=b"] },
    Labels: Object.fromEntries(declared.labels.map(({ label, value }) => [label, value])),
    ...{ Tty: false, OpenStdin: false },
  },
  HostConfig: {
    ...{ CapAdd: declared.capabilities.adds, CapDrop: ["ALL"], Init: true, NetworkMode: "none", NanoCpus: 1e9 },
    ...{ Memory: 64 * mebibyte, MemorySwap: 128 * mebibyte, RestartPolicy: { Name: "no", MaximumRetryCount: 0 } },
    Mounts: mounts.map(({ type, source, target, readOnly }) => ({
      ...{ Type: type, Source: source, Target: target, ReadOnly: readOnly },
    })),
  },
  NetworkSettings: { Networks: {} },
};

let asked: unknown[][];
beforeEach(() => void (asked = []));
const note =
  (name: string) =>
  async (...args: unknown[]) =>
    void asked.push([name, ...args]);
const container = { id, inspect: async () => inspection, update: note("update"), remove: note("remove") };
const docker = () => ({ getContainer: () => container }) as never;

/* eslint-disable @typescript-eslint/no-explicit-any -- protobuf messages */
async function call(method: string, request: any): Promise<any> {
  const plugin = { name: "docker", resources: [containerResource(docker)], settings: {}, configure: () => {} };
  const service = standInService(plugin, "5.2.0", { info: () => {}, progress: () => {} }) as any;
  return new Promise((resolve, reject) =>
    service[method]({ request: request.setUrn(urn) }, (error: any, response: any) =>
      error === null ? resolve(response) : reject(error),
    ),
  );
}

/** What the engine gives the plugin after `check`, and what the plugin says of it. */
async function diff(state: { inputs: object; outputs: object }, program: object) {
  const checked = await call(
    "check",
    new messages.CheckRequest().setOlds(toStruct(state.inputs as Properties)).setNews(toStruct(program as Properties)),
  );
  expect(checked.getFailuresList()).toEqual([]);
  const request = new messages.DiffRequest()
    .setId(id)
    .setOldInputs(toStruct(state.inputs as Properties))
    .setOlds(toStruct(state.outputs as Properties))
    .setNews(checked.getInputs());
  const found = await call("diff", request);
  return { inputs: checked.getInputs(), differs: found.getDiffsList(), replaces: found.getReplacesList() };
}

describe("a state in the official plugin's form", () => {
  test("is no difference to the same program", async () => {
    expect(await diff(official, declared)).toMatchObject({ differs: [], replaces: [] });
  });

  test("is read with what is declared, and keeps which of it are defaults", async () => {
    const response = await call(
      "read",
      new messages.ReadRequest()
        .setId(id)
        .setInputs(toStruct(official.inputs))
        .setProperties(toStruct(official.outputs as unknown as Properties)),
    );
    expect(response.getId()).toBe(id);
    const { known } = fromStruct(response.getInputs());
    expect(known).toEqual({ __defaults: Object.keys(defaults).sort(), ...defaults, ...declared });
    expect(await diff({ inputs: known, outputs: {} }, declared)).toMatchObject({ differs: [] });
  });

  test("is updated in the running container, and left behind without the bridge's notes", async () => {
    const { inputs, differs } = await diff(official, { ...declared, memory: 96, memorySwap: 192 });
    expect(differs).toEqual(["memory", "memorySwap"]);
    const response = await call(
      "update",
      new messages.UpdateRequest()
        .setId(id)
        .setOlds(toStruct(official.outputs as unknown as Properties))
        .setNews(inputs),
    );
    expect(asked).toEqual([["update", expect.objectContaining({ Memory: 96 * mebibyte, MemorySwap: 192 * mebibyte })]]);
    const { known } = fromStruct(response.getProperties());
    expect(Object.keys(known).filter((name) => name.startsWith("__"))).toEqual([]);
  });

  test("is deleted", async () => {
    await call(
      "delete",
      new messages.DeleteRequest().setId(id).setProperties(toStruct(official.outputs as unknown as Properties)),
    );
    expect(asked).toEqual([["remove", { force: true, v: true }]]);
  });
});

test("a container of a lab that was made with other spellings is not replaced for them", async () => {
  const { memorySwap: _, ...rest } = declared;
  const plain = (name: string): string => name.replace("CAP_", "");
  const capabilities = { drops: ["ALL"], adds: declared.capabilities.adds.map(plain) };
  const before = { ...defaults, ...rest, capabilities, cpus: "1", __defaults: Object.keys(defaults) };
  expect(await diff({ inputs: before, outputs: before }, declared)).toMatchObject({
    differs: ["memorySwap"],
    replaces: [],
  });
});
