/** A Docker engine that remembers what it is told, for the ways of making images that a test machine may not have. */
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { onTestFinished } from "vitest";
import { packFiles, unpackFiles } from "../../../toolchain/docker/archive.ts";
import { dockerClient } from "../../../toolchain/docker/client.ts";

export interface FakeEngine {
  readonly docker: Docker;
  /** A folder for the test's own files. */
  readonly directory: string;
  /** Dockerfiles that were built. */
  readonly built: string[];
  /** Root file systems that were imported, with the Dockerfile instructions that came with them. */
  readonly imported: { readonly content: string; readonly changes: readonly string[] }[];
  /** Whether each build was to take nothing from the engine's cache. */
  readonly cacheless: boolean[];
  /** Gives it an image of that name. */
  add(name: string, labels: Readonly<Record<string, string>>): void;
  /** Names of the images it has. */
  names(): string[];
}

export interface Behaviour {
  /** Why the registry gives nothing; undefined where it answers. */
  readonly registry?: string;
  /** Why a build fails. */
  readonly build?: string;
  /** What dpkg knows in every image. */
  readonly packages?: string;
}

const label = /LABEL (labwright\.definition)=(\w+)/;

export async function fakeEngine(behaviour: Behaviour = {}): Promise<FakeEngine> {
  const directory = mkdtempSync(join(tmpdir(), "labwright-engine-"));
  const images = new Map<string, { Id: string; Labels: Record<string, string>; Created: number }>();
  const engine = {
    built: [] as string[],
    cacheless: [] as boolean[],
    imported: [] as { content: string; changes: string[] }[],
  };
  let count = 0;
  const add = (name: string, labels: Record<string, string>): void =>
    void images.set(name, { Id: `sha256:${(count += 1)}`, Labels: labels, Created: count });

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://engine");
    const query = url.searchParams;
    const say = (status: number, value?: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(value === undefined ? "" : `${JSON.stringify(value)}\n`);
    };
    const answer = async (): Promise<void> => {
      const body = await buffer(request);
      const path = decodeURIComponent(url.pathname);
      const image = /^\/images\/(.+?)(\/json|\/tag)?$/.exec(path)?.[1] ?? "";
      const named = image === "" ? path : path.replace(image, "X");
      switch (`${request.method} ${named}`) {
        case "GET /images/json":
        case "GET /images/X":
          return say(
            200,
            [...images].map(([name, each]) => ({ ...each, RepoTags: [name], Size: 1 })),
          );
        case "GET /images/X/json":
          return images.has(image) ? say(200, images.get(image)) : say(404, { message: `No such image: ${image}` });
        case "POST /images/X":
          if (query.get("fromSrc") === "-") {
            const changes = query.getAll("changes");
            engine.imported.push({ content: body.toString("utf8"), changes });
            const [, key = "", value = ""] = label.exec(changes.join("\n")) ?? [];
            add(`${query.get("repo")}:${query.get("tag")}`, { [key]: value });
            return say(200, { status: "sha256:1" });
          }
          if (behaviour.registry !== undefined) return say(500, { message: behaviour.registry });
          add([query.get("fromImage"), query.get("tag")].join("@"), {});
          return say(200, { status: "Pull complete" });
        case "POST /build": {
          const [dockerfile] = await unpackFiles(Readable.from([body]));
          engine.cacheless.push(query.get("nocache") === "true");
          engine.built.push(dockerfile?.content.toString("utf8") ?? "");
          response.writeHead(200, { "content-type": "application/json" });
          response.write('{"stream":"Step 1/3 : FROM debian\\n"}\n');
          if (behaviour.build !== undefined)
            return void response.end(`${JSON.stringify({ error: behaviour.build })}\n`);
          add(query.get("t") ?? "", JSON.parse(query.get("labels") ?? "{}") as Record<string, string>);
          return void response.end('{"stream":"Successfully built\\n"}\n');
        }
        case "POST /images/X/tag":
          images.set(`${query.get("repo")}:${query.get("tag")}`, { ...images.get(image)! });
          return say(201);
        case "DELETE /images/X":
          images.delete(image);
          return say(200, []);
        default:
      }
      if (path === "/containers/json") return say(200, []);
      if (path === "/containers/create") return say(201, { Id: "c" });
      if (path === "/containers/c/archive") {
        const status = behaviour.packages ?? "Package: base-files\nStatus: install ok installed\nVersion: 12.4\n";
        return void response.end(await packFiles([{ path: "status", content: Buffer.from(status), mode: 0o644 }]));
      }
      if (path === "/containers/c") return say(204);
      say(501, { message: `${request.method} ${path}` });
    };
    answer().catch((error: unknown) => say(500, { message: String(error) }));
  });
  const socket = join(directory, "docker.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    ...engine,
    add,
    docker: dockerClient(`unix://${socket}`),
    directory,
    names: () => [...images.keys()].sort(),
  };
}
