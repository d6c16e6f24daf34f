/** Which Docker daemon labs use, and whether it answers. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { cacheDirectory, readJson } from "../paths.mjs";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface DockerDaemon {
  /** As in DOCKER_HOST: `unix:///run/docker.sock` or `tcp://127.0.0.1:2375`. */
  readonly host: string;
  readonly version: string;
}

export interface NoDaemon {
  /** Why none answers, a sentence without its full stop. */
  readonly reason: string;
}

/** A daemon that Labwright starts itself keeps its socket and process files here; its data is in the cache. */
export function ownDaemonDirectory(env: Environment = process.env): string {
  return `/run/labwright/docker-${createHash("sha256").update(cacheDirectory(env)).digest("hex").slice(0, 8)}`;
}

/**
 * Where daemons are looked for, in this order: DOCKER_HOST and nothing else where it is set; the docker command's
 * current context; the system's socket; a rootless daemon's; the one that Labwright started.
 */
export function dockerHosts(env: Environment = process.env): readonly string[] {
  if (env["DOCKER_HOST"]) return [env["DOCKER_HOST"]];
  const context = contextHost(env);
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    ...new Set([
      ...(context === undefined ? [] : [context]),
      "unix:///var/run/docker.sock",
      ...(runtime !== undefined && isAbsolute(runtime) ? [`unix://${runtime}/docker.sock`] : []),
      `unix://${ownDaemonDirectory(env)}/docker.sock`,
    ]),
  ];
}

/** The endpoint of the context chosen by DOCKER_CONTEXT or `docker context use`; undefined for the default one. */
function contextHost(env: Environment): string | undefined {
  const directory = env["DOCKER_CONFIG"] ?? join(env["HOME"] ?? homedir(), ".docker");
  const config = readJson(join(directory, "config.json")) as { currentContext?: string } | undefined;
  const name = env["DOCKER_CONTEXT"] ?? config?.currentContext;
  if (name === undefined || name === "" || name === "default") return undefined;
  const id = createHash("sha256").update(name).digest("hex");
  const meta = readJson(join(directory, "contexts", "meta", id, "meta.json")) as
    { Endpoints?: { docker?: { Host?: string } } } | undefined;
  return meta?.Endpoints?.docker?.Host;
}

/** The first daemon that answers, or why none does. */
export async function findDocker(env: Environment = process.env): Promise<DockerDaemon | NoDaemon> {
  const reasons: string[] = [];
  for (const host of dockerHosts(env)) {
    const answer = await ask(host);
    if ("version" in answer) return answer;
    reasons.push(answer.reason);
  }
  return { reason: reasons[0] === undefined ? "there is no Docker daemon" : `no Docker daemon answers: ${reasons[0]}` };
}

export type Endpoint =
  { readonly socketPath: string } | { readonly hostname: string; readonly port: number } | NoDaemon;

/** Where a DOCKER_HOST leads to. Labs plug links into containers, so the daemon runs on this machine; ssh is left out. */
export function endpointOf(host: string): Endpoint {
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  if (/^(tcp|http):\/\//.test(host)) {
    const { hostname, port } = new URL(host.replace(/^tcp/, "http"));
    return { hostname, port: Number(port || 2375) };
  }
  return { reason: `${host} is neither unix:// nor tcp://` };
}

/** Asks the daemon for its version, within three seconds. */
export async function ask(host: string): Promise<DockerDaemon | NoDaemon> {
  const endpoint = endpointOf(host);
  if ("reason" in endpoint) return endpoint;
  return new Promise((resolve) => {
    const failed = (reason: string): void => resolve({ reason: `${host}: ${reason}` });
    const call = request({ ...endpoint, path: "/version", timeout: 3000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data: string) => (text += data));
      response.on("end", () => {
        try {
          const version = (JSON.parse(text) as { Version?: unknown }).Version;
          if (typeof version === "string") resolve({ host, version });
          else failed(`HTTP ${response.statusCode}`);
        } catch {
          failed("what answers is no Docker daemon");
        }
      });
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 3 seconds")));
    call.on("error", (error: NodeJS.ErrnoException) =>
      failed(error.code === "EACCES" ? "permission denied; add yourself to the group docker" : said(error)),
    );
    call.end();
  });
}

function said(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return "no such socket";
    case "ECONNREFUSED":
      return "connection refused";
    default:
      return error.message;
  }
}
