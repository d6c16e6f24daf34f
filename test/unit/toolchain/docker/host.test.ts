import { createServer, type Server } from "node:http";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dockerHosts, findDocker, ownDaemonDirectory } from "../../../../toolchain/docker/host.ts";

let directory: string;
const servers: Server[] = [];

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "labwright-docker-host-"))));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A server on a socket that gives this answer. */
async function answering(answer: string): Promise<string> {
  const socket = join(directory, "docker.sock");
  const server = createServer((_request, response) => response.end(answer));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return `unix://${socket}`;
}

test("DOCKER_HOST is the only place looked at where it is set", () => {
  expect(dockerHosts({ DOCKER_HOST: "tcp://127.0.0.1:2375", DOCKER_CONTEXT: "other" })).toEqual([
    "tcp://127.0.0.1:2375",
  ]);
});

test("the docker command's context comes before the system's socket, a rootless and our own daemon after it", () => {
  const id = createHash("sha256").update("desktop").digest("hex");
  mkdirSync(join(directory, "contexts", "meta", id), { recursive: true });
  writeFileSync(join(directory, "config.json"), JSON.stringify({ currentContext: "desktop" }));
  writeFileSync(
    join(directory, "contexts", "meta", id, "meta.json"),
    JSON.stringify({ Endpoints: { docker: { Host: "unix:///home/desktop.sock" } } }),
  );
  const env = { DOCKER_CONFIG: directory, XDG_RUNTIME_DIR: "/run/user/1000" };
  expect(dockerHosts(env)).toEqual([
    "unix:///home/desktop.sock",
    "unix:///var/run/docker.sock",
    "unix:///run/user/1000/docker.sock",
    `unix://${ownDaemonDirectory(env)}/docker.sock`,
  ]);
});

test("a daemon that answers is found with its version", async () => {
  const host = await answering(JSON.stringify({ Version: "28.1.0" }));
  expect(await findDocker({ DOCKER_HOST: host })).toEqual({ host, version: "28.1.0" });
});

test.each([
  ["a socket that isn't there", undefined, "no such socket"],
  ["something else that answers", "hello", "what answers is no Docker daemon"],
])("%s is named with its place", async (_what, answer, said) => {
  const host = answer === undefined ? `unix://${directory}/none.sock` : await answering(answer);
  expect(await findDocker({ DOCKER_HOST: host })).toEqual({ reason: `no Docker daemon answers: ${host}: ${said}` });
});

test("a daemon on another machine is refused: links can't be plugged there", async () => {
  expect(await findDocker({ DOCKER_HOST: "ssh://example.com" })).toEqual({
    reason: "no Docker daemon answers: ssh://example.com is neither unix:// nor tcp://",
  });
});
