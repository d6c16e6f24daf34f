/** The ResourceProvider service over the resources of a stand-in. */
import { createHash, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import { changedPaths, sameValue } from "../provider/resource.ts";
import type { EngineLog } from "../provider/rpc/log.ts";
import { asService, resourceType, type Handler, type Message } from "../provider/rpc/plugin.ts";
import { fromStruct, toStruct, type Properties } from "../provider/rpc/values.ts";
import { Report } from "../topology/validation/report.ts";
import type { Change, Plugin, Property, StandIn } from "./stand-in.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const pluginMessages = require("@pulumi/pulumi/proto/plugin_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

/** Names of the properties that weren't declared, where the official plugin keeps them too. */
const defaultsKey = "__defaults";

export function standInService(
  plugin: Plugin,
  version: string,
  log: EngineLog,
): grpcModule.UntypedServiceImplementation {
  const only = `Labwright's stand-in for the ${plugin.name} plugin`;
  const resources = new Map(plugin.resources.map((resource) => [resource.type, resource]));
  const resourceOf = (request: Message): StandIn => {
    const type = resourceType(request.getUrn());
    const resource = resources.get(type);
    if (resource === undefined)
      throw new Error(
        `${only} has no ${type}; it has ${[...resources.keys()].join(", ")}. The official plugin has it: \`pulumi plugin install resource ${plugin.name} ${version}\`.`,
      );
    return resource;
  };
  const call = (request: Message) => ({ urn: String(request.getUrn()), log });

  const handlers: Record<string, Handler> = {
    getPluginInfo: async () => new pluginMessages.PluginInfo().setVersion(version),
    attach: async () => new Empty(),
    cancel: async () => new Empty(),
    checkConfig: async (request) => {
      const { known } = fromStruct(request.getNews());
      const failures = Object.entries(known)
        .filter(([name]) => name !== "version" && !name.startsWith("__"))
        .flatMap(([name, value]) => {
          const form = plugin.settings[name];
          return form === undefined
            ? [
                failure(
                  name,
                  `${only} doesn't have it; it has ${Object.keys(plugin.settings).join(", ") || "no settings"}`,
                ),
              ]
            : wrongTypes(name, value, form);
        });
      return new messages.CheckResponse().setInputs(request.getNews()).setFailuresList(failures);
    },
    diffConfig: async () => new messages.DiffResponse(),
    configure: async (request) => {
      await plugin.configure(fromStruct(request.getArgs()).known);
      return new messages.ConfigureResponse()
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false)
        .setSupportspreview(true);
    },
    check: async (request) => {
      const resource = resourceOf(request);
      const { known, unknown } = fromStruct(request.getNews());
      const declared = without(known);
      const failures = [...problemsOf(resource, declared, unknown, only)];
      if (failures.length === 0)
        failures.push(
          ...(resource.problems?.(declared) ?? []).map(({ property, reason }) => failure(property, reason)),
        );
      const defaults = defaultsOf(resource, declared, unknown, fromStruct(request.getOlds()).known, request);
      const inputs = { ...declared, ...defaults, [defaultsKey]: Object.keys(defaults).sort() };
      return new messages.CheckResponse().setInputs(toStruct(inputs, unknown)).setFailuresList(failures);
    },
    diff: async (request) => diff(resourceOf(request), request),
    create: async (request) => {
      const resource = resourceOf(request);
      const { known, unknown } = fromStruct(request.getProperties());
      const inputs = without(known);
      if (request.getPreview())
        return new messages.CreateResponse().setProperties(
          toStruct(inputs, [...unknown, ...resource.computed.filter((name) => !(name in inputs))]),
        );
      const { id, outputs } = await resource.create(inputs, call(request));
      return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs));
    },
    update: async (request) => {
      const resource = resourceOf(request);
      const { known, unknown } = fromStruct(request.getNews());
      const state = fromStruct(request.getOlds()).known;
      const inputs = without(known);
      if (request.getPreview())
        return new messages.UpdateResponse().setProperties(toStruct({ ...state, ...inputs }, unknown));
      const outputs = await resource.update(request.getId(), inputs, state, call(request));
      return new messages.UpdateResponse().setProperties(toStruct(outputs));
    },
    read: async (request) => {
      const resource = resourceOf(request);
      const inputs = fromStruct(request.getInputs()).known;
      const state = fromStruct(request.getProperties()).known;
      const imported = Object.keys(inputs).length === 0;
      if (resource.read === undefined) {
        if (imported) throw new Error(`${resource.type} can't be imported.`);
        return new messages.ReadResponse()
          .setId(request.getId())
          .setInputs(request.getInputs())
          .setProperties(request.getProperties());
      }
      const seen = imported
        ? await resource.read(request.getId())
        : await resource.read(request.getId(), without(inputs), state);
      if (seen === undefined) return new messages.ReadResponse().setId("").setProperties(toStruct({}));
      const kept = imported ? defaultsOf(resource, seen.inputs, [], {}, request) : {};
      const defaults = imported ? Object.keys(kept) : inputs[defaultsKey];
      return new messages.ReadResponse()
        .setId(seen.id)
        .setInputs(
          toStruct({ ...seen.inputs, ...kept, ...(defaults === undefined ? {} : { [defaultsKey]: defaults }) }),
        )
        .setProperties(toStruct(seen.outputs));
    },
    delete: async (request) => {
      await resourceOf(request).remove(request.getId(), fromStruct(request.getProperties()).known, call(request));
      return new Empty();
    },
    invoke: async (request) => {
      throw new Error(`${only} has no functions, so no ${request.getTok()}; the official plugin has them.`);
    },
  };
  return asService(handlers);
}

