/** Images in the engine: found, or made once and kept for all labs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { packFiles, unpackFiles } from "../toolchain/docker/archive.ts";
import { dockerMessage } from "../toolchain/docker/client.ts";
import { withLock } from "../toolchain/lock.mjs";
import { cacheDirectory, findOnPath } from "../toolchain/paths.mjs";
import { baseImage, type ImageDefinition } from "./definition.ts";
import { definitionHash, definitionLabel, imageReference, repository } from "./reference.ts";
import { renderDockerfile } from "./dockerfile.ts";
import { startMmdebstrap } from "./packages.ts";

export interface BuildOptions {
  readonly docker: Docker;
  /** Takes lines about progress. */
  readonly say: (line: string) => void;
  /** Makes it anew, with the packages as they are now, even where there is one. */
  readonly fresh?: boolean;
  /** False for an engine that reaches no registry. Default true. */
  readonly registry?: boolean;
  /** Where locks are kept. Default: the cache. */
  readonly cache?: string;
  /** Absolute path, or undefined where it isn't installed. Default: the one on PATH. */
  readonly mmdebstrap?: string | undefined;
}

/** An image in the engine. */
export interface StoredImage {
  /** `labwright/router:bookworm-0123456789ab`. */
  readonly reference: string;
  /** Name in its definition. */
  readonly name: string;
  readonly id: string;
  /** Hash of the definition that it was made from. */
  readonly definition: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Bytes. */
  readonly size: number;
}

export class ImageError extends Error {}

/** Every image in the engine that was made from a definition, the newest of each name first. */
export async function storedImages(docker: Docker, name?: string): Promise<StoredImage[]> {
  const found = await docker.listImages({ filters: { label: [definitionLabel] } });
  return found
    .flatMap((image) =>
      (image.RepoTags ?? []).flatMap((reference) => {
        const of = /^labwright\/([a-z-]+):/.exec(reference)?.[1];
        // A draft is being made, or was when its maker was killed.
        if (of === undefined || makerOf(reference) !== undefined || (name !== undefined && of !== name)) return [];
        const definition = image.Labels[definitionLabel] ?? "";
        return [{ reference, name: of, id: image.Id, definition, created: image.Created, size: image.Size }];
      }),
    )
    .sort((a, b) => a.name.localeCompare(b.name) || b.created - a.created);
}

/** The newest image made from this very definition. */
export async function storedImage(docker: Docker, definition: ImageDefinition): Promise<StoredImage | undefined> {
  const hash = definitionHash(definition);
  return (await storedImages(docker, definition.name)).find((image) => image.definition === hash);
}

/**
 * The image of a definition: the newest in the engine, or one made now, out of the official base image where a registry
 * answers, else out of Debian's packages. Several at once make it once. Throws an ImageError that names each way and
 * why it failed.
 */
export async function ensureImage(definition: ImageDefinition, options: BuildOptions): Promise<StoredImage> {
  const { docker, fresh = false, cache = cacheDirectory() } = options;
  const there = fresh ? undefined : await storedImage(docker, definition);
  if (there !== undefined) return there;
  const say = (line: string): void => options.say(`image ${definition.name}: ${line}`);
  return withLock(
    join(cache, "images", `${definition.name}.lock`),
    async () => {
      const meanwhile = fresh ? undefined : await storedImage(docker, definition);
      if (meanwhile !== undefined) return meanwhile;
      await removeDrafts(docker, repository(definition.name));
      const draft = `${repository(definition.name)}:${draftTag}${process.pid}`;
      const failures: string[] = [];
      for (const [way, make] of [
        ["a Dockerfile on Debian's official image", fromRegistry],
        ["Debian's packages", fromPackages],
      ] as const) {
        const reason = await make(definition, draft, { ...options, say });
        if (reason === undefined) return settle(docker, definition, draft, say);
        failures.push(`  - out of ${way}: ${reason}`);
      }
      throw new ImageError(
        [`The image ${definition.name} can't be made. Tried, in this order:`, ...failures].join("\n"),
      );
    },
    { say },
  );
}

const draftTag = "draft-";

/** The process that makes it; undefined where it is no draft. */
function makerOf(reference: string): string | undefined {
  return reference.split(`:${draftTag}`)[1];
}

/** What makers that were killed have left. */
async function removeDrafts(docker: Docker, name: string): Promise<void> {
  const hasEnded = (pid: string | undefined): boolean => pid !== undefined && !existsSync(`/proc/${pid}`);
  for (const { Id, Labels } of await docker.listContainers({ all: true, filters: { label: [draftLabel] } }))
    if (hasEnded(Labels[draftLabel])) await docker.getContainer(Id).remove({ force: true });
  const found = await docker.listImages({ filters: { reference: [`${name}:${draftTag}*`] } });
  for (const reference of found.flatMap(({ RepoTags }) => RepoTags ?? []))
    if (hasEnded(makerOf(reference))) await docker.getImage(reference).remove({ noprune: true });
}

