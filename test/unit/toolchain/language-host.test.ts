import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type * as grpcModule from "@grpc/grpc-js";
import type * as languageModule from "@pulumi/pulumi/proto/language_pb.js";
import type { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as structModule from "google-protobuf/google/protobuf/struct_pb.js";
import type * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { machine, type Machine } from "./machine.ts";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof grpcModule;
const language = require("@pulumi/pulumi/proto/language_pb.js") as typeof languageModule;
const { LanguageRuntimeClient: Client } = require("@pulumi/pulumi/proto/language_grpc_pb.js") as {
  LanguageRuntimeClient: typeof LanguageRuntimeClient;
};
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js") as typeof structModule;
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js") as typeof emptyModule;

const engine = "127.0.0.1:1";

/** As set-up puts it beside a CLI, in another place than the clone. */
function installed(made: Machine): string {
  const source = join(projectDirectory, "toolchain/language-host");
  cpSync(source, join(made.directory, "cli/language-host"), { recursive: true });
  cpSync(join(source, "pulumi-language-nodejs"), join(made.directory, "cli/pulumi-language-nodejs"));
  return join(made.directory, "cli/pulumi-language-nodejs");
}

/**
 * A program's folder with this clone's packages. The SDK's runner, which wants an engine, is one that shows its
 * arguments and loads the program.
 */
function program(made: Machine): string {
  const directory = join(made.directory, "program");
  const modules = join(projectDirectory, "node_modules");
  const sdk = join(directory, "node_modules/@pulumi/pulumi");
  made.file("program/package.json", JSON.stringify({ type: "module", dependencies: { "@pulumi/pulumi": "*" } }));
  made.file(
    "program/node_modules/@pulumi/pulumi/cmd/run/index.js",
    `console.log(process.argv.slice(2, -1).join(" ")); import(process.cwd() + "/" + process.argv.at(-1));`,
  );
  for (const name of ["package.json", "proto"]) symlinkSync(join(modules, "@pulumi/pulumi", name), join(sdk, name));
  for (const name of ["@grpc", "google-protobuf"])
    symlinkSync(join(modules, name), join(directory, "node_modules", name));
  return directory;
}

interface Host {
  readonly client: LanguageRuntimeClient;
  readonly output: () => string;
}

async function start(made: Machine, directory: string): Promise<Host> {
  const child = spawn(installed(made), [engine], {
    cwd: directory,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said: string[] = [];
  child.stderr.on("data", (data: Buffer) => said.push(data.toString()));
  const lines = createInterface(child.stdout);
  const [port] = (await Promise.race([
    once(lines, "line"),
    once(child, "close").then(() => Promise.reject(new Error(said.join("")))),
  ])) as [string];
  lines.on("line", (line: string) => said.push(`${line}\n`));
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  onTestFinished(() => client.close());
  return { client, output: () => said.join("") };
}

const call = <T>(run: (callback: (error: Error | null, response: T) => void) => unknown): Promise<T> =>
  new Promise((resolve, reject) => run((error, response) => (error === null ? resolve(response) : reject(error))));

function runRequest(directory: string, nodeargs: string): languageModule.RunRequest {
  const info = new language.ProgramInfo();
  info.setRootDirectory(directory);
  info.setProgramDirectory(directory);
  info.setEntryPoint("index.ts");
  info.setOptions(Struct.fromJavaScript({ typescript: false, nodeargs }));
  const request = new language.RunRequest();
  request.setInfo(info);
  request.setProject("p");
  request.setStack("s");
  request.setPwd(directory);
  request.setMonitorAddress(engine);
  request.setParallel(1);
  return request;
}

describe("the language host beside a built CLI", () => {
  test("says its version and its Node", async () => {
    const made = machine();
    const { client } = await start(made, program(made));
    const info = await call<{ getVersion(): string }>((callback) => client.getPluginInfo(new Empty(), callback));
    expect(info.getVersion()).toBe((require("@pulumi/pulumi/package.json") as { version: string }).version);
    const about = await call<languageModule.AboutResponse>((callback) =>
      client.about(new language.AboutRequest(), callback),
    );
    expect(about.getVersion()).toMatch(/^v\d+/);
  });

  test("passes on what a program prints and how it ends, with the node arguments of Pulumi.yaml", async () => {
    const made = machine();
    const directory = program(made);
    made.file("program/early.mjs", `console.log("early");`);
    made.file(
      "program/index.ts",
      `const text: string = "out"; console.log(text); console.error("err"); process.exit(3);`,
    );
    const { client, output } = await start(made, directory);
    const response = await call<languageModule.RunResponse>((callback) =>
      client.run(runRequest(directory, "--import ./early.mjs"), callback),
    );
    expect([response.getBail(), response.getError()]).toEqual([false, "Program exited with non-zero exit code: 3"]);
    await expect
      .poll(output)
      .toMatch(/^early\n--monitor=127\.0\.0\.1:1 --engine=127\.0\.0\.1:1 --project=p --stack=s .* --parallel=1$/m);
    await expect.poll(output).toMatch(/^out$/m);
    await expect.poll(output).toMatch(/^err$/m);
  });

  test("says nothing more when the program has already said what was wrong", async () => {
    const made = machine();
    const directory = program(made);
    made.file("program/index.ts", "process.exit(32);");
    const { client } = await start(made, directory);
    const response = await call<languageModule.RunResponse>((callback) =>
      client.run(runRequest(directory, ""), callback),
    );
    expect([response.getBail(), response.getError()]).toEqual([true, ""]);
  });

  test("ends the program when the operation is cancelled", async () => {
    const made = machine();
    const directory = program(made);
    made.file("program/index.ts", `console.log("running"); setInterval(() => {}, 1000); await new Promise(() => {});`);
    const { client, output } = await start(made, directory);
    const running = call<languageModule.RunResponse>((callback) => client.run(runRequest(directory, ""), callback));
    await expect.poll(output, { timeout: 10_000 }).toContain("running");
    await call((callback) => client.cancel(new Empty(), callback));
    expect((await running).getError()).toMatch(/Program was ended by SIGTERM|exit code: 143/);
  });

  test("names what it can't do", async () => {
    const made = machine();
    const { client } = await start(made, program(made));
    await expect(call((callback) => client.pack(new language.PackRequest(), callback))).rejects.toThrow(
      /has no "pack"; the official CLI's has/,
    );
  });

  test("in a folder without the SDK says what to do", async () => {
    const made = machine();
    const directory = join(made.directory, "empty");
    mkdirSync(directory);
    await expect(start(made, directory)).rejects.toThrow(
      /@pulumi\/pulumi is not installed in .*empty: run `npm ci` there/,
    );
  });
});
