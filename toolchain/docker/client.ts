/** The Docker API's client, and its errors for people. */
import Docker from "dockerode";
import { dockerHosts, endpointOf, findDocker, type Environment } from "./host.ts";

/** A client of the daemon that answers. Throws when none does. */
export async function connectDocker(env: Environment = process.env): Promise<Docker> {
  const found = await findDocker(env);
  if ("reason" in found) throw new Error(`${capital(found.reason)}.`);
  return dockerClient(found.host);
}

/** `host` as in DOCKER_HOST; default: the first place where daemons are looked for. */
export function dockerClient(host: string = dockerHosts()[0] ?? ""): Docker {
  const endpoint = endpointOf(host);
  if ("reason" in endpoint) throw new Error(`${endpoint.reason}.`);
  return "socketPath" in endpoint
    ? new Docker(endpoint)
    : new Docker({ protocol: "http", host: endpoint.hostname, port: endpoint.port });
}

/** HTTP status of an error of the daemon; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === "number" ? status : undefined;
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** What the daemon said, without the client's words around it. */
export function dockerMessage(error: unknown): string {
  const said = (error as { json?: { message?: unknown } } | undefined)?.json?.message;
  if (typeof said === "string") return said;
  return error instanceof Error ? error.message.replace(/^\(HTTP code \d+\) [^-]* - /, "").trim() : String(error);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