/** Without what the official plugin and we note for ourselves. */
function without(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !name.startsWith("__"))
      .map(([name, value]) => [name, clean(value)]),
  );
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  return typeof value === "object" && value !== null ? without(value as Properties) : value;
}

function* problemsOf(
  resource: StandIn,
  declared: Properties,
  unknown: readonly string[],
  only: string,
): Generator<Message> {
  for (const [name, property] of Object.entries(resource.properties)) {
    if (name in declared) yield* wrongTypes(name, declared[name], property.form);
    else if (property.required === true && !unknown.includes(name)) yield failure(name, "it is missing");
  }
  for (const name of [...Object.keys(declared), ...unknown])
    if (!(name in resource.properties))
      yield failure(name, `${only} doesn't have this property of ${resource.type}; the official plugin may`);
}

function wrongTypes(name: string, value: unknown, form: Property["form"]): Message[] {
  const report = new Report();
  form(value, name, report);
  return report.problems.map(({ path, expected, hint }) => failure(path, `expected ${expected}; ${hint}`));
}

function failure(property: string, reason: string): Message {
  return new messages.CheckFailure().setProperty(property).setReason(reason);
}

/** Values of the properties that aren't declared. A name, once given, stays. */
function defaultsOf(
  resource: StandIn,
  declared: Properties,
  unknown: readonly string[],
  olds: Properties,
  request: Message,
): Properties {
  const absent = (name: string): boolean => !(name in declared) && !unknown.includes(name);
  const defaults: Properties = {};
  for (const [name, property] of Object.entries(resource.properties))
    if (property.default !== undefined && absent(name)) defaults[name] = property.default;
  if (resource.named === true && absent("name")) {
    const given = (olds[defaultsKey] as readonly string[] | undefined)?.includes("name") === true;
    defaults["name"] = given ? olds["name"] : `${request.getName?.() || nameOf(request)}-${digits(request)}`;
  }
  return defaults;
}

function nameOf(request: Message): string {
  return String(request.getUrn()).split("::").at(-1) ?? "";
}

/** Seven; the same in a preview and the update that follows it, where the engine gives a seed. */
function digits(request: Message): string {
  const seed = request.getRandomseed_asU8?.() as Uint8Array | undefined;
  const bytes = seed === undefined || seed.length === 0 ? randomBytes(16) : seed;
  return createHash("sha256").update(bytes).digest("hex").slice(0, 7);
}

function diff(resource: StandIn, request: Message): Message {
  const { DiffResponse, PropertyDiff } = messages;
  const { known, unknown } = fromStruct(request.getNews());
  const before = without(fromStruct(request.getOldInputs()).known);
  const after = without(known);
  const kinds = new Map<string, Change>();
  for (const [name, property] of Object.entries(resource.properties)) {
    const isUnknown = unknown.includes(name);
    if (!isUnknown && same(property, before[name], after[name])) continue;
    const { change } = property;
    kinds.set(name, typeof change === "string" ? change : change(before[name], isUnknown ? before[name] : after[name]));
  }
  const response = new DiffResponse().setHasdetaileddiff(true);
  const details = response.getDetaileddiffMap();
  for (const [name, kind] of kinds) {
    const paths = unknown.includes(name) ? [name] : changedPaths(name, before[name], after[name]);
    const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
    const [add, remove, update] =
      kind === "replace" ? [ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE] : [ADD, DELETE, UPDATE];
    const whole =
      before[name] === undefined ? add : after[name] === undefined && !unknown.includes(name) ? remove : update;
    for (const path of paths) details.set(path, new PropertyDiff().setKind(whole).setInputdiff(true));
  }
  const replaces = [...kinds].filter(([, kind]) => kind === "replace").map(([name]) => name);
  const { deleteFirst } = resource;
  return response
    .setDiffsList([...kinds.keys()])
    .setReplacesList(replaces)
    .setDeletebeforereplace(
      replaces.length > 0 && (deleteFirst === true || (deleteFirst === "named" && before["name"] === after["name"])),
    )
    .setChanges(kinds.size > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
}

/** Whether two declared values mean the same. */
export function same(property: Property, before: unknown, after: unknown): boolean {
  const canonical = (value: unknown): unknown => {
    const given = value ?? property.default;
    return given === undefined
      ? undefined
      : property.canonical === undefined
        ? given
        : property.canonical(given as never);
  };
  return sameValue(canonical(before), canonical(after));
}
