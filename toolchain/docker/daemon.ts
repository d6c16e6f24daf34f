/** A Docker daemon that Labwright starts where none answers, for as long as processes need it. As root only. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock.mjs";
import { cacheDirectory, findOnPath } from "../paths.mjs";
import { lastLine } from "../run.ts";
import { ask, findDocker, ownDaemonDirectory, type DockerDaemon, type Environment, type NoDaemon } from "./host.ts";
import { hasUsers, registerUser, startTime, unregisterUser } from "./users.ts";

/**
 * A daemon for the process `pid`: the one that answers already, or else one of our own, which ends when the last
 * process that asked for it has ended. Its images stay in the cache.
 */
export async function ensureDocker(pid: number, env: Environment = process.env): Promise<DockerDaemon | NoDaemon> {
  const directory = ownDaemonDirectory(env);
  const own = `unix://${directory}/docker.sock`;
  const found = await findDocker(env);
  if ("version" in found && found.host !== own) return found;
  if ("reason" in found) {
    if (env["DOCKER_HOST"] && env["DOCKER_HOST"] !== own) return found;
    if (process.getuid?.() !== 0) return { reason: `${found.reason}; to start one needs root` };
    if (findOnPath("dockerd", env["PATH"]) === undefined)
      return { reason: `${found.reason}, and dockerd isn't installed: \`npm run setup -- --docker\`` };
  }
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  return withLock(
    join(directory, "lock"),
    async () => {
      registerUser(directory, pid);
      if (supervisor(directory) !== undefined) {
        const answer = await ask(own);
        if ("version" in answer) return answer;
      }
      return start(directory, own, env);
    },
    { seconds: 120, say: () => {} },
  );
}

/** Says that `pid` needs the daemon no longer, and waits for it to end where nobody else does. */
export async function releaseDocker(pid: number, env: Environment = process.env): Promise<void> {
  const directory = ownDaemonDirectory(env);
  if (!existsSync(directory)) return;
  unregisterUser(directory, pid);
  const before = supervisor(directory);
  if (before === undefined) return;
  await until(30, async () => (hasUsers(directory) || supervisor(directory) !== before ? true : undefined));
}

async function start(directory: string, host: string, env: Environment): Promise<DockerDaemon | NoDaemon> {
  // One whose supervisor was killed is on its way out.
  const old = readPid(join(directory, "dockerd.pid"));
  if (old !== undefined && startTime(old) !== undefined) {
    if ((await until(20, async () => (startTime(old) === undefined ? true : undefined))) === undefined)
      return { reason: `the Docker daemon ${old} of a killed run doesn't end: end it, and try again` };
  }
  const log = openSync(join(directory, "supervisor.log"), "w");
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "supervisor.ts"), directory, join(cacheDirectory(env), "docker")],
    { detached: true, stdio: ["ignore", log, log], env: { ...env }, cwd: "/" },
  );
  let ended = false;
  child.once("close", () => (ended = true)).once("error", () => (ended = true));
  const answer = await until(60, async () => {
    if (ended) return { reason: "" };
    const seen = await ask(host);
    return "version" in seen ? seen : undefined;
  });
  child.unref();
  if (answer !== undefined && "version" in answer) return answer;
  const said = ["dockerd.log", "supervisor.log"].map((name) => lastLine(readText(join(directory, name))));
  return { reason: `dockerd doesn't start: ${said.find((line) => line !== "") ?? "it says nothing"}` };
}

/** The process that runs the daemon, if it lives. */
function supervisor(directory: string): number | undefined {
  const pid = readPid(join(directory, "supervisor.pid"));
  return pid !== undefined && startTime(pid) !== undefined ? pid : undefined;
}

function readPid(file: string): number | undefined {
  return Number.parseInt(readText(file), 10) || undefined;
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Asks every tenth of a second until there is an answer; undefined when there is none in time. */
async function until<T>(seconds: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined || Date.now() > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
