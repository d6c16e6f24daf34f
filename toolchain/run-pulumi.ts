/** `npx pulumi ...` in the clone: Pulumi's own CLI with the clone's environment. */
import { spawn } from "node:child_process";
import { pulumiEnvironment } from "./environment.ts";
import { projectDirectory } from "./paths.mjs";

const { command, env } = await pulumiEnvironment(projectDirectory);
const child = spawn(command, process.argv.slice(2), { stdio: "inherit", env: { ...process.env, ...env } });
// At a terminal the CLI gets Ctrl-C itself and decides when it has finished.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.once("error", (error) => {
  console.error(`labwright: ${command} could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.once("close", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
});