/** Of the container by which a draft is read: its maker's process. */
const draftLabel = "labwright.draft";

type Way = (definition: ImageDefinition, draft: string, options: BuildOptions) => Promise<string | undefined>;

/** Gives why it didn't work. */
const fromRegistry: Way = async (definition, draft, { docker, say, registry = true, fresh = false }) => {
  if (!registry) return "the engine is a lab's own, which reaches no registry";
  try {
    await docker
      .getImage(baseImage)
      .inspect()
      .catch(async () => {
        await follow(docker, await docker.pull(baseImage, { abortSignal: AbortSignal.timeout(300_000) }), () => {});
      });
  } catch (error) {
    return `the registry doesn't give ${baseImage.split("@")[0]}: ${dockerMessage(error)}`;
  }
  say("docker build");
  try {
    const context = await packFiles([
      { path: "Dockerfile", content: Buffer.from(renderDockerfile(definition)), mode: 0o644 },
    ]);
    const stream = await docker.buildImage(context as unknown as NodeJS.ReadableStream, {
      t: draft,
      labels: { [definitionLabel]: definitionHash(definition) },
      forcerm: true,
      // Otherwise the packages would be those of the day when the engine last installed them.
      nocache: fresh,
    });
    await follow(docker, stream, (line) => {
      if (/^Step \d+\/\d+/.test(line)) say(line.split(" \\")[0]?.slice(0, 100) ?? "");
    });
    return undefined;
  } catch (error) {
    return `\`docker build\` failed: ${dockerMessage(error)}`;
  }
};

const fromPackages: Way = async (definition, draft, { docker, say, ...options }) => {
  const mmdebstrap = "mmdebstrap" in options ? options.mmdebstrap : findOnPath("mmdebstrap");
  if (mmdebstrap === undefined) return "mmdebstrap isn't installed: `npm run setup -- --docker` installs it";
  say("mmdebstrap with Debian's packages, a minute or so");
  const { child, ended } = startMmdebstrap(mmdebstrap, definition, say);
  const [repo, tag] = draft.split(":");
  const changes = [
    `CMD ${JSON.stringify(definition.command)}`,
    `LABEL ${definitionLabel}=${definitionHash(definition)}`,
  ];
  let refused: string | undefined;
  try {
    await follow(docker, await docker.importImage(child.stdout as Readable, { repo, tag, changes }), () => {});
  } catch (error) {
    refused = dockerMessage(error);
    child.kill();
  }
  const { exitCode, said } = await ended;
  if (exitCode === 0 && refused === undefined) return undefined;
  await docker
    .getImage(draft)
    .remove()
    .catch(() => {});
  return exitCode === 0
    ? `the engine doesn't take it: ${refused}`
    : said || `mmdebstrap ended with exit code ${exitCode}`;
};

/** Gives the draft the name that its content asks for. */
async function settle(
  docker: Docker,
  definition: ImageDefinition,
  draft: string,
  say: (line: string) => void,
): Promise<StoredImage> {
  const image = docker.getImage(draft);
  try {
    const reference = imageReference(definition, await packageVersions(docker, draft));
    const [repo = "", tag = ""] = reference.split(":");
    await image.tag({ repo, tag });
    say(reference);
  } finally {
    await image.remove({ noprune: true }).catch(() => {});
  }
  const stored = await storedImage(docker, definition);
  if (stored === undefined) throw new ImageError(`The image ${definition.name} was removed while it was being made.`);
  return stored;
}

/** From dpkg's own record in the image: a line `PACKAGE=VERSION` each. */
async function packageVersions(docker: Docker, image: string): Promise<string[]> {
  const container = await docker.createContainer({
    ...{ Image: image, Cmd: ["true"], NetworkDisabled: true },
    Labels: { [draftLabel]: String(process.pid) },
  });
  try {
    const [status] = await unpackFiles(await container.getArchive({ path: "/var/lib/dpkg/status" }));
    return parseDpkgStatus(status?.content.toString("utf8") ?? "");
  } finally {
    await container.remove({ force: true });
  }
}

export function parseDpkgStatus(text: string): string[] {
  return text.split("\n\n").flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, "m").exec(paragraph)?.[1];
    const [name, version] = [field("Package"), field("Version")];
    return name === undefined || version === undefined || field("Status") !== "install ok installed"
      ? []
      : [`${name}=${version}`];
  });
}

/** To the end of a stream of progress; throws when it tells of an error. */
async function follow(docker: Docker, stream: NodeJS.ReadableStream, line: (text: string) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, output: readonly { error?: string }[] | null) => {
        const told = output?.find((event) => event.error !== undefined)?.error;
        if (error !== null || told !== undefined) reject(error ?? new Error(told));
        else resolve();
      },
      (event: { stream?: string }) => line(event.stream?.trim() ?? ""),
    );
  });
}
