/**
 * The ResourceProvider service (pulumi.proto) over the project's resources. One adapter for all of them: previews
 * with unknown values, differences with their place, partial failures, and messages instead of stack traces.
 *
 * `@pulumi/pulumi/provider` has no detailed differences, no preview flag and no log, so this speaks gRPC itself.
 */
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import { changedPaths, changedProperties, gravest, type Depth, type Resource } from "../resource.ts";
import { initializationFailed } from "./errors.ts";
import type { EngineLog } from "./log.ts";
import { asService, resourceType, type Handler, type Message } from "./plugin.ts";
import { fromStruct, guardedStruct, toStruct, type Properties } from "./values.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const plugin = require("@pulumi/pulumi/proto/plugin_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

/** A resource whose making failed half-way: what exists is kept in state, and the next `up` repairs it. */
export class PartialFailure extends Error {}

export function providerService(
  resources: readonly Resource[],
  log: EngineLog,
  version: string,
  depth: Depth,
): grpcModule.UntypedServiceImplementation {
  const byType = new Map(resources.map((resource) => [resource.type, resource]));
  const resourceOf = (request: Message): Resource => {
    const type = resourceType(request.getUrn());
    const resource = byType.get(type);
    if (resource === undefined)
      throw new Error(
        `The labwright provider has no resource of type ${type}; it has ${[...byType.keys()].join(", ")}.`,
      );
    return resource;
  };

  const handlers: Record<string, Handler> = {
    getPluginInfo: async () => new plugin.PluginInfo().setVersion(version),
    attach: async () => new Empty(),
    cancel: async () => new Empty(),
    checkConfig: async (request) => new messages.CheckResponse().setInputs(request.getNews()),
    diffConfig: async () => new messages.DiffResponse(),
    configure: async () =>
      new messages.ConfigureResponse()
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false)
        .setSupportspreview(true),
    check: async (request) => {
      const { known } = fromStruct(request.getNews());
      const failures = resourceOf(request)
        .check(known)
        .map((problem) =>
          new messages.CheckFailure()
            .setProperty(problem.path)
            .setReason(`expected ${problem.expected}; ${problem.hint}`),
        );
      return new messages.CheckResponse().setInputs(guardedStruct(request.getNews())).setFailuresList(failures);
    },
    diff: async (request) => diff(resourceOf(request), request, depth),
    create: async (request) => {
      const resource = resourceOf(request);
      const { known, unknown } = fromStruct(request.getProperties());
      if (request.getPreview()) {
        const predicted = unknown.length === 0 ? resource.predict(known) : {};
        return new messages.CreateResponse().setProperties(toStruct({ ...known, drift: [], ...predicted }, unknown));
      }
      const id = resource.id(known);
      const outputs = await reconcile(resource, id, known, undefined, (text) => log.progress(request.getUrn(), text));
      return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs, [], resource.secrets));
    },
    update: async (request) => {
      const resource = resourceOf(request);
      const { known, unknown } = fromStruct(request.getNews());
      const state = fromStruct(request.getOlds()).known;
      const isSilent = unknown.length > 0 && resource.unsettled === undefined;
      const assumed = { ...pick(state, unknown), ...known };
      const seen = isSilent ? undefined : await resource.observe(assumed, state, hasDrift(state) ? "full" : depth);
      if (request.getPreview()) {
        if (resource.unsettled === undefined)
          return new messages.UpdateResponse().setProperties(toStruct({ ...state, ...known, drift: [] }, unknown));
        for (const difference of seen?.drift ?? []) log.info(request.getUrn(), `to be mended: ${difference}`);
        const unsettled = unknown.length > 0 ? outputsOnly(state, known, unknown) : resource.unsettled(known, state);
        const properties = { ...state, ...known, drift: [] };
        return new messages.UpdateResponse().setProperties(
          toStruct(properties, [...unknown, ...unsettled], resource.secrets),
        );
      }
      const outputs = await reconcile(resource, request.getId(), known, state, (text) =>
        log.progress(request.getUrn(), text),
      );
      for (const difference of seen?.drift ?? []) log.info(request.getUrn(), `repaired: ${difference}`);
      return new messages.UpdateResponse().setProperties(toStruct(outputs, [], resource.secrets));
    },
    read: async (request) => {
      const resource = resourceOf(request);
      const state = fromStruct(request.getProperties()).known;
      const inputs = fromStruct(request.getInputs()).known;
      if (Object.keys(inputs).length === 0)
        throw new Error("Labwright's resources can't be imported: declare them, and `up` takes over what exists.");
      const seen = await resource.observe(inputs, state, "full");
      const response = new messages.ReadResponse().setInputs(guardedStruct(request.getInputs()));
      if (seen === undefined) return response.setId("").setProperties(toStruct({}));
      return response
        .setId(request.getId())
        .setProperties(toStruct({ ...state, ...seen.outputs, drift: seen.drift }, [], resource.secrets));
    },
    delete: async (request) => {
      await resourceOf(request).remove(fromStruct(request.getProperties()).known);
      return new Empty();
    },
  };

  return asService(handlers);
}

