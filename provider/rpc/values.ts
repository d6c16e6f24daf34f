/** Property maps on the wire: protobuf Structs with Pulumi's signatures for what JSON can't say. */
import { createRequire } from "node:module";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb.js";

const require = createRequire(import.meta.url);
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js") as { Struct: typeof StructMessage };

/** Stands in a preview for a value that isn't known yet (sdk/nodejs/runtime/rpc.ts, `unknownValue`). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key and value that mark a value as secret (sdk/nodejs/runtime/rpc.ts, `specialSigKey` and `specialSecretSig`). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export type Properties = Record<string, unknown>;

/** Unknown top-level properties, or those with an unknown value anywhere inside, are left out and named. */
export function fromStruct(struct: StructMessage | undefined): { known: Properties; unknown: string[] } {
  const all = (struct?.toJavaScript() ?? {}) as Properties;
  const known: Properties = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(all)) {
    if (hasUnknown(value)) unknown.push(name);
    else if (value !== null) known[name] = value;
  }
  return { known, unknown };
}

/**
 * `unknown`: paths such as `issued.server` of what isn't known yet. Properties that `secrets` names are marked as secret,
 * and, whoever declared it and wherever, every text with a private key in it.
 */
export function toStruct(
  properties: object,
  unknown: readonly string[] = [],
  secrets: readonly string[] = [],
): StructMessage {
  const all: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(withUnknown(properties, unknown)))
    all[name] = secrets.includes(name) && value !== unknownValue ? asSecret(value) : guarded(value);
  return Struct.fromJavaScript(all as Record<string, never>);
}

/** The same properties, with each text that has a private key in it marked as secret. */
export function guardedStruct(struct: StructMessage | undefined): StructMessage {
  return toStruct(struct?.toJavaScript() ?? {});
}

function withUnknown(properties: object, paths: readonly string[]): object {
  const all: Record<string, unknown> = { ...(properties as Record<string, unknown>) };
  for (const path of paths) {
    const [name = "", ...rest] = path.split(".");
    const inner = all[name];
    all[name] =
      rest.length === 0 || typeof inner !== "object" || inner === null
        ? unknownValue
        : withUnknown(inner, [rest.join(".")]);
  }
  return all;
}

function asSecret(value: unknown): object {
  return { [signature]: secretSignature, value };
}

/** Marks each text with a private key (RFC 7468) as secret. */
function guarded(value: unknown): unknown {
  if (typeof value === "string") return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ? asSecret(value) : value;
  if (Array.isArray(value)) return value.map(guarded);
  if (typeof value !== "object" || value === null || signature in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, guarded(each)]));
}

function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
