import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { Batch } from "../../../provider/batch.ts";
import { changedPaths, type Resource } from "../../../provider/resource.ts";
import { PartialFailure, providerService } from "../../../provider/rpc/service.ts";
import { fromStruct, toStruct } from "../../../provider/rpc/values.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const urn = "urn:pulumi:s::p::labwright:index:Lab$labwright:net:Thing::thing";

interface Thing {
  name: string;
  size: number;
}

/** A resource over a world that is a variable. */
function thing(world: { drift?: string[]; fail?: Error; made: number }): Resource {
  const resource: Resource<Thing> = {
    type: "labwright:net:Thing",
    changes: { name: "replace", size: "live" },
    check: (inputs) =>
      inputs.size !== undefined && inputs.size < 0
        ? [{ code: "negative", path: "size", found: inputs.size, expected: "a positive size", hint: "Make it larger." }]
        : [],
    id: (inputs) => inputs.name,
    predict: () => ({}),
    observe: async () => (world.drift === undefined ? undefined : { drift: world.drift }),
    reconcile: async (inputs) => {
      if (world.fail !== undefined) throw world.fail;
      world.made += 1;
      return inputs;
    },
    remove: async () => {},
  };
  return resource as unknown as Resource;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- protobuf messages */
async function call(resource: Resource, method: string, request: any, log: string[] = []): Promise<any> {
  const service = providerService(
    [resource],
    { info: (_, message) => log.push(message), progress: () => {} },
    "0.0.0",
    "quick",
  ) as any;
  return new Promise((resolve, reject) =>
    service[method]({ request }, (error: any, response: any) => (error === null ? resolve(response) : reject(error))),
  );
}

const diffRequest = (olds: object, news: object): any =>
  new messages.DiffRequest()
    .setUrn(urn)
    .setOlds(toStruct({ ...olds, drift: [] }))
    .setOldInputs(toStruct(olds))
    .setNews(toStruct(news));

describe("the provider's service", () => {
  test("finds no change when inputs and world are the same", async () => {
    const response = await call(
      thing({ drift: [], made: 0 }),
      "diff",
      diffRequest({ name: "a", size: 1 }, { name: "a", size: 1 }),
    );
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  test("finds drift without a refresh", async () => {
    const response = await call(
      thing({ drift: ["gone"], made: 0 }),
      "diff",
      diffRequest({ name: "a", size: 1 }, { name: "a", size: 1 }),
    );
    expect(response.getDiffsList()).toEqual(["drift"]);
    expect(response.getReplacesList()).toEqual([]);
  });

  test("replaces for a property whose change replaces, and only then", async () => {
    const live = await call(
      thing({ drift: [], made: 0 }),
      "diff",
      diffRequest({ name: "a", size: 1 }, { name: "a", size: 2 }),
    );
    expect([live.getDiffsList(), live.getReplacesList()]).toEqual([["size"], []]);
    const replaced = await call(
      thing({ drift: [], made: 0 }),
      "diff",
      diffRequest({ name: "a", size: 1 }, { name: "b", size: 1 }),
    );
    expect(replaced.getReplacesList()).toEqual(["name"]);
  });

  test("refuses bad inputs with the property's name", async () => {
    const response = await call(
      thing({ made: 0 }),
      "check",
      new messages.CheckRequest().setUrn(urn).setNews(toStruct({ name: "a", size: -1 })),
    );
    expect(response.getFailuresList()[0].toObject()).toEqual({
      property: "size",
      reason: "expected a positive size; Make it larger.",
    });
  });

  test("makes nothing in a preview and keeps unknown values unknown", async () => {
    const world = { made: 0 };
    const request = new messages.CreateRequest()
      .setUrn(urn)
      .setPreview(true)
      .setProperties(toStruct({ size: 1 }, ["name"]));
    const response = await call(thing(world), "create", request);
    expect(fromStruct(response.getProperties())).toEqual({ known: { size: 1, drift: [] }, unknown: ["name"] });
    expect(world.made).toBe(0);
  });

  test("tells what an update repaired", async () => {
    const log: string[] = [];
    const request = new messages.UpdateRequest()
      .setUrn(urn)
      .setId("a")
      .setOlds(toStruct({ name: "a", size: 1 }))
      .setNews(toStruct({ name: "a", size: 1 }));
    await call(thing({ drift: ["daemon bird: not running"], made: 0 }), "update", request, log);
    expect(log).toEqual(["repaired: daemon bird: not running"]);
  });

  test("tells in a preview what can be told without what isn't known yet, of a resource that foresees its outputs", async () => {
    const preview = async (resource: Resource): Promise<{ log: string[]; unknown: string[] }> => {
      const log: string[] = [];
      const request = new messages.UpdateRequest()
        .setUrn(urn)
        .setId("a")
        .setPreview(true)
        .setOlds(toStruct({ name: "a", size: 1, made: 3 }))
        .setNews(toStruct({ name: "a" }, ["size"]));
      const response = await call(resource, "update", request, log);
      return { log, unknown: fromStruct(response.getProperties()).unknown };
    };
    const plain = thing({ drift: ["size 1 is due"], made: 0 });
    expect(await preview(plain)).toEqual({ log: [], unknown: ["size"] });
    const seen: unknown[] = [];
    const foreseeing: Resource = {
      ...plain,
      unsettled: () => [],
      observe: async (inputs) => {
        seen.push(inputs);
        return { drift: ["size 1 is due"] };
      },
    };
    expect(await preview(foreseeing)).toEqual({ log: ["to be mended: size 1 is due"], unknown: ["made", "size"] });
    expect(seen).toEqual([{ name: "a", size: 1 }]);
  });

  test("keeps what was half made in state", async () => {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(toStruct({ name: "a", size: 1 }));
    const error = await call(thing({ made: 0, fail: new PartialFailure("no bird") }), "create", request).catch(
      (e: unknown) => e,
    );
    expect(error.details).toBe("no bird");
    expect(error.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  test("says a resource is gone when there is nothing of it", async () => {
    const request = new messages.ReadRequest()
      .setUrn(urn)
      .setId("a")
      .setInputs(toStruct({ name: "a" }))
      .setProperties(toStruct({ name: "a" }));
    expect((await call(thing({ made: 0 }), "read", request)).getId()).toBe("");
  });

  test("refuses a type that it doesn't have, by name", async () => {
    const request = new messages.CheckRequest().setUrn(urn.replace("Thing::", "Other::")).setNews(toStruct({}));
    await expect(call(thing({ made: 0 }), "check", request)).rejects.toMatchObject({
      details: expect.stringContaining("no resource of type labwright:net:Other"),
    });
  });
});

test("differences inside a property are told by their place", () => {
  const before = { "r1--r2": { mtu: 1500, ends: [1] }, "r2--r3": { mtu: 1500, ends: [2] }, old: {} };
  const after = { "r1--r2": { mtu: 1400, ends: [1] }, "r2--r3": { mtu: 1500, ends: [3] }, new: {} };
  expect(changedPaths("links", before, after)).toEqual([
    'links["r1--r2"].mtu',
    'links["r2--r3"].ends',
    "links.old",
    "links.new",
  ]);
});

describe("a batch", () => {
  test("carries out together what comes together", async () => {
    const runs: number[][] = [];
    const batch = new Batch<number>(async (items) => void runs.push([...items]));
    await Promise.all([1, 2, 3].map((item) => batch.add(item)));
    expect(runs).toEqual([[1, 2, 3]]);
  });

  test("gives each item its own error when one spoils the others", async () => {
    const batch = new Batch<number>(async (items) => {
      if (items.includes(2)) throw new Error(`no ${items.join(",")}`);
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => batch.add(item)));
    expect(results.map((result) => (result.status === "fulfilled" ? "ok" : (result.reason as Error).message))).toEqual([
      "ok",
      "no 2",
      "ok",
    ]);
  });
});
