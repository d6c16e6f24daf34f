/**
 * `pulumi-language-nodejs ENGINE_ADDRESS`: runs Node.js programs for a Pulumi CLI that came without its own language
 * host. Says its port on the first line of its output. Copied beside the CLI; takes the SDK from the program's folder.
 */
import { languageService } from "./service.ts";
import { loadSdk } from "./sdk.ts";

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));

try {
  if (engineAddress === undefined) throw new Error("the engine's address is missing from its arguments");
  const sdk = loadSdk([process.cwd(), process.env["LABWRIGHT_PROJECT"]]);
  const { service, cancel } = languageService(sdk, engineAddress);
  // The engine interrupts its plugins at the end of an operation; programs must not outlive their host.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      cancel();
      process.exit(0);
    });
  }
  // An engine that is killed can't interrupt anybody.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid === engine) return;
    cancel();
    process.exit(0);
  }, 500).unref();
  const server = new sdk.grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(sdk.LanguageRuntimeService, service);
  server.bindAsync("127.0.0.1:0", sdk.grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) fail(error);
    process.stdout.write(`${port}\n`);
  });
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  process.stderr.write(`pulumi-language-nodejs: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
