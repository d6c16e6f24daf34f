import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { fromStruct, toStruct } from "../../../provider/rpc/values.ts";
import { list, number, string } from "../../../topology/validation/form.ts";
import { standInService } from "../../../plugins/service.ts";
import { unordered, type Plugin, type StandIn } from "../../../plugins/stand-in.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const urn = "urn:pulumi:s::p::thing:index:Thing::thing";

const thing: StandIn = {
  type: "thing:index:Thing",
  properties: {
    name: { form: string, change: "replace" },
    size: { form: number, change: "update", default: 1 },
    image: { form: string, change: "replace", required: true },
    parts: { form: list(string), change: "update", canonical: unordered },
  },
  computed: ["address"],
  named: true,
  deleteFirst: "named",
  create: async (inputs) => ({ id: "1", outputs: { ...inputs, address: "a" } }),
  update: async (_id, inputs) => inputs,
  read: async (id, inputs) =>
    id === "gone" ? undefined : { id, inputs: inputs ?? { image: "x" }, outputs: { image: "x" } },
  remove: async () => {},
};
const plugin: Plugin = { name: "thing", resources: [thing], settings: { host: string }, configure: () => {} };

/* eslint-disable @typescript-eslint/no-explicit-any -- protobuf messages */
async function call(method: string, request: any): Promise<any> {
  const service = standInService(plugin, "1.2.3", { info: () => {}, progress: () => {} }) as any;
  return new Promise((resolve, reject) =>
    service[method]({ request }, (error: any, response: any) => (error === null ? resolve(response) : reject(error))),
  );
}

const check = (news: object, olds: object = {}): Promise<any> =>
  call("check", new messages.CheckRequest().setUrn(urn).setNews(toStruct(news)).setOlds(toStruct(olds)));
const diff = (before: object, after: object, unknown: string[] = []): Promise<any> =>
  call(
    "diff",
    new messages.DiffRequest()
      .setUrn(urn)
      .setId("1")
      .setOldInputs(toStruct(before))
      .setOlds(toStruct(before))
      .setNews(toStruct(after, unknown)),
  );
const failures = (response: any): string[] =>
  response.getFailuresList().map((each: any) => `${each.getProperty()}: ${each.getReason()}`);

describe("check", () => {
  test("names every property that is missing, unknown or of the wrong type", async () => {
    const said = failures(await check({ size: "large", colour: "green", parts: ["a", 1] }));
    expect(said.map((line) => line.split(":")[0])).toEqual(["size", "image", "parts[1]", "colour"]);
    expect(said[3]).toContain("Labwright's stand-in for the thing plugin doesn't have this property");
  });

  test("fills in defaults and a name, and notes which they are", async () => {
    const { known } = fromStruct((await check({ image: "x" })).getInputs());
    expect(known).toMatchObject({ image: "x", size: 1, __defaults: ["name", "size"] });
    expect(known["name"]).toMatch(/^thing-[0-9a-f]{7}$/);
  });

  test("keeps the name that it has given, and not one that was declared", async () => {
    const name = async (olds: object): Promise<unknown> =>
      fromStruct((await check({ image: "x" }, olds)).getInputs()).known["name"];
    expect(await name({ name: "thing-1234567", __defaults: ["name"] })).toBe("thing-1234567");
    expect(await name({ name: "mine", __defaults: [] })).not.toBe("mine");
  });

  test("takes what isn't known yet as given", async () => {
    const response = await call(
      "check",
      new messages.CheckRequest()
        .setUrn(urn)
        .setNews(toStruct({}, ["image"]))
        .setOlds(toStruct({})),
    );
    expect(failures(response)).toEqual([]);
    expect(fromStruct(response.getInputs()).unknown).toEqual(["image"]);
  });
});

describe("diff", () => {
  const before = { name: "n", image: "x", parts: ["a", "b"], __defaults: ["size"] };
  const kinds = (response: any): Record<string, number> =>
    Object.fromEntries(
      response
        .getDetaileddiffMap()
        .toArray()
        .map(([path, value]: any) => [path, value[0] ?? value.kind]),
    );

  test("finds nothing in another order, in a default written out, or in what the plugin notes for itself", async () => {
    const response = await diff(before, { name: "n", image: "x", parts: ["b", "a"], size: 1 });
    expect([response.getChanges(), kinds(response)]).toEqual([messages.DiffResponse.DiffChanges.DIFF_NONE, {}]);
  });

  test("tells what is updated, and what replaces", async () => {
    const updated = await diff(before, { ...before, size: 2 });
    expect([updated.getDiffsList(), updated.getReplacesList()]).toEqual([["size"], []]);
    const replaced = await diff(before, { ...before, image: "y" });
    expect([replaced.getReplacesList(), replaced.getDeletebeforereplace()]).toEqual([["image"], true]);
  });

  test("an unknown value may replace; two of different names can be there at once", async () => {
    const response = await diff(before, { name: "other", parts: before.parts }, ["image"]);
    expect([response.getReplacesList(), response.getDeletebeforereplace()]).toEqual([["name", "image"], false]);
  });
});

test("a preview has everything that is declared, and the rest unknown", async () => {
  const request = new messages.CreateRequest()
    .setUrn(urn)
    .setPreview(true)
    .setProperties(toStruct({ image: "x" }));
  const { known, unknown } = fromStruct((await call("create", request)).getProperties());
  expect([known, unknown]).toEqual([{ image: "x" }, ["address"]]);
});

test("a resource that is gone is read as gone", async () => {
  const request = new messages.ReadRequest()
    .setUrn(urn)
    .setId("gone")
    .setInputs(toStruct({ image: "x" }));
  expect((await call("read", request)).getId()).toBe("");
});

test("another resource, a function and a setting that it doesn't have are refused by name", async () => {
  const other = new messages.CreateRequest().setUrn(urn.replace("Thing::", "Other::")).setProperties(toStruct({}));
  await expect(call("create", other)).rejects.toMatchObject({
    details: expect.stringContaining("has no thing:index:Other; it has thing:index:Thing"),
  });
  await expect(call("invoke", new messages.InvokeRequest().setTok("thing:index:get"))).rejects.toMatchObject({
    details: expect.stringContaining("so no thing:index:get"),
  });
  const settings = await call(
    "checkConfig",
    new messages.CheckRequest().setNews(toStruct({ host: "x", caMaterial: "y" })),
  );
  expect(failures(settings)).toEqual([
    "caMaterial: Labwright's stand-in for the thing plugin doesn't have it; it has host",
  ]);
});
