/** The parts of @pulumi/pulumi and gRPC that the host needs, from the program's own node_modules. */
import type * as grpcModule from "@grpc/grpc-js";
import type * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import type * as languageModule from "@pulumi/pulumi/proto/language_pb.js";
import type * as pluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Sdk {
  readonly version: string;
  readonly grpc: typeof grpcModule;
  readonly language: typeof languageModule;
  readonly plugin: typeof pluginModule;
  readonly empty: typeof emptyModule;
  readonly LanguageRuntimeService: grpcModule.ServiceDefinition;
}

/** Looks in each directory and in those above it. Throws when no @pulumi/pulumi is there. */
export function loadSdk(directories: readonly (string | undefined)[]): Sdk {
  for (const start of directories) {
    if (start === undefined) continue;
    const found = findUpwards(start, "node_modules/@pulumi/pulumi/package.json");
    if (found === undefined) continue;
    // From the SDK's own place: gRPC and protobuf must be the copies that it uses.
    const require = createRequire(found);
    return {
      version: (require("./package.json") as { version: string }).version,
      grpc: require("@grpc/grpc-js") as typeof grpcModule,
      language: require("./proto/language_pb.js") as typeof languageModule,
      plugin: require("./proto/plugin_pb.js") as typeof pluginModule,
      empty: require("google-protobuf/google/protobuf/empty_pb.js") as typeof emptyModule,
      LanguageRuntimeService: (
        require("./proto/language_grpc_pb.js") as { LanguageRuntimeService: grpcModule.ServiceDefinition }
      ).LanguageRuntimeService,
    };
  }
  throw new Error(
    `@pulumi/pulumi is not installed in ${directories.filter((directory) => directory !== undefined).join(" or ")}: run \`npm ci\` there`,
  );
}

/** The first existing `path` in `start` or above it. */
export function findUpwards(start: string, path: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    const candidate = join(directory, path);
    if (existsSync(candidate)) return candidate;
    if (dirname(directory) === directory) return undefined;
  }
}
