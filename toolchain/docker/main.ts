/**
 * `npm run docker -- COMMAND`: runs a command with a Docker daemon. Where none answers, one is started, and ended with
 * the last command that needs it. Without a command it stays until Ctrl-C.
 */
import { spawn } from "node:child_process";
import { ensureDocker, releaseDocker } from "./daemon.ts";

const [command, ...args] = process.argv.slice(2);
const daemon = await ensureDocker(process.pid);
if ("reason" in daemon) {
  console.error(`labwright: ${daemon.reason}.`);
  process.exit(1);
}
let exitCode: number;
if (command === undefined) {
  console.error(`Docker ${daemon.version} answers at ${daemon.host}; Ctrl-C ends it unless others use it.`);
  console.log(`export DOCKER_HOST=${daemon.host}`);
  exitCode = await new Promise((resolve) => {
    const timer = setInterval(() => {}, 60_000);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => {
        clearInterval(timer);
        resolve(0);
      });
  });
} else {
  exitCode = await new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, DOCKER_HOST: daemon.host } });
    // A terminal sends Ctrl-C to the command itself.
    process.on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    child.once("error", (error) => {
      console.error(`labwright: ${command} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}
await releaseDocker(process.pid);
process.exit(exitCode);
