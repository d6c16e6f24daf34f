/**
 * Runs a Docker daemon while somebody needs it: `node supervisor.ts DIRECTORY DATA`. Started by daemon.ts, apart from
 * whoever wanted the daemon, so that it ends in good order however they end. Should this process be killed, the kernel
 * tells dockerd to end, and the next start puts the host's network back.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock.mjs";
import { run } from "../run.ts";
import { readHostNetwork, restoreHostNetwork, type HostNetwork } from "./firewall.ts";
import { hasUsers } from "./users.ts";

const [directory = "", data = ""] = process.argv.slice(2);
const record = join(directory, "before.json");
const pidFile = join(directory, "supervisor.pid");
writeFileSync(pidFile, `${process.pid}\n`);
// Of a supervisor that was killed: what the host was before it is still to be put back.
if (!existsSync(record)) writeFileSync(record, JSON.stringify(await readHostNetwork()));
// Settings of the system's own daemon are not ours.
writeFileSync(join(directory, "daemon.json"), "{}\n");
mkdirSync(data, { recursive: true, mode: 0o711 });

/** Of its containers. By a name of their own they can be told from those of another daemon. */
const controlGroup = "labwright-docker";

const log = openSync(join(directory, "dockerd.log"), "w");
const daemon = spawn(
  "setpriv",
  [
    ...["--pdeathsig", "TERM", "--", "dockerd", "--config-file", join(directory, "daemon.json")],
    ...["--data-root", data, "--exec-root", join(directory, "exec"), "--pidfile", join(directory, "dockerd.pid")],
    ...["--host", `unix://${directory}/docker.sock`, "--shutdown-timeout", "5"],
    // Where systemd runs, dockerd would have it make the groups, and takes slices of systemd's alone.
    ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/${controlGroup}`],
  ],
  { stdio: ["ignore", log, log], cwd: "/", env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` } },
);
const ended = new Promise<void>((resolve) => daemon.once("close", () => resolve()));
daemon.once("error", (error) => console.error(error.message));

/** Under the lock, so that nobody comes to rely on a daemon that is about to end. */
async function stopUnlessNeeded(): Promise<void> {
  await withLock(
    join(directory, "lock"),
    async () => {
      if (hasUsers(directory)) return;
      daemon.kill("SIGTERM");
      await ended;
      await takeAway();
      process.exit(0);
    },
    { seconds: 120, say: () => {} },
  );
}

async function takeAway(): Promise<void> {
  await restoreHostNetwork(JSON.parse(readFileSync(record, "utf8")) as HostNetwork);
  const groups = ["-path", `*/${controlGroup}`, "-o", "-path", `*/${controlGroup}/*`];
  await run(["find", "/sys/fs/cgroup", "-depth", "-type", "d", "(", ...groups, ")", "-delete"]);
  for (const file of [record, pidFile, join(directory, "docker.sock")]) rmSync(file, { force: true });
}

void ended.then(takeAway).then(() => process.exit(1));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
  process.on(signal, () => {
    rmSync(join(directory, "users"), { recursive: true, force: true });
  });
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (!hasUsers(directory)) await stopUnlessNeeded();
}
