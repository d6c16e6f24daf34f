/** The LanguageRuntime service (pulumi/language.proto) as far as running programs needs it. */
import { spawn, type ChildProcess } from "node:child_process";
import type { handleUnaryCall, sendUnaryData, ServerWritableStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import type * as messages from "@pulumi/pulumi/proto/language_pb.js";
import { directDependencies, installedPackages, runProgram, type ProgramStart } from "./program.ts";
import type { Sdk } from "./sdk.ts";

export interface LanguageService {
  readonly service: UntypedServiceImplementation;
  /** Ends the programs that run. */
  readonly cancel: () => void;
}

export function languageService(
  { grpc, language, plugin, empty, version, LanguageRuntimeService }: Sdk,
  engine: string,
): LanguageService {
  const running = new Set<ChildProcess>();
  const cancel = (): void => {
    for (const child of running) child.kill("SIGTERM");
  };

  /** A call that is answered once, whose failures reach the engine with their message. */
  const answer =
    <Request, Response>(
      respond: (request: Request) => Promise<Response> | Response,
    ): handleUnaryCall<Request, Response> =>
    (call, callback: sendUnaryData<Response>) => {
      Promise.resolve(call.request)
        .then(respond)
        .then(
          (response) => callback(null, response),
          (error: unknown) =>
            callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
        );
    };

  const implemented: UntypedServiceImplementation = {
    handshake: answer(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: answer(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(async (request: messages.GetRequiredPackagesRequest) => {
      const response = new language.GetRequiredPackagesResponse();
      for (const installed of await installedPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd())) {
        if (installed.pulumi?.resource !== true) continue;
        const dependency = new plugin.PackageDependency();
        dependency.setKind("resource");
        dependency.setName(installed.pulumi.name ?? installed.name.replace(/^@pulumi\//, ""));
        dependency.setVersion(`v${(installed.pulumi.version ?? installed.version).replace(/^v/, "")}`);
        dependency.setServer(installed.pulumi.server ?? "");
        response.addPackages(dependency);
      }
      return response;
    }),
    run: answer(async (request: messages.RunRequest) => {
      const response = new language.RunResponse();
      if (request.getAttachDebugger())
        throw new Error("This language host attaches no debugger; Pulumi's own, of its official CLI, does.");
      let child: ChildProcess | undefined;
      const end = await runProgram(programStart(request, engine), (process) => running.add((child = process)));
      if (child !== undefined) running.delete(child);
      if (end.kind === "reported") response.setBail(true);
      if (end.kind === "failed") response.setError(end.message);
      return response;
    }),
    about: answer(() => {
      const response = new language.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      return response;
    }),
    getProgramDependencies: answer(async (request: messages.GetProgramDependenciesRequest) => {
      const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      const direct = new Set(await directDependencies(directory));
      const response = new language.GetProgramDependenciesResponse();
      for (const installed of await installedPackages(directory)) {
        if (!request.getTransitivedependencies() && !direct.has(installed.name)) continue;
        const dependency = new language.DependencyInfo();
        dependency.setName(installed.name);
        dependency.setVersion(installed.version);
        response.addDependencies(dependency);
      }
      return response;
    }),
    runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
    template: answer(() => new language.TemplateResponse()),
    cancel: answer(() => {
      cancel();
      return new empty.Empty();
    }),
    installDependencies: (
      call: ServerWritableStream<messages.InstallDependenciesRequest, messages.InstallDependenciesResponse>,
    ) => {
      const directory = call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory();
      const child = spawn("npm", ["ci", "--no-audit", "--no-fund"], {
        cwd: directory,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const send = (set: (response: messages.InstallDependenciesResponse, data: Buffer) => void) => (data: Buffer) => {
        const response = new language.InstallDependenciesResponse();
        set(response, data);
        call.write(response);
      };
      const fail = (details: string): void =>
        void call.destroy(Object.assign(new Error(details), { code: grpc.status.UNKNOWN, details }));
      running.add(child);
      child.stdout.on(
        "data",
        send((response, data) => response.setStdout(data)),
      );
      child.stderr.on(
        "data",
        send((response, data) => response.setStderr(data)),
      );
      child.once("error", (error) => fail(`npm could not be started: ${error.message}`));
      child.once("close", (code) => {
        running.delete(child);
        if (code === 0) call.end();
        else fail(`\`npm ci\` in ${directory} ended with exit code ${code}`);
      });
    },
  };

  // Everything else (generating code, running plugins from source) belongs to the official host.
  for (const name of Object.keys(LanguageRuntimeService)) {
    implemented[name] ??= answer(() => {
      throw new Error(`The language host of a Pulumi CLI built by Labwright has no "${name}"; the official CLI's has.`);
    });
  }
  return { service: implemented, cancel };
}

function programStart(request: messages.RunRequest, engine: string): ProgramStart {
  const info = request.getInfo();
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value: string, key: string) => (config[key] = value));
  return {
    directory: info?.getProgramDirectory() ?? request.getPwd(),
    entryPoint: info?.getEntryPoint() ?? (request.getProgram() || "."),
    arguments: request.getArgsList(),
    options: (info?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>,
    engine,
    monitor: request.getMonitorAddress(),
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    pwd: request.getPwd(),
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    config,
    secretKeys: request.getConfigsecretkeysList(),
  };
}
