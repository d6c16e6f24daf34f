/** Property maps on the wire: protobuf Structs with Pulumi's signatures for what JSON can't say. */
import { createRequire } from "node:module";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb.js";

const require = createRequire(import.meta.url);
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js") as { Struct: typeof StructMessage };

/** Stands in a preview for a value that isn't known yet (sdk/nodejs/runtime/rpc.ts, `unknownValue`). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

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

export function toStruct(properties: object, unknown: readonly string[] = []): StructMessage {
  const all: Record<string, never> = { ...(properties as Record<string, never>) };
  for (const name of unknown) all[name] = unknownValue as never;
  return Struct.fromJavaScript(all);
}

function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
