import { CommandError, exitCodes } from "../errors.ts";
import { requireName, type Context } from "../context.ts";
import { table } from "../output/table.ts";
import type { ImageDefinition } from "../../images/definition.ts";
import { definitionHash } from "../../images/reference.ts";
import { ensureImage, ImageError, storedImages, type StoredImage } from "../../images/ensure.ts";
import { findImage, images } from "../../images/index.ts";
import { removeArchives } from "../../images/load.ts";
import { connectDocker, dockerMessage } from "../../toolchain/docker/client.ts";

/** The images there are, and which of them the engine has. */
export async function listImages(context: Context): Promise<number> {
  const docker = await connect();
  const stored = await storedImages(docker);
  const rows = images.flatMap((definition): string[][] => {
    const own = stored.filter((image) => image.name === definition.name);
    if (own.length === 0) return [[definition.name, "-", "-", "-", definition.purpose]];
    return own.map((image) => [
      image.name,
      image.reference,
      `${Math.round(image.size / 1e6)} MB`,
      new Date(image.created * 1000).toISOString().slice(0, 10),
      image.definition === definitionHash(definition) ? definition.purpose : "of an older definition",
    ]);
  });
  context.output.result(table(["IMAGE", "REFERENCE", "SIZE", "MADE", ""], rows));
  context.output.json(stored);
  return exitCodes.good;
}

/** Makes images (default: all) that the engine doesn't have; with `fresh` also those that it has. */
export async function buildImages(context: Context, names: string[], options: { fresh?: boolean }): Promise<number> {
  const wanted = names.length === 0 ? images : names.map(known);
  const docker = await connect();
  const made: StoredImage[] = [];
  for (const definition of wanted) {
    try {
      const say = (line: string): void => context.output.note(line);
      made.push(await ensureImage(definition, { docker, say, fresh: options.fresh === true }));
    } catch (error) {
      if (error instanceof ImageError) throw new CommandError(error.message, undefined, exitCodes.failed);
      throw error;
    }
  }
  context.output.result(made.map((image) => image.reference).join("\n"));
  context.output.json(made);
  return exitCodes.good;
}

/** Takes images (default: all of Labwright's) out of the engine. Those that containers use stay, and are named. */
export async function removeImages(context: Context, names: string[]): Promise<number> {
  for (const name of names) known(name);
  await removeArchives(names.length === 0 ? undefined : names);
  const docker = await connect();
  const used: string[] = [];
  const removed: string[] = [];
  for (const image of await storedImages(docker)) {
    if (names.length > 0 && !names.includes(image.name)) continue;
    try {
      await docker.getImage(image.reference).remove();
      removed.push(image.reference);
    } catch (error) {
      used.push(`${image.reference}: ${dockerMessage(error)}`);
    }
  }
  context.output.result(removed.length === 0 ? "Nothing was removed." : removed.join("\n"));
  context.output.json({ removed });
  if (used.length > 0) throw new CommandError(["Still there:", ...used].join("\n  "), undefined, exitCodes.failed);
  return exitCodes.good;
}

async function connect(): ReturnType<typeof connectDocker> {
  try {
    return await connectDocker();
  } catch (error) {
    throw new CommandError(dockerMessage(error), "`lab doctor` tells what is missing.", exitCodes.failed);
  }
}

function known(name: string): ImageDefinition {
  requireName(
    name,
    images.map((image) => image.name),
    "image",
    "Labwright",
  );
  return findImage(name) as ImageDefinition;
}
