/** Started by the engine: `pulumi-resource-labwright ENGINE_ADDRESS`. Says its port on the first line of its output. */
import { serve } from "./server.ts";

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const depth = process.env["LABWRIGHT_OBSERVE"] === "full" ? "full" : "quick";

// The engine kills a provider whose pipes it has closed; a late line must not turn that into a crash report.
process.stdout.on("error", () => process.exit(0));
// At the end of an operation the engine interrupts its plugins, each in a process group of its own, and waits for them.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));

// An engine that is killed can't interrupt anybody.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(0);
}, 500).unref();

serve(engineAddress, depth).then(
  (port) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    console.error(`The labwright provider can't start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
