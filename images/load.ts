/** Images for an engine of a lab's own, which begins without any. */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { dockerClient } from "../toolchain/docker/client.ts";
import { findDocker } from "../toolchain/docker/host.ts";
import { withLock } from "../toolchain/lock.mjs";
import { cacheDirectory } from "../toolchain/paths.mjs";
import type { ImageDefinition } from "./definition.ts";
import { ensureImage, ImageError, storedImage, type BuildOptions, type StoredImage } from "./ensure.ts";
import { definitionHash } from "./reference.ts";

/**
 * The image of a definition in an engine that reaches no registry and lives as long as its lab: loaded out of an archive
 * in the cache. That is made once, with the machine's own engine where one answers, otherwise with this one.
 */
export async function loadImage(definition: ImageDefinition, options: BuildOptions): Promise<StoredImage> {
  const { docker, say } = options;
  const there = await storedImage(docker, definition);
  if (there !== undefined) return there;
  const archive = archiveOf(definition);
  await withLock(`${archive}.lock`, () => ensureArchive(definition, archive, options), { say });
  await load(docker, archive);
  const loaded = await storedImage(docker, definition);
  if (loaded === undefined)
    throw new ImageError(`${archive} isn't an archive of the image ${definition.name}: remove it, and try again.`);
  return loaded;
}

/** Takes the archives of these images (default: of all) away. */
export async function removeArchives(names?: readonly string[]): Promise<void> {
  const directory = join(cacheDirectory(), "images");
  for (const file of await readdir(directory).catch(() => [])) {
    const name = /^([a-z-]+)-[0-9a-f]{16}\.tar(\.\d+)?$/.exec(file)?.[1];
    if (name !== undefined && (names === undefined || names.includes(name))) await rm(join(directory, file));
  }
}

function archiveOf(definition: ImageDefinition): string {
  return join(cacheDirectory(), "images", `${definition.name}-${definitionHash(definition)}.tar`);
}

async function ensureArchive(definition: ImageDefinition, archive: string, options: BuildOptions): Promise<void> {
  if (existsSync(archive)) return;
  const found = await findDocker();
  const own = "reason" in found;
  const docker = own ? options.docker : dockerClient(found.host);
  const { reference } = await ensureImage(definition, { ...options, docker, ...(own ? { registry: false } : {}) });
  // Those of older definitions.
  await removeArchives([definition.name]);
  await mkdir(dirname(archive), { recursive: true });
  const draft = `${archive}.${process.pid}`;
  await pipeline(await docker.getImage(reference).get(), createWriteStream(draft));
  await rename(draft, archive);
}

async function load(docker: Docker, archive: string): Promise<void> {
  const answer = await docker.loadImage(createReadStream(archive), { quiet: true });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