/** Of the state, for a preview: what isn't known yet is taken to stay as it is. */
function pick(state: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => names.includes(name)));
}

/** Names of what is in the state and isn't declared. */
function outputsOnly(state: Properties, known: Properties, unknown: readonly string[]): string[] {
  return Object.keys(state).filter((name) => name !== "drift" && !(name in known) && !unknown.includes(name));
}

async function reconcile(
  resource: Resource,
  id: string,
  inputs: Properties,
  state: Properties | undefined,
  progress: (text: string) => void,
): Promise<object> {
  try {
    return { ...(await resource.reconcile(inputs, state, progress)), drift: [] };
  } catch (error) {
    if (error instanceof PartialFailure)
      throw initializationFailed(id, error.message, inputs, { ...state, ...inputs, drift: [error.message] });
    throw error;
  }
}

async function diff(resource: Resource, request: Message, depth: Depth): Promise<Message> {
  const { DiffResponse, PropertyDiff } = messages;
  const { known, unknown } = fromStruct(request.getNews());
  const state = fromStruct(request.getOlds()).known;
  const before = fromStruct(request.getOldInputs()).known;
  const changed = [
    ...new Set([
      ...changedProperties(before, { ...before, ...known }),
      ...Object.keys(before).filter((name) => !(name in known) && !unknown.includes(name)),
      ...unknown,
    ]),
  ];
  const response = new DiffResponse().setHasdetaileddiff(true).setDeletebeforereplace(true);
  const details = response.getDetaileddiffMap();
  const kinds = changed.map((name) => resource.changes[name] ?? "live");
  for (const [index, name] of changed.entries()) {
    const kind = kinds[index] === "replace" ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE;
    for (const path of changedPaths(name, before[name], known[name]))
      details.set(path, new PropertyDiff().setKind(kind).setInputdiff(true));
  }
  if (gravest(kinds) === "replace") response.setReplacesList(changed.filter((_, index) => kinds[index] === "replace"));
  else if (unknown.length === 0) {
    const seen = await resource.observe(known, state, hasDrift(state) ? "full" : depth);
    const drift = seen === undefined ? ["missing"] : seen.drift;
    if (drift.length > 0)
      details.set("drift", new PropertyDiff().setKind(PropertyDiff.Kind.UPDATE).setInputdiff(false));
    if (drift.length > 0 || changed.length > 0)
      response.setDiffsList([...changed, ...(drift.length > 0 ? ["drift"] : [])]);
  }
  const some = details.getLength() > 0;
  return response.setChanges(some ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
}

/** True when a refresh found differences, which a quick look might not see. */
function hasDrift(state: Properties): boolean {
  return Array.isArray(state["drift"]) && state["drift"].length > 0;
}
